"""What the person at the terminal reads: a line for each step, and failures that say what to do."""

import contextlib
import sys
import time
from collections.abc import Iterator


class Failure(Exception):
    """Something the person can mend. Its text is all that they see: no traceback."""


def say(text: str = "") -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a step before it runs, since it may be long, and say its seconds after."""
    say(f"… {what}")
    begin = time.monotonic()
    yield
    say(f"✓ {what} ({time.monotonic() - begin:.1f} s)")
