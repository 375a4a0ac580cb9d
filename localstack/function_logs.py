"""The functions' logs, followed as they come, in the order of their times."""

import time
from collections.abc import Iterator
from datetime import datetime

from console import Failure, say
from deploy import Deployment, outputs
from http_client import answers
from settings import Instance

BACKLOG_SECONDS = 600
# What Lambda itself writes around each invocation.
PLATFORM = ("START RequestId", "END RequestId", "REPORT RequestId")


def follow(instance: Instance) -> None:
    if not answers(f"{instance.aws_url}/_localstack/health"):
        raise Failure("the local AWS does not run: `make up` starts it")
    deployment = Deployment(instance)
    stack = deployment.stack()
    if stack is None:
        raise Failure("nothing is deployed yet: `make up` does that")
    groups = log_groups(outputs(stack))
    since = int((time.time() - BACKLOG_SECONDS) * 1000)
    shown: set[tuple] = set()
    say(f"the last {BACKLOG_SECONDS // 60} minutes, then what comes (Ctrl-C ends it)")
    while True:
        lines = {
            (
                event["timestamp"],
                event["function"],
                event["logStreamName"],
                event["message"].rstrip(),
            )
            for event in events(deployment, groups, since)
            if not event["message"].startswith(PLATFORM)
        }
        for line in sorted(lines - shown):
            timestamp, function, _, message = line
            at = datetime.fromtimestamp(timestamp / 1000).strftime("%H:%M:%S.%f")[:-3]
            say(f"{at} {function:14} {message}")
            # Asked for again from a little earlier: streams of one group lag behind each other.
            since = max(since, timestamp - 5000)
        shown = lines
        time.sleep(0.5)


def log_groups(names: dict[str, str]) -> dict[str, str]:
    """The log groups among a stack's outputs, by their functions."""
    groups = {name: group for name, group in names.items() if name.endswith("LogGroup")}
    return {name.removesuffix("LogGroup"): group for name, group in groups.items()}


def events(deployment: Deployment, groups: dict[str, str], since: int) -> Iterator[dict]:
    """What was logged from a time on, in milliseconds since 1970; each event names its function."""
    pages = deployment.client("logs").get_paginator("filter_log_events")
    for function, group in groups.items():
        for page in pages.paginate(logGroupName=group, startTime=since):
            for event in page["events"]:
                yield {**event, "function": function}
