"""What template.yaml deploys by default, as far as it bears on costs and limits."""

import re
from dataclasses import dataclass
from functools import cache

from samcli.yamlhelper import yaml_parse

import combinations
from settings import ROOT

# An access log's variables at their usual length.
USUAL = {
    "requestId": "JKJaXmPLvHcESHA=",
    "requestTime": "28/Nov/2026:12:00:00 +0000",
    "routeKey": "POST /applications/{access_token}/chats/{chat_number}/messages",
    "httpMethod": "POST",
    "status": "201",
    "responseLength": "100",
    "responseLatency": "20",
    "integrationLatency": "18",
    "error.responseType": "-",
}


@dataclass(frozen=True)
class Deployed:
    rate: int  # requests a second of each route
    search_rate: int  # of a route by which searches may come
    search_routes: int
    crud_routes: int  # the others of crud
    creation_routes: int
    concurrency: int  # of the worker
    alarm_metrics: int
    access_log_bytes: int
    route_metrics: bool
    traced: bool

    @property
    def routes(self) -> int:
        return self.search_routes + self.crud_routes + self.creation_routes


@cache
def read() -> Deployed:
    template = yaml_parse((ROOT / "template.yaml").read_text())
    resources = template["Resources"]
    default = {name: each.get("Default") for name, each in template["Parameters"].items()}
    stage = resources["ApiStage"]["Properties"]
    slower = stage["RouteSettings"]
    (search_rate,) = {each["ThrottlingRateLimit"] for each in slower.values()}
    routes = [
        each["Properties"]
        for each in resources.values()
        if each["Type"] == "AWS::ApiGatewayV2::Route"
    ]
    others = [each for each in routes if each["RouteKey"] not in slower]
    of_crud = [each for each in others if "CrudIntegration" in each["Target"]["Fn::Sub"]]
    return Deployed(
        rate=default["RateLimit"],
        search_rate=search_rate,
        search_routes=len(slower),
        crud_routes=len(of_crud),
        creation_routes=len(others) - len(of_crud),
        concurrency=default["WorkerMaximumConcurrency"],
        alarm_metrics=alarm_metrics(),
        access_log_bytes=usual_length(stage["AccessLogSettings"]["Format"]),
        route_metrics=default["RouteMetrics"] == "enabled",
        traced=default["Tracing"] == "Active",
    )


def alarm_metrics() -> int:
    """What the alarms of a small domain watch; one that calculates watches several."""
    alarms = yaml_parse((ROOT / "infra" / "alarms.yaml").read_text())["Resources"].values()
    small = combinations.SEARCHES[0].conditions
    return sum(
        sum("MetricStat" in metric for metric in alarm["Properties"].get("Metrics", [])) or 1
        for alarm in alarms
        if alarm["Type"] == "AWS::CloudWatch::Alarm" and alarm.get("Condition") in (None, *small)
    )


def usual_length(log_format: str) -> int:
    return len(re.sub(r"\$context\.([A-Za-z.]+)", lambda found: USUAL[found[1]], log_format))
