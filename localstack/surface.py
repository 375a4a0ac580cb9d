"""The tests of what others see of the service: the browser's pages, the clients of the README,
and the OpenAPI document."""

import contextlib
import dataclasses
import hashlib
import secrets
from collections.abc import Iterator

import build
import test_tools
from deploy import Deployment
from foreground import beside, run
from settings import ROOT, Instance, variable

TESTS = ROOT / "tests"
PYTEST = ["pytest", "--quiet", "-p", "no:cacheprovider"]


@contextlib.contextmanager
def schemathesis(instance: Instance) -> Iterator[None]:
    """Every operation of the document, as it is served, with cases made from it, beside what the
    caller does: it waits for answers three quarters of its time. Its command, which is printed, has
    the seed: one failure is found again by it."""
    folder = TESTS / "openapi"
    command = [
        "schemathesis",
        f"--config-file={folder / 'schemathesis.toml'}",
        "run",
        f"{instance.url}/openapi.json",
        f"--max-examples={variable('SCHEMATHESIS_EXAMPLES')}",
        f"--seed={variable('SCHEMATHESIS_SEED')}",
        "--checks=all",
        "--no-color",
    ]
    variables = test_tools.prepare() | {"BASE_URL": instance.url}
    with beside(command, variables, instance.logs / "schemathesis.log"):
        yield


@contextlib.contextmanager
def clients(instance: Instance) -> Iterator[None]:
    """Those of the README, on a stack that runs open, beside what the caller does."""
    variables = test_tools.prepare() | {"BASE_URL": instance.url}
    with beside([*PYTEST, TESTS / "clients"], variables, instance.logs / "clients.log"):
        yield


def browser(instance: Instance) -> None:
    """The pages in a browser, on a stack that is given an admin key."""
    tools = test_tools.prepare()
    key = secrets.token_urlsafe()
    digest = hashlib.sha256(key.encode()).hexdigest()
    locked = dataclasses.replace(instance, admin_key_sha256=digest)
    Deployment(locked).deploy(build.build())
    addresses = {
        "BASE_URL": instance.url,
        "ADMIN_KEY": key,
        "GUARDED_URLS": " ".join(instance.guarded_urls),
        "SCREENSHOTS": variable("SCREENSHOTS"),
    }
    # Two browsers at once, one a core.
    run([*PYTEST, "--numprocesses=2", TESTS / "browser"], tools | addresses)
