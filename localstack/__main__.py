"""The local AWS's command line: `python3 localstack COMMAND`, which the Makefile calls.

It starts on the system's Python and goes on in the tools' own, once those are there.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  before anything that an older one cannot read
    sys.exit(
        f"This needs Python 3.11 or later; python3 is {sys.version.split()[0]}.\n"
        "  Debian 12 or later: apt-get install python3\n  macOS: brew install python@3.13"
    )

import re
import signal
from pathlib import Path

import prerequisites
from console import Failure, say
from settings import ROOT, VARIABLES, shared_instance


def help_() -> int:
    say("make TARGET, where TARGET is one of")
    for target, text in re.findall(r"^([a-z-]+):.*## (.+)$", (ROOT / "Makefile").read_text(), re.M):
        say(f"  {target:17} {text}")
    say("\nVariables, given as NAME=value make TARGET:")
    for name, (default, text) in VARIABLES.items():
        say(f"  {name:27} {text}" + (f" (default {default})" if default else ""))
    return 0


def up() -> int:
    import stack

    instance = shared_instance()
    stack.up(instance)
    stack.introduce(instance)
    return 0


def down() -> int:
    import engines

    if not engines.stop_all(shared_instance().folder):
        say("nothing was running")
    return 0


def reset() -> int:
    import stack

    stack.reset(shared_instance())
    return 0


def status() -> int:
    import stack

    return stack.status(shared_instance())


def logs() -> int:
    import function_logs

    function_logs.follow(shared_instance())
    return 0


def test() -> int:
    import suites

    suites.test()
    return 0


def test_browser() -> int:
    import suites

    suites.test_browser()
    return 0


def test_openapi() -> int:
    import suites

    suites.test_openapi()
    return 0


def test_parameters() -> int:
    import suites

    suites.test_parameters()
    return 0


def chaos() -> int:
    import suites

    suites.chaos()
    return 0


def load() -> int:
    import load

    load.load()
    return 0


def bench() -> int:
    import bench

    bench.bench()
    return 0


def env() -> int:
    import stack

    stack.print_environment(shared_instance())
    return 0


def test_localstack() -> int:
    import suites

    suites.test_localstack()
    return 0


def check() -> int:
    import checks

    checks.run()
    return 0


def capacity() -> int:
    from capacity import document

    document.write()
    return 0


def measure_capacity() -> int:
    from capacity import measure

    measure.main()
    return 0


def lock() -> int:
    import lock

    lock.write()
    return 0


def dist() -> int:
    import dist

    dist.write()
    return 0


# Each command, and whether it needs the tools that are installed beside it.
COMMANDS = {
    "help": (help_, False),
    "up": (up, True),
    "down": (down, False),
    "reset": (reset, False),
    "status": (status, False),
    "logs": (logs, True),
    "test": (test, True),
    "test-browser": (test_browser, True),
    "test-openapi": (test_openapi, True),
    "test-parameters": (test_parameters, True),
    "chaos": (chaos, True),
    "bench": (bench, True),
    "load": (load, True),
    "env": (env, True),
    "test-localstack": (test_localstack, True),
    "check": (check, True),
    "capacity": (capacity, True),
    "dist": (dist, True),
    "lock": (lock, True),
    "measure-capacity": (measure_capacity, True),
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: {Path(__file__).parent.name} {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    command, needs_tools = COMMANDS[arguments[0]]
    # Ended by another process it cleans up as it does at Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if needs_tools:
            prerequisites.check()
            prerequisites.prepare()
            prerequisites.enter_venv()
        return command()
    except Failure as failure:
        print(f"\nmake {arguments[0]}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
