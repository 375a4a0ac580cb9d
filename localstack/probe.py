"""Proof that the whole service works: one message goes in at the front and is found by search.

What the probe wrote is removed again, so that a fresh stack lists nothing.
"""

import time
import uuid
from collections.abc import Callable
from urllib.parse import quote

from console import Failure, step
from deploy import Deployment
from http_client import Answer, call
from settings import Instance

SECONDS = 60


def run(instance: Instance, deployment: Deployment, outputs: dict[str, str]) -> None:
    with step("sending one message the whole way"):
        text = f"probe {uuid.uuid4()}"
        applications = f"{instance.url}/applications"
        created = expect("an application to be created", 201, "POST", applications, {"name": text})
        token = created.json()["access_token"]
        try:
            chats = f"{applications}/{token}/chats"
            expect("a chat to be created", 201, "POST", chats)
            messages = f"{chats}/1/messages"
            expect("a message to be created", 201, "POST", messages, {"body": text})
            expect("the worker to write the message's row", 200, "GET", f"{messages}/1")
            found = f"{messages}/search?keyword={quote(text)}"
            expect(
                "the message to be found",
                200,
                "GET",
                found,
                until=lambda answer: answer.json(),
            )
        finally:
            forget(instance, deployment, outputs["TableName"], token, text)


def expect(
    what: str,
    status: int,
    method: str,
    url: str,
    document: object = None,
    until: Callable[[Answer], object] = bool,
) -> Answer:
    """Ask again until the answer is the wanted one: a part may still be starting."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            answer: Answer | str = call(method, url, document)
            if answer.status == status and until(answer):
                return answer
        except OSError as error:
            answer = str(error)
        if time.monotonic() > deadline:
            raise Failure(
                f"waited {SECONDS} s for {what}; the last answer to {method} was:\n  {answer}\n"
                "  `make logs` shows what the functions say"
            )
        time.sleep(0.2)


def forget(instance: Instance, deployment: Deployment, table: str, token: str, text: str) -> None:
    """The service deletes nothing, so this reaches behind it, by the keys of chat/src/store."""
    dynamodb = deployment.client("dynamodb")
    for partition in (
        f"APP#{token}",
        f"CHAT#{token}#1",
        f"NUMBERS#{token}",
        f"NUMBERS#{token}#1",
    ):
        rows = dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ProjectionExpression="pk, sk",
            ExpressionAttributeValues={":pk": {"S": partition}},
        )
        for key in rows["Items"]:
            dynamodb.delete_item(TableName=table, Key=key)
    query = {"query": {"term": {"body.wildcard": text}}}
    call(
        "POST",
        f"{instance.search_url}/messages/_delete_by_query?conflicts=proceed",
        query,
    )
