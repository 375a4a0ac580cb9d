"""A command of the tests, run to its end in the caller's sight."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from build import tools_environment
from console import say
from settings import ROOT

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
}


def run(command: list[str | Path], variables: Mapping[str, str]) -> None:
    """Run the tests; where they fail, this exits with their status."""
    environment = tools_environment() | CREDENTIALS | variables
    what = " ".join(map(str, command))
    say(f"… {what}")
    begin = time.monotonic()
    # A session of its own, so that ending it ends the tests that cargo started, too.
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as tests:
        try:
            status = tests.wait()
        except BaseException:
            os.killpg(tests.pid, signal.SIGTERM)
            raise
    if status != 0:
        sys.exit(status)
    say(f"✓ {what} ({time.monotonic() - begin:.1f} s)")
