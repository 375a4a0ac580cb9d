"""What the OpenAPI document cannot say, told to Schemathesis.

What is left out here has a right answer that depends on more than the request's form; the
integration tests have all of it.
"""

import os
import time
from urllib.parse import urljoin

import requests
from schemathesis import GenerationMode, hook

SECONDS = 60


@hook
def filter_case(context, case) -> bool:
    query = case.query or {}
    if is_negative(case):
        # A name or a text may stand in the query string too: a body that lacks it is right then.
        # And a bound beyond the format's largest number is beyond every number, as well.
        beyond = any(is_beyond_int64(str(query.get(name, ""))) for name in ("after", "before"))
        return not beyond and not {"name", "body"} & query.keys()
    # A cursor is one that the server handed out.
    return "cursor" not in query


@hook
def map_case(context, case):
    """Well-formed requests go to what exists. In a sequence the earlier answers say what does."""
    if not is_negative(case) and case.meta.phase.name.value != "stateful":
        for name in case.path_parameters or {}:
            case.path_parameters[name] = EXISTING.get(name, case.path_parameters[name])
        if "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = "*"
        if case.operation.method in ("put", "patch"):
            (case.headers or {}).pop("If-None-Match", None)
    return case


@hook
def after_call(context, case, response) -> None:
    """A 201 promises a row, which a client that needs it waits for."""
    if response.status_code == 201:
        wait_for(urljoin(response.request.url, response.headers["location"][0]))


def is_negative(case) -> bool:
    return case.meta is None or case.meta.generation.mode == GenerationMode.NEGATIVE


def is_beyond_int64(text: str) -> bool:
    # By its digits, since Python reads no number of more than 4,300.
    digits = text.lstrip("0")
    return text.isascii() and text.isdecimal() and (len(digits), digits) > (19, str(2**63 - 1))


def existing() -> dict[str, object]:
    """The path parameters of a message whose row is written."""
    applications = f"{os.environ['BASE_URL']}/applications"
    token = requests.post(applications, json={"name": "Schemathesis"}).json()["access_token"]
    chats = f"{applications}/{token}/chats"
    requests.post(chats).raise_for_status()
    requests.post(f"{chats}/1/messages", json={"body": "first"}).raise_for_status()
    wait_for(f"{chats}/1/messages/1")
    return {"access_token": token, "chat_number": 1, "message_number": 1}


def wait_for(row: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not requests.get(row).ok:
        if time.monotonic() > deadline:
            raise TimeoutError("a row was not written")
        time.sleep(0.05)


EXISTING = existing()
