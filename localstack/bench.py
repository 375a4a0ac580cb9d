"""The benchmark: builds what is compared, then has tests/bench run it all in one go."""

import subprocess
from pathlib import Path

from build import FUNCTIONS, target, tools_environment
from console import Failure, step
from settings import ROOT, variable

PEERS = ROOT / "tests" / "bench" / "peers"


def bench() -> None:
    """COMPARE names a git revision to be measured beside the working tree, BENCH further
    arguments of tests/bench (`--help` says which)."""
    folder = target() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    command = ["cargo", "run", "--quiet", "--release", "--locked", "--package=bench", "--"]
    command += [f"--build=current={build(ROOT, folder / 'current')}"]
    if revision := variable("COMPARE"):
        command += [f"--build={revision}={build_revision(revision, folder / 'compared')}"]
    command += [f"--peer={name}={binary}" for name, binary in build_peers().items()]
    command += [f"--revision={described_revision()}"]
    command += variable("BENCH").split()
    run(command)


def build(source: Path, folder: Path) -> Path:
    """The functions as they are deployed, each as FUNCTION/bootstrap in a folder."""
    with step(f"building the functions of {source.name}"):
        packages = [f"--package={name}" for name in FUNCTIONS]
        command = ["cargo", "lambda", "build", "--release", "--locked", *packages]
        run([*command, f"--lambda-dir={folder}"], cwd=source)
    return folder


def build_revision(revision: str, folder: Path) -> Path:
    """A revision's functions, from a working tree of its own."""
    source = folder / "source"
    if not source.exists():
        run(["git", "worktree", "add", "--force", "--detach", str(source), revision])
    run(["git", "checkout", "--quiet", "--detach", revision], cwd=source)
    return build(source, folder / "lambda")


def build_peers() -> dict[str, Path]:
    folder = target() / "peers"
    with step("building the floor and the plain version (some minutes the first time)"):
        settings = {"CARGO_TARGET_DIR": str(folder)}
        run(["cargo", "build", "--release", "--locked"], cwd=PEERS, settings=settings)
    return {name: folder / "release" / name for name in ("floor", "plain")}


def described_revision() -> str:
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def run(command: list[str], cwd: Path = ROOT, settings: dict[str, str] | None = None) -> None:
    environment = tools_environment() | {"CARGO_TARGET_DIR": str(target())} | (settings or {})
    if subprocess.run(command, cwd=cwd, env=environment).returncode != 0:
        raise Failure(f"{' '.join(command[:3])} … failed; what it said is above")
