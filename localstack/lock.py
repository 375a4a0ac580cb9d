"""The Python tools' lock files. Each `*requirements.in` names what is used, and the `.txt` beside
it all that this brings, with the digest of each file that may be installed."""

import re
from pathlib import Path

from console import Failure, say, step
from prerequisites import HERE, quietly
from settings import VENV

# The oldest Python that each runs on; LocalStack runs on one version only.
OLDEST = "3.11"
ONLY = {"localstack": "3.13"}
DIGEST = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def write() -> None:
    """Make the lock files anew. A version that is locked stays until its `.in` says otherwise."""
    for chosen in requirements():
        lock = chosen.with_suffix(".txt")
        kind = chosen.name.split(".")[0]
        place = ["--python-version", ONLY.get(kind, OLDEST)]
        place += [] if kind in ONLY else ["--universal"]
        with step(f"locking {chosen.name}"):
            quietly(
                [
                    VENV / "bin" / "uv",
                    "pip",
                    "compile",
                    "--generate-hashes",
                    "--no-annotate",
                    "--no-emit-index-url",
                    "--no-header",
                    *place,
                    chosen,
                    "--output-file",
                    lock,
                ]
            )
        head = f"# Made by `make lock` from {chosen.name}, with the digest of each file to install."
        lock.write_text(f"{head}\n{lock.read_text()}")


def check() -> None:
    """Whether each lock has what is chosen, and digests of all; installing asks for these, too."""
    problems = []
    for chosen in requirements():
        locked = re.split(r"\n(?=[A-Za-z0-9])", chosen.with_suffix(".txt").read_text())[1:]
        versions = {entry.split()[0] for entry in locked}
        lines = (line.split("#")[0].strip() for line in chosen.read_text().splitlines())
        problems += [
            f"{chosen.name} has {line}, and its lock does not: make lock"
            for line in filter(None, lines)
            if re.sub(r"\[.*\]", "", line) not in {re.sub(r"\[.*\]", "", each) for each in versions}
        ]
        problems += [
            f"{chosen.with_suffix('.txt').name}: {entry.split()[0]} has no digest"
            for entry in locked
            if not DIGEST.search(entry)
        ]
    if problems:
        raise Failure("\n  ".join(["the lock files of the Python tools:", *problems]))
    say("✓ every Python package is locked, with its digests")


def requirements() -> list[Path]:
    return sorted(HERE.glob("*requirements.in"))
