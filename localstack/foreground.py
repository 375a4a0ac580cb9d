"""A command of the tests, run to its end in the caller's sight."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from build import tools_environment
from console import say
from processes import Command
from settings import ROOT

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
}


def run(command: Command, variables: Mapping[str, str]) -> None:
    """Run the tests; where they fail, this exits with their status."""
    say(f"… {said(command)}")
    begin = time.monotonic()
    with started(command, variables) as tests:
        exit_on_failure(tests)
    say(f"✓ {said(command)} ({time.monotonic() - begin:.1f} s)")


@contextlib.contextmanager
def beside(command: Command, variables: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run tests that wait most of their time beside what the caller does meanwhile, then show what
    they said; where they fail, this exits with their status."""
    say(f"… beside what follows: {said(command)}")
    with log.open("w") as output, started(command, variables, output) as tests:
        try:
            yield
        except BaseException:
            say(f"what {command[0]} said until then is in {log}")
            raise
        tests.wait()  # its log is whole then
        say(log.read_text(errors="replace"))
        exit_on_failure(tests)
    say(f"✓ {said(command)}")


@contextlib.contextmanager
def started(
    command: Command, variables: Mapping[str, str], output: TextIO | None = None
) -> Iterator[subprocess.Popen]:
    environment = tools_environment() | CREDENTIALS | variables
    # A session of its own, so that ending it ends the tests that cargo started, too.
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        start_new_session=True,
    ) as tests:
        try:
            yield tests
        except BaseException:
            if tests.poll() is None:
                os.killpg(tests.pid, signal.SIGTERM)
            raise


def exit_on_failure(tests: subprocess.Popen) -> None:
    if (status := tests.wait()) != 0:
        sys.exit(status)


def said(command: Command) -> str:
    return " ".join(map(str, command))
