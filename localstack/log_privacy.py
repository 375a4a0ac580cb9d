"""After the tests, which use all of them: no token, key, name or text of a client is in a log."""

from collections.abc import Iterator

from console import Failure, say
from deploy import Deployment, outputs
from function_logs import events, log_groups
from settings import Instance

# Shorter texts are words that a log may use for itself.
SHORTEST = 12


def check(instance: Instance) -> None:
    deployment = Deployment(instance)
    names = outputs(deployment.stack())
    secrets = set(private_texts(deployment, names["TableName"]))
    if not secrets:
        raise Failure("the tests left nothing behind that could have been logged")
    lines = [event["message"] for event in events(deployment, log_groups(names), since=0)]
    lines += (instance.logs / "gateway.log").read_text(errors="replace").splitlines()
    leaks = [line for line in lines if any(secret in line for secret in secrets)]
    if leaks:
        raise Failure(
            f"{len(leaks)} log lines hold what is private, the first:\n  {leaks[0][:500]}"
        )
    say(f"✓ {len(lines)} log lines hold none of {len(secrets)} tokens, keys, names and texts")


def private_texts(deployment: Deployment, table: str) -> Iterator[str]:
    pages = deployment.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    for item in (item for page in pages for item in page["Items"]):
        kind, token, *rest = item["pk"]["S"].split("#", 3)
        if token:  # a key of the deployment's own names none
            yield token
        if kind == "IDEM" and len(rest[1]) >= SHORTEST:
            yield rest[1]
        for attribute in ("name", "body"):
            text = item.get(attribute, {}).get("S", "")
            if len(text) >= SHORTEST:
                yield text
