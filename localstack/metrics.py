"""Alarms and dashboard: what they name must be what the code emits, and be in the runbook."""

import json
import re
from collections.abc import Iterator

from samcli.yamlhelper import yaml_parse

from console import Failure, say
from settings import ROOT

NAMESPACE = "lambda-chat"
SOURCE = ROOT / "chat" / "src" / "telemetry" / "metrics.rs"
RUNBOOK = ROOT / "docs" / "runbook.md"
ALARMS = ROOT / "infra" / "alarms.yaml"

# A metric's name, and the names of its dimensions.
Named = tuple[str, list[str]]


def check() -> None:
    check_runbook()
    check_names()


def check_runbook() -> None:
    """That each alarm has its part of the runbook, and each part its alarm."""
    resources = yaml_parse(ALARMS.read_text())["Resources"].values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    pages = [each["AlarmName"]["Fn::Sub"].removeprefix("${Service}-") for each in alarms]
    parts = re.findall(r"^## (.+)$", RUNBOOK.read_text(), re.M)
    if pages != parts:
        raise Failure(f"the alarms are {pages}, but the parts of the runbook {parts}")
    for page, alarm in zip(pages, alarms, strict=True):
        if not alarm["AlarmDescription"].endswith(f"docs/runbook.md#{page}"):
            raise Failure(f"the alarm {page} does not say where its part of the runbook is")


def check_names() -> None:
    """That each metric and dimension is in the source, spelled so."""
    texts = set(re.findall(r'"([A-Za-z-]+)"', SOURCE.read_text()))
    named = list(in_alarms_and_dashboard())
    if not named:
        raise Failure(f"{ALARMS} names none of the functions' metrics")
    wrong = [
        f"{name} {dimensions}"
        for name, dimensions in named
        if not {NAMESPACE, name, *dimensions} <= texts
    ]
    if wrong:
        lines = "\n  ".join(wrong)
        raise Failure(f"alarms or dashboard name what {SOURCE.name} does not emit:\n  {lines}")
    say(f"✓ {len(named)} metrics of alarms and dashboard are emitted by the code")


def in_alarms_and_dashboard() -> Iterator[Named]:
    for resource in yaml_parse(ALARMS.read_text())["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            queries = [
                each.get("MetricStat", {}).get("Metric") for each in properties.get("Metrics", [])
            ]
            for metric in filter(None, [properties, *queries]):
                if metric.get("Namespace") == NAMESPACE:
                    yield metric["MetricName"], [each["Name"] for each in metric["Dimensions"]]
        elif resource["Type"] == "AWS::CloudWatch::Dashboard":
            body = json.loads(properties["DashboardBody"]["Fn::Sub"][0])
            for widget in body["widgets"]:
                for metric in widget["properties"]["metrics"]:
                    yield from on_dashboard(metric)


def on_dashboard(metric: list) -> Iterator[Named]:
    """`[namespace, metric, dimension, value, …, options]`, or a search for metrics."""
    if metric[0] == NAMESPACE:
        words = [word for word in metric[1:] if isinstance(word, str)]
        yield words[0], words[1::2]
    elif isinstance(metric[0], dict):
        schema = re.search(r"\{([^}]*)\} MetricName=\"(\w+)\"", metric[0]["expression"])
        namespace, *dimensions = schema[1].replace('"', "").split(",")
        if namespace == NAMESPACE:
            yield schema[2], dimensions
