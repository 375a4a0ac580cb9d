"""The functions' logs, followed as they come, in the order of their times."""

import time
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
    groups = {
        name.removesuffix("LogGroup"): group
        for name, group in outputs(stack).items()
        if name.endswith("LogGroup")
    }
    logs = deployment.client("logs")
    since = int((time.time() - BACKLOG_SECONDS) * 1000)
    shown: set[str] = set()
    say(f"the last {BACKLOG_SECONDS // 60} minutes, then what comes (Ctrl-C ends it)")
    while True:
        events = [
            (event["timestamp"], event["eventId"], function, event["message"])
            for function, group in groups.items()
            for page in logs.get_paginator("filter_log_events").paginate(
                logGroupName=group, startTime=since
            )
            for event in page["events"]
            if event["eventId"] not in shown and not event["message"].startswith(PLATFORM)
        ]
        for timestamp, event_id, function, message in sorted(events):
            at = datetime.fromtimestamp(timestamp / 1000).strftime("%H:%M:%S.%f")[:-3]
            say(f"{at} {function:14} {message.rstrip()}")
            shown.add(event_id)
            since = max(since, timestamp - 5000)  # streams of one group lag behind each other
        time.sleep(0.5)
