"""The tests of what others see of the service: the browser's pages, the clients of the README,
and the OpenAPI document."""

import dataclasses
import hashlib
import secrets

import build
import test_tools
from deploy import Deployment
from foreground import run
from settings import ROOT, Instance, variable

TESTS = ROOT / "tests"
PYTEST = ["pytest", "--quiet", "-p", "no:cacheprovider"]


def test(instance: Instance) -> None:
    """All of them, on a stack that runs open; the browser's leave it with a key."""
    tools = test_tools.prepare()
    schemathesis(instance, tools)
    run([*PYTEST, TESTS / "clients"], tools | {"BASE_URL": instance.url})
    browser(instance)


def browser(instance: Instance) -> None:
    """The pages in a browser, on a stack that is given an admin key."""
    tools = test_tools.prepare()
    key = secrets.token_urlsafe()
    digest = hashlib.sha256(key.encode()).hexdigest()
    locked = dataclasses.replace(instance, admin_key_sha256=digest)
    Deployment(locked).deploy(build.build())
    addresses = {"BASE_URL": instance.url, "ADMIN_KEY": key, "SCREENSHOTS": variable("SCREENSHOTS")}
    # Two browsers at once, one a core.
    run([*PYTEST, "--numprocesses=2", TESTS / "browser"], tools | addresses)


def schemathesis(instance: Instance, tools: dict[str, str]) -> None:
    """Every operation of the document, as it is served, with cases made from it."""
    folder = TESTS / "openapi"
    command = [
        "schemathesis",
        f"--config-file={folder / 'schemathesis.toml'}",
        "run",
        f"{instance.url}/openapi.json",
        f"--max-examples={variable('SCHEMATHESIS_EXAMPLES')}",
        "--checks=all",
        "--no-color",
    ]
    run(command, tools | {"BASE_URL": instance.url})
