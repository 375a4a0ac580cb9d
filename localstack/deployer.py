"""Whether infra/deployer-policy*.json allow what a deployment of the templates does, and no more.

CloudFormation acts with the deployer's identity. Which actions a type of resource takes is said by
AWS's own schema of it, which cfn-lint brings; a schema also names the actions of properties that
the templates do not use. So a new type, or a new property, that needs another action fails here
until the policy has it.
"""

import functools
import json
from collections.abc import Iterator
from pathlib import Path

import cfnlint.data.schemas.resources
from samcli.lib.bootstrap import bootstrap
from samcli.yamlhelper import yaml_parse

from console import Failure, say
from settings import ROOT

POLICIES = ["infra/deployer-policy.json", "infra/deployer-policy-options.json"]
TEMPLATES = ["template.yaml", "infra/alarms.yaml", "infra/search-domain.yaml"]
# Characters of a managed policy, white space aside:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LARGEST_POLICY = 6144

# What SAM makes of its own types: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
TRANSFORMED = {
    "AWS::Serverless::Function": ["AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"]
}

# Actions that a schema lists for properties: `service:Prefix*` of actions → properties. They are
# needed only where a template has one of these.
FOR_PROPERTIES = {
    "AWS::ApiGatewayV2::Api": {"s3:": ["BodyS3Location"]},
    "AWS::ApiGatewayV2::Integration": {"iam:PassRole": ["CredentialsArn"]},
    "AWS::CloudFormation::Stack": {
        "iam:PassRole": ["RoleARN"],
        "cloudformation:UpdateTerminationProtection": ["EnableTerminationProtection"],
        "cloudformation:SetStackPolicy": ["StackPolicyBody", "StackPolicyURL"],
        "cloudformation:GetStackPolicy": ["StackPolicyBody", "StackPolicyURL"],
    },
    "AWS::DynamoDB::Table": {
        "kinesis:": ["KinesisStreamSpecification"],
        "dynamodb:EnableKinesis": ["KinesisStreamSpecification"],
        "dynamodb:DisableKinesis": ["KinesisStreamSpecification"],
        "dynamodb:UpdateKinesis": ["KinesisStreamSpecification"],
        "dynamodb:UpdateContributorInsights": ["ContributorInsightsSpecification"],
        "dynamodb:PutResourcePolicy": ["ResourcePolicy"],
        "dynamodb:DeleteResourcePolicy": ["ResourcePolicy"],
        "dynamodb:CreateTableReplica": ["Replicas"],
        "dynamodb:AssociateTableReplica": ["Replicas"],
        "dynamodb:Scan": ["Replicas"],
        "dynamodb:Query": ["Replicas"],
        "dynamodb:UpdateItem": ["Replicas"],
        "dynamodb:PutItem": ["Replicas"],
        "dynamodb:GetItem": ["Replicas"],
        "dynamodb:DeleteItem": ["Replicas"],
        "dynamodb:BatchWriteItem": ["Replicas"],
        "iam:CreateServiceLinkedRole": ["Replicas", "KinesisStreamSpecification"],
        "kms:": ["SSESpecification"],
        "dynamodb:ImportTable": ["ImportSourceSpecification"],
        "dynamodb:DescribeImport": ["ImportSourceSpecification"],
        "logs:": ["ImportSourceSpecification"],
        "s3:": ["ImportSourceSpecification"],
    },
    "AWS::IAM::Policy": {
        "iam:GetUserPolicy": ["Users"],
        "iam:PutUserPolicy": ["Users"],
        "iam:DeleteUserPolicy": ["Users"],
        "iam:GetGroupPolicy": ["Groups"],
        "iam:PutGroupPolicy": ["Groups"],
        "iam:DeleteGroupPolicy": ["Groups"],
    },
    "AWS::IAM::Role": {
        "iam:AttachRolePolicy": ["ManagedPolicyArns"],
        "iam:DetachRolePolicy": ["ManagedPolicyArns"],
        "iam:PutRolePermissionsBoundary": ["PermissionsBoundary"],
        "iam:DeleteRolePermissionsBoundary": ["PermissionsBoundary"],
    },
    "AWS::Lambda::EventSourceMapping": {"kms:": ["KmsKeyArn"]},
    "AWS::Lambda::Function": {
        "ec2:": ["VpcConfig"],
        "elasticfilesystem:": ["FileSystemConfigs"],
        "s3files:": ["FileSystemConfigs"],
        "kms:": ["KmsKeyArn"],
        "lambda:GetCodeSigningConfig": ["CodeSigningConfigArn"],
        "lambda:PutFunctionCodeSigningConfig": ["CodeSigningConfigArn"],
        "lambda:DeleteFunctionCodeSigningConfig": ["CodeSigningConfigArn"],
        "lambda:GetLayerVersion": ["Layers"],
        "lambda:PutRuntimeManagementConfig": ["RuntimeManagementConfig"],
        "lambda:PutFunctionScalingConfig": ["FunctionScalingConfig", "CapacityProviderConfig"],
        "lambda:PassCapacityProvider": ["CapacityProviderConfig"],
        "lambda:PublishVersion": ["PublishToLatestPublished", "AutoPublishAlias"],
        # Of a package in a bucket with versions; SAM names none.
        "s3:GetObjectVersion": ["CodeUri.Version"],
    },
    "AWS::Logs::LogGroup": {
        "kms:": ["KmsKeyId"],
        "logs:AssociateKmsKey": ["KmsKeyId"],
        "logs:DisassociateKmsKey": ["KmsKeyId"],
        "logs:PutDataProtectionPolicy": ["DataProtectionPolicy"],
        "logs:DeleteDataProtectionPolicy": ["DataProtectionPolicy"],
        "s3:": ["DataProtectionPolicy"],
        "firehose:": ["DataProtectionPolicy"],
        "logs:CreateLogDelivery": ["DataProtectionPolicy"],
        "logs:PutIndexPolicy": ["FieldIndexPolicies"],
        "logs:DeleteIndexPolicy": ["FieldIndexPolicies"],
        "logs:PutResourcePolicy": ["ResourcePolicyDocument"],
        "logs:DeleteResourcePolicy": ["ResourcePolicyDocument"],
        "logs:PutLogGroupDeletionProtection": ["DeletionProtectionEnabled"],
        "logs:PutBearerTokenAuthentication": ["BearerTokenAuthenticationEnabled"],
    },
    "AWS::SNS::Subscription": {"iam:": ["SubscriptionRoleArn"]},
    "AWS::SNS::Topic": {
        "iam:": ["DeliveryStatusLogging"],
        "sns:PutDataProtectionPolicy": ["DataProtectionPolicy"],
    },
}

# What schemas leave out, with its source.
BESIDES_SCHEMAS = {
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    "AWS::ApiGatewayV2::Stage.AccessLogSettings": [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ],
    # Its create handler tags, and the stack's tags change:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/security_iam_service-with-iam.html
    "AWS::ApiGatewayV2::Api": ["apigateway:TagResource", "apigateway:UntagResource"],
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
    "AWS::ApiGatewayV2::DomainName": ["iam:CreateServiceLinkedRole"],
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html
    "AWS::Budgets::Budget": ["budgets:ModifyBudget", "budgets:ViewBudget"],
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
    "AWS::Route53::RecordSet": [
        "route53:ChangeResourceRecordSets",
        "route53:GetChange",
        "route53:GetHostedZone",
        "route53:ListResourceRecordSets",
    ],
}
# Types that have no schema with handlers: their actions stand above.
WITHOUT_HANDLERS = {"AWS::Budgets::Budget", "AWS::Route53::RecordSet"}

# An action that a schema spells as the call, not as the permission:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonopensearchservice.html
SPELLED = {"es:UpdateDomain": "es:UpdateDomainConfig"}

# What `sam deploy` does itself, with `resolve_s3`, and `chatctl preflight` before it.
OF_THE_TOOLS = {
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplateSummary",
    "cloudformation:ListStackResources",
    "cloudformation:TagResource",
    "cloudformation:UntagResource",
    "cloudformation:ValidateTemplate",
    "es:ListDomainNames",
    "es:ListInstanceTypeDetails",
    "iam:GetAccountSummary",
    "iam:GetRole",
    "iam:SimulatePrincipalPolicy",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "servicequotas:GetServiceQuota",
}
# Of the bucket that SAM makes once for an account and region, from a template of its own.
OF_SAMS_BUCKET = {
    "Tags": "s3:PutBucketTagging",
    "BucketEncryption": "s3:PutEncryptionConfiguration",
    "VersioningConfiguration": "s3:PutBucketVersioning",
    "PublicAccessBlockConfiguration": "s3:PutBucketPublicAccessBlock",
}


def check() -> None:
    needed = {action: reason for action, reason in needs()}
    policies = [json.loads((ROOT / path).read_text()) for path in POLICIES]
    granted = {action for policy in policies for action in actions(policy)}
    problems = [f"{needed[action]} needs {action}" for action in sorted(needed.keys() - granted)]
    problems += [f"nothing needs {action}" for action in sorted(granted - needed.keys())]
    problems += [
        f"{path} has more than {LARGEST_POLICY} characters"
        for path, policy in zip(POLICIES, policies, strict=True)
        if len(json.dumps(policy, separators=(",", ":"))) > LARGEST_POLICY
    ]
    if problems:
        raise Failure("\n  ".join(["the deployer's policies and the templates differ:", *problems]))
    say(f"✓ the deployer's policies allow the {len(granted)} actions of the templates")


def needs() -> Iterator[tuple[str, str]]:
    """Each action that a deployment takes, with what takes it."""
    yield from ((action, "the deployment's tools") for action in OF_THE_TOOLS)
    yield from sams_bucket()
    used = properties()
    for kind, names in used.items():
        for action in handler_actions(kind):
            conditions = [
                conditional
                for prefix, conditional in FOR_PROPERTIES.get(kind, {}).items()
                if action.startswith(prefix)
            ]
            if not conditions or names.intersection(*conditions):
                yield SPELLED.get(action, action), kind
        for place, extra in BESIDES_SCHEMAS.items():
            of, _, name = place.partition(".")
            if of == kind and (not name or name in names):
                yield from ((action, place) for action in extra)


def properties() -> dict[str, set[str]]:
    """The types of resources in the templates, each with the properties that are used."""
    used: dict[str, set[str]] = {}
    for path in TEMPLATES:
        template = yaml_parse((ROOT / path).read_text())
        shared = template.get("Globals", {}).get("Function", {})
        for resource in template["Resources"].values():
            kind, own = resource["Type"], set(resource.get("Properties", {}))
            for made in TRANSFORMED.get(kind, [kind]):
                used.setdefault(made, set()).update(own, shared if made != kind else ())
    return used


def handler_actions(kind: str) -> set[str]:
    """What AWS's schema says that the handlers of a type call, apart from listing."""
    if kind in WITHOUT_HANDLERS:
        return set()
    handlers = schemas().get(kind, {}).get("handlers")
    if handlers is None:
        raise Failure(f"localstack/deployer.py does not know what a deployment of {kind} takes")
    return {
        action
        for name, handler in handlers.items()
        if name != "list"
        for action in handler["permissions"]
    }


@functools.cache
def schemas() -> dict[str, dict]:
    """AWS's schemas of the types that the templates use."""
    folder = Path(cfnlint.data.schemas.resources.__path__[0])
    wanted = properties().keys()
    found = {}
    for path in folder.glob("*.json"):
        schema = json.loads(path.read_text())
        if schema.get("typeName") in wanted:
            found[schema["typeName"]] = schema
    return found


def sams_bucket() -> Iterator[tuple[str, str]]:
    template = bootstrap._get_stack_template()  # nothing public says it
    resources = json.loads(template)["Resources"].values()
    for resource in resources:
        if resource["Type"] == "AWS::S3::Bucket":
            yield "s3:CreateBucket", "SAM's bucket"
            for name in resource["Properties"]:
                yield OF_SAMS_BUCKET[name], f"SAM's bucket's {name}"
        elif resource["Type"] == "AWS::S3::BucketPolicy":
            yield from ((f"s3:{verb}BucketPolicy", "SAM's bucket") for verb in ("Get", "Put"))
        else:
            raise Failure(f"SAM's own stack has a {resource['Type']} now: see {__name__}.py")


def actions(policy: dict) -> Iterator[str]:
    for statement in policy["Statement"]:
        action = statement["Action"]
        yield from [action] if isinstance(action, str) else action
