"""template.yaml onto the emulated AWS, through CloudFormation, as onto a real one."""

import hashlib
import json
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_parse

from build import FUNCTIONS, Package, architecture
from console import Failure, say, step
from settings import ROOT, STACK_NAME, Instance

TEMPLATE = ROOT / "template.yaml"
BUCKET = f"{STACK_NAME}-artifacts"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# States from which CloudFormation cannot update a stack: it has to be made again.
BEYOND_REPAIR = {
    "CREATE_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "DELETE_FAILED",
}
# What ministack's CloudFormation does not know.
UNKNOWN_TYPES = {"AWS::Budgets::Budget"}


class Deployment:
    def __init__(self, instance: Instance, name: str = STACK_NAME) -> None:
        self.instance = instance
        self.name = name
        self.cloudformation = self.client("cloudformation")

    def client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.instance.aws_url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            # Loopback needs no proxy that the environment may name.
            config=Config(proxies={}, retries={"total_max_attempts": 2}),
        )

    def deploy(self, packages: list[Package]) -> dict[str, str]:
        """Create or update the stack, unless it is as it should be. Returns its outputs."""
        template, nested = self.packaged_template(packages)
        parameters = {
            "AdminKeySha256": self.instance.admin_key_sha256,
            "CorsAllowOrigins": ",".join(self.instance.origins),
            "SearchDomain": "existing",
            "SearchUrl": self.instance.functions_search_url,
            "Architecture": architecture(),
            "LogLevel": self.instance.log_level,
        }
        wanted = digest([template, nested, parameters])
        stack = self.settled_stack()
        if stack and tags(stack).get("digest") == wanted and is_good(stack):
            say("✓ the deployed stack is up to date")
        else:
            with step(f"deploying template.yaml as the stack {self.name}"):
                self.upload(packages, nested)
                stack = self.apply(stack, template, parameters, wanted)
        self.mend(template, outputs(stack))
        return outputs(stack)

    def packaged_template(self, packages: list[Package]) -> tuple[dict, dict[str, str]]:
        """The template with code and nested templates in S3 instead of in folders, what
        `sam package` writes; and the nested ones by their keys."""
        template = yaml_parse(TEMPLATE.read_text())
        code = {package.function: {"Bucket": BUCKET, "Key": key(package)} for package in packages}
        nested = {}
        for name, resource in template["Resources"].items():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::Serverless::Function":
                binary = resource["Metadata"]["BuildProperties"]["Binary"]
                if binary not in FUNCTIONS:
                    raise Failure(
                        f"template.yaml: {name} has a binary that nobody builds: {binary}"
                    )
                properties["CodeUri"] = code[binary]
            elif resource["Type"] == "AWS::CloudFormation::Stack":
                body = json.dumps(nested_template(ROOT / properties["TemplateURL"]))
                path = f"{name}/{digest(body)}.json"
                nested[path] = body
                properties["TemplateURL"] = f"{self.instance.aws_url}/{BUCKET}/{path}"
        return template, nested

    def upload(self, packages: list[Package], nested: dict[str, str]) -> None:
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        for package in packages:
            s3.put_object(Bucket=BUCKET, Key=key(package), Body=package.archive)
        for path, body in nested.items():
            s3.put_object(Bucket=BUCKET, Key=path, Body=body.encode())

    def apply(self, stack: dict | None, template: dict, parameters: dict, wanted: str) -> dict:
        if stack and stack["StackStatus"] in BEYOND_REPAIR:
            say(f"  the stack is {stack['StackStatus']} from an earlier try: making it anew")
            self.delete()
            stack = None
        request = {
            "StackName": self.name,
            "TemplateBody": json.dumps(template),
            "Capabilities": CAPABILITIES,
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
            "Tags": [{"Key": "digest", "Value": wanted}],
        }
        put = self.cloudformation.update_stack if stack else self.cloudformation.create_stack
        try:
            put(**request)
        except ClientError as error:
            raise Failure(f"CloudFormation refuses template.yaml: {error}") from error
        stack = self.settled_stack()
        if stack is None or not is_good(stack):
            raise Failure(f"the stack could not be deployed:\n{self.reasons()}")
        return stack

    def delete(self) -> None:
        self.cloudformation.delete_stack(StackName=self.name)
        if stack := self.settled_stack():
            raise Failure(f"the stack could not be deleted: it is {stack['StackStatus']}")

    def settled_stack(self, seconds: float = 120) -> dict | None:
        """The stack once nothing is under way in it; None where there is none."""
        deadline = time.monotonic() + seconds
        while True:
            stack = self.stack()
            if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            if time.monotonic() > deadline:
                raise Failure(
                    f"the stack has been {stack['StackStatus']} for {seconds:.0f} s: "
                    "`make reset` drops it with its data"
                )
            time.sleep(0.05)

    def stack(self) -> dict | None:
        try:
            stacks = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return None if stacks[0]["StackStatus"] == "DELETE_COMPLETE" else stacks[0]

    def reasons(self) -> str:
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        lines = [
            f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason')}"
            for event in reversed(events)
            if event["ResourceStatus"].endswith("_FAILED")
        ]
        return "\n".join(lines) or "  CloudFormation names no reason"

    def mend(self, template: dict, names: dict[str, str]) -> None:
        """Set what ministack's CloudFormation drops or breaks; doing so again is harmless."""
        resources = template["Resources"]
        defaults = {name: each.get("Default") for name, each in template["Parameters"].items()}
        cors = dict(resources["Api"]["Properties"]["CorsConfiguration"])
        cors["AllowOrigins"] = self.instance.origins
        self.client("apigatewayv2").update_api(ApiId=names["ApiId"], CorsConfiguration=cors)
        expiry = resources["Table"]["Properties"]["TimeToLiveSpecification"]
        self.client("dynamodb").update_time_to_live(
            TableName=names["TableName"], TimeToLiveSpecification=expiry
        )
        # A parameter's number arrives as text, over which its poller stumbles.
        events = self.client("lambda")
        worker = names["PersistWorkerFunctionName"]
        concurrency = {"MaximumConcurrency": defaults["WorkerMaximumConcurrency"]}
        for each in events.list_event_source_mappings(FunctionName=worker)["EventSourceMappings"]:
            events.update_event_source_mapping(UUID=each["UUID"], ScalingConfig=concurrency)


def nested_template(file: Path) -> dict:
    """A template without what ministack refuses: alarms that calculate, and types it has not."""
    template = yaml_parse(file.read_text())
    template["Resources"] = {
        name: each
        for name, each in template["Resources"].items()
        if "Metrics" not in each.get("Properties", {}) and each["Type"] not in UNKNOWN_TYPES
    }
    return template


def key(package: Package) -> str:
    return f"{package.function}/{package.digest}.zip"


def digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def is_good(stack: dict) -> bool:
    return stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def outputs(stack: dict) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def tags(stack: dict) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
