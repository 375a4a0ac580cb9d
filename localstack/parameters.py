"""template.yaml deployed with every combination of its parameters that makes other resources, each
deleted again; and what it must refuse, refused.

No function is called, so they are deployed without code.
"""

import io
import json
import time
import zipfile
from collections.abc import Iterator

from botocore.exceptions import ClientError

import combinations
import engines
from build import FUNCTIONS, Package
from combinations import Choice
from console import Failure, say
from deploy import CAPABILITIES, Deployment, nested_template, outputs
from settings import ROOT, Instance

NESTED = {"Search": "infra/search-domain.yaml", "Alarms": "infra/alarms.yaml"}
# What holds data, and outlives a stack that is deleted: docs/teardown.md.
KEPT = ["Table", "JobsQueue", "DeadLetterQueue", "Search"]
# What a stack's resources are, by the service that lists them.
LISTED = [
    ("apigatewayv2", "get_apis", "Items"),
    ("apigatewayv2", "get_domain_names", "Items"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("cloudwatch", "list_dashboards", "DashboardEntries"),
    ("dynamodb", "list_tables", "TableNames"),
    ("iam", "list_roles", "Roles"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings"),
    ("lambda", "list_functions", "Functions"),
    ("logs", "describe_log_groups", "logGroups"),
    ("opensearch", "list_domain_names", "DomainNames"),
    ("sns", "list_topics", "Topics"),
    ("sqs", "list_queues", "QueueUrls"),
]


def run(instance: Instance) -> None:
    engines.start_ministack(instance)
    engines.wait_for_ministack(instance)
    Trial(instance).run()


class Trial:
    def __init__(self, instance: Instance) -> None:
        self.deployment = Deployment(instance, "parameters")
        packages = [Package(name, no_code()) for name in FUNCTIONS]
        self.template, nested = self.deployment.packaged_template(packages)
        self.deployment.upload(packages, nested)
        self.listing = {service: self.deployment.client(service) for service, _, _ in LISTED}
        self.nested = {name: nested_template(ROOT / file) for name, file in NESTED.items()}

    def run(self) -> None:
        begin = time.monotonic()
        zone = self.hosted_zone()
        everything = list(combinations.combinations(zone))
        self.check_coverage(everything)
        for choices in everything:
            self.deploy_and_delete(choices)
        refused = list(self.refused())
        for parameters, words in refused:
            self.refuse(parameters, words)
        say(
            f"✓ {len(everything)} combinations of parameters deploy and are deleted, "
            f"{len(refused)} are refused ({time.monotonic() - begin:.0f} s)"
        )

    def hosted_zone(self) -> str:
        route53 = self.deployment.client("route53")
        made = route53.create_hosted_zone(Name="example.com", CallerReference="parameters")
        return made["HostedZone"]["Id"].removeprefix("/hostedzone/")

    def check_coverage(self, everything: list[tuple[Choice, ...]]) -> None:
        """That no condition is new to the combinations: neither one of a resource nor, of what only
        changes a property, the parameter that it reads."""
        choices = [each for combination in everything for each in combination]
        templates = [self.template, *self.nested.values()]
        conditions = {
            each["Condition"]
            for template in templates
            for each in template["Resources"].values()
            if "Condition" in each
        }
        if wrong := conditions ^ set().union(*(each.conditions for each in choices)):
            raise Failure(f"combinations.py and the resources' conditions differ in {wrong}")
        read = set(references(self.template["Conditions"]))
        for name, nested in self.nested.items():
            given = self.template["Resources"][name]["Properties"]["Parameters"]
            for each in set(references(nested["Conditions"])) & set(given):
                read |= set(references(given[each]))
        known = {name for each in choices for name in each.parameters}
        if unknown := read & set(self.template["Parameters"]) - known:
            raise Failure(f"conditions read {unknown}, which combinations.py does not vary")

    def deploy_and_delete(self, choices: tuple[Choice, ...]) -> None:
        parameters = combinations.parameters_of(choices)
        before = self.listed()
        try:
            stack = self.deployment.apply(None, self.template, parameters, "parameters")
            # An attribute of what was not made is empty here, and refused by AWS.
            self.expect("empty outputs", set(), {k for k, v in outputs(stack).items() if not v})
            kept = self.check_resources(frozenset().union(*(each.conditions for each in choices)))
            self.deployment.delete()
            self.expect("left behind", set(kept), self.listed() - before)
            self.delete_kept(kept)
            self.expect("left after the teardown", set(), self.listed() - before)
        except (Failure, ClientError) as error:
            raise Failure(f"{error}\n  with {parameters}") from error

    def check_resources(self, conditions: frozenset[str]) -> dict[str, str]:
        """That the stack has the resources of these conditions and no others. Returns what of them
        outlives it, as `listed` names it, by what it is."""
        stack = self.resources(self.deployment.name)
        self.expect("made", made_if(self.template, conditions), stack.keys() & ids(self.template))
        types = {name: each["Type"] for name, each in self.template["Resources"].items()}
        kept = {stack[name]: types[name] for name in KEPT if name in stack}
        for name, template in self.nested.items():
            if name in stack:
                nested = self.resources(stack[name])
                self.expect(f"made in {name}", made_if(template, conditions), set(nested))
                if name == "Search":
                    kept[nested["Domain"]] = template["Resources"]["Domain"]["Type"]
        return kept

    def delete_kept(self, kept: dict[str, str]) -> None:
        """As docs/teardown.md does."""
        dynamodb, sqs = self.listing["dynamodb"], self.listing["sqs"]
        for name, kind in kept.items():
            if kind == "AWS::DynamoDB::Table":
                try:
                    dynamodb.delete_table(TableName=name)
                except ClientError:
                    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
                    dynamodb.delete_table(TableName=name)
                else:
                    raise Failure("the table could be deleted by mistake")
            elif kind == "AWS::SQS::Queue":
                sqs.delete_queue(QueueUrl=name)
            elif kind == "AWS::CloudFormation::Stack":
                Deployment(self.deployment.instance, name).delete()

    def resources(self, stack: str) -> dict[str, str]:
        """Physical by logical ids."""
        pages = self.deployment.cloudformation.get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack)
            for each in page["StackResourceSummaries"]
        }

    def listed(self) -> set[str]:
        """All that there is, nested stacks too."""
        found = {
            each["StackId"]
            for each in self.deployment.cloudformation.describe_stacks()["Stacks"]
            if each["StackStatus"] != "DELETE_COMPLETE"
        }
        for service, operation, key in LISTED:
            for each in getattr(self.listing[service], operation)().get(key, []):
                found.add(each if isinstance(each, str) else named(each))
        return found

    def refused(self) -> Iterator[tuple[dict[str, str], str]]:
        """Parameters, and words of the answer that refuses them."""
        rules = self.template["Rules"]
        self.expect("rules that refuse", set(rules), set(combinations.REFUSED_BY_RULES))
        for rule, parameters in combinations.REFUSED_BY_RULES.items():
            yield parameters, rules[rule]["Assertions"][0]["AssertDescription"]
        bounded = {
            name
            for name, each in self.template["Parameters"].items()
            if {"AllowedPattern", "MinValue", "MaxValue"} & each.keys()
        }
        self.expect("parameters that refuse", bounded, set(combinations.REFUSED_VALUES))
        for name, values in combinations.REFUSED_VALUES.items():
            for value in values:
                words = self.template["Parameters"][name]["ConstraintDescription"]
                yield {name: value}, words

    def refuse(self, parameters: dict[str, str], words: str) -> None:
        try:
            self.deployment.cloudformation.create_stack(
                StackName=self.deployment.name,
                TemplateBody=json.dumps(self.template),
                Capabilities=CAPABILITIES,
                Parameters=[
                    {"ParameterKey": name, "ParameterValue": value}
                    for name, value in (combinations.ALWAYS | parameters).items()
                ],
            )
        except ClientError as error:
            if words in str(error):
                return
            raise Failure(f"{parameters} should be refused with “{words}”: {error}") from error
        raise Failure(f"{parameters} should be refused with “{words}”, but are taken")

    def expect(self, what: str, wanted: set[str], found: set[str]) -> None:
        if wanted != found:
            raise Failure(
                f"{what}: missing {sorted(wanted - found)}, unexpected {sorted(found - wanted)}"
            )


def made_if(template: dict, conditions: frozenset[str]) -> set[str]:
    """The logical ids of what a template makes where these conditions hold and no others."""
    return {
        name
        for name, each in template["Resources"].items()
        if each.get("Condition") in (None, *conditions)
    }


def ids(template: dict) -> set[str]:
    return set(template["Resources"])


def references(value: object) -> Iterator[str]:
    """What `Ref` names, anywhere below."""
    if isinstance(value, dict):
        if isinstance(value.get("Ref"), str):
            yield value["Ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def named(described: dict) -> str:
    """What tells one thing of a list from the others."""
    keys = ("ApiId", "DomainName", "AlarmArn", "DashboardArn", "Arn", "UUID", "FunctionArn")
    keys += ("arn", "TopicArn")
    return next(described[key] for key in keys if key in described)


def no_code() -> bytes:
    archive = io.BytesIO()
    zipfile.ZipFile(archive, "w").close()
    return archive.getvalue()
