"""The tests, on a stack of their own or on LocalStack.

Whatever was started for them is stopped with them, however they end.
"""

import contextlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import engines
import localstack_itself
import log_privacy
import parameters
import roles
import stack
import surface
from console import say
from foreground import run
from processes import try_lock
from settings import LOCAL, free_ports, private_instance, url_variable, variable

INTEGRATION = ["cargo", "test", "--locked", "--package=tests", "--test=integration", "--"]
# Tests wait for the stack much of the time: no more at once than there are cores would take longer.
AT_ONCE = {"RUST_TEST_THREADS": os.environ.get("RUST_TEST_THREADS", "4")}


def test() -> None:
    if base_url := url_variable("BASE_URL"):
        say(f"the contract's tests, against {base_url}")
        run([*INTEGRATION, "contract::"], AT_ONCE | {"BASE_URL": base_url})
        return
    with private_folder("test") as folder:
        instance = private_instance(folder)
        engines.start_dynamodb(instance)
        outputs = stack.up(instance)
        engines.wait_for_dynamodb(instance)
        addresses = {
            "BASE_URL": instance.url,
            "TEST_DYNAMODB_URL": instance.dynamodb_url,
            "TEST_SQS_URL": instance.aws_url,
            "TEST_SEARCH_URL": instance.search_url,
            "STACK_ENDPOINT_URL": instance.aws_url,
            "TABLE_NAME": outputs["TableName"],
            "JOBS_QUEUE_URL": outputs["JobsQueueUrl"],
            "DEAD_LETTER_QUEUE_URL": outputs["DeadLetterQueueUrl"],
            "FUNCTION_ROLES": json.dumps(roles.of_functions()),
        }
        if names := variable("TESTS").split():
            run([*INTEGRATION, *names], AT_ONCE | addresses)
            return
        with surface.schemathesis(instance), surface.clients(instance):
            run(["cargo", "test", "--workspace", "--locked"], AT_ONCE | addresses)
        surface.browser(instance)
        log_privacy.check(instance)
    test_parameters()


def test_browser() -> None:
    """The pages alone."""
    with private_folder("test-browser") as folder:
        instance = private_instance(folder)
        stack.up(instance)
        surface.browser(instance)


def test_openapi() -> None:
    """The OpenAPI document alone, against the service."""
    with private_folder("test-openapi") as folder:
        instance = private_instance(folder)
        stack.up(instance)
        with surface.schemathesis(instance):
            pass


def test_parameters() -> None:
    """The template with every combination of its parameters."""
    with private_folder("test-parameters") as folder:
        parameters.run(private_instance(folder))


def chaos() -> None:
    """The promises under faults, for as many seeds and minutes as the caller wants."""
    limits = {f"CHAOS_{name}": os.environ.get(name, "") for name in ("SEEDS", "MINUTES")}
    with private_folder("chaos") as folder:
        instance = private_instance(folder)
        engines.start_dynamodb(instance)
        engines.start_opensearch(instance)
        engines.wait_for_dynamodb(instance)
        engines.wait_for_opensearch(instance)
        addresses = {
            "TEST_DYNAMODB_URL": instance.dynamodb_url,
            "TEST_SEARCH_URL": instance.search_url,
        }
        command = ["cargo", "test", "--locked", "--package=tests", "--test=chaos"]
        run([*command, "--", "--nocapture"], addresses | limits)


def test_localstack() -> None:
    python = localstack_itself.python()
    if python is None:
        say("LocalStack needs Python 3.13, and none is here: its tests are left out")
        return
    localstack_itself.prepare(python)
    with private_folder("test-localstack") as folder:
        (port,) = free_ports(1)
        localstack_itself.start(folder, port)
        url = f"http://127.0.0.1:{port}"
        filters = ["store::", "queue::"]
        run([*INTEGRATION, *filters], AT_ONCE | {"TEST_DYNAMODB_URL": url, "TEST_SQS_URL": url})


@contextlib.contextmanager
def private_folder(name: str) -> Iterator[Path]:
    """A folder of this run alone. It is left behind where the run failed, for its logs, until the
    next run; what a killed run left running is stopped then."""
    parent = LOCAL / name
    parent.mkdir(parents=True, exist_ok=True)
    for left_behind in parent.iterdir():
        with (left_behind / "run").open("a") as lock:
            if try_lock(lock.fileno()):
                engines.stop_all(left_behind)
                shutil.rmtree(left_behind)
    folder = parent / str(os.getpid())
    folder.mkdir()
    with (folder / "run").open("a") as lock:
        try_lock(lock.fileno())
        try:
            yield folder
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing may keep this from its end
            engines.stop_all(folder)
    shutil.rmtree(folder)
