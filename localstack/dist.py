"""A release: the functions' archives for both processors, with checksums, licences and a list of
what is in them. Each is built twice, in folders of their own, and must come out the same."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import bill_of_materials
from build import FUNCTIONS, archive, tools_environment
from console import Failure, say, step
from settings import ROOT

DIST = ROOT / "dist"
# What cargo-lambda builds for each, said here since other flags would replace it.
TARGETS = {
    "arm64": ["aarch64-unknown-linux-gnu", "neoverse-n1"],
    "x86_64": ["x86_64-unknown-linux-gnu", "haswell"],
}


def write() -> None:
    sources = state_of_sources()
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    for architecture in TARGETS:
        first, second = (build(architecture, turn) for turn in ("1", "2"))
        if state_of_sources() != sources:
            raise Failure("the sources changed while they were built: start again")
        if first != second:
            differing = [name for name in FUNCTIONS if first[name] != second[name]]
            raise Failure(f"two builds for {architecture} differ: {', '.join(differing)}")
        for function, octets in first.items():
            (DIST / f"{function}-{architecture}.zip").write_bytes(octets)
    (DIST / "sbom.cdx.json").write_text(bill_of_materials.cyclonedx())
    (DIST / "LICENSES.txt").write_text(bill_of_materials.licences())
    files = sorted(DIST.iterdir())
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (DIST / "SHA256SUMS").write_text("".join(sums))
    say(f"✓ {len(files)} files in {DIST}; `sha256sum --check SHA256SUMS` there checks them")


def state_of_sources() -> str:
    """The commit, and what differs from it."""
    commands = (["git", "rev-parse", "HEAD"], ["git", "diff", "HEAD"])
    return "".join(
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for command in commands
    )


def build(architecture: str, turn: str) -> dict[str, bytes]:
    """The archives by their functions. No path of this machine is left in them."""
    target, processor = TARGETS[architecture]
    folder = ROOT / "target" / "dist" / turn
    cargo = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    flags = [f"-Ctarget-cpu={processor}"]
    flags += [f"--remap-path-prefix={cargo}=/cargo", f"--remap-path-prefix={ROOT}=/lambda-chat"]
    environment = tools_environment() | {
        "CARGO_TARGET_DIR": str(folder),
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
    }
    packages = [f"--package={name}" for name in FUNCTIONS]
    command = ["cargo", "lambda", "build", "--release", "--locked", f"--target={target}", *packages]
    with step(f"building for {architecture}, {turn} of 2 (five to ten minutes)"):
        shutil.rmtree(folder, ignore_errors=True)
        if subprocess.run(command, cwd=ROOT, env=environment).returncode != 0:
            raise Failure("the functions do not build; what the compiler said is above")
    return {name: archive(folder / "lambda" / name / "bootstrap") for name in FUNCTIONS}
