"""The four functions as release binaries, built as `sam build` builds them for an account; cargo
decides what is stale."""

import functools
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from console import Failure, step
from settings import ROOT, VENV

FUNCTIONS = ["crud", "create-chat", "create-message", "persist-worker"]
SAM_BUILD = ROOT / ".aws-sam" / "build"
# Optimizing across all crates takes two minutes a function, a change, and gains a tenth of the CPU:
# worth it in an account (`sam build`, `make dist`, `make bench`), not for an answer at one's desk.
# So is compiling anew what did not change of a crate.
QUICK = {
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_INCREMENTAL": "true",
}


@dataclass(frozen=True)
class Package:
    """A function's code as Lambda takes it."""

    function: str
    archive: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.archive).hexdigest()


def architecture() -> str:
    """This machine's, as Lambda names it."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


@functools.cache  # one run deploys one build, whatever is edited meanwhile
def build() -> list[Package]:
    with step("building the functions (some minutes the first time)"):
        packages = [f"--package={name}" for name in FUNCTIONS]
        if sys.platform == "linux":
            # cargo-lambda links by zig against the libc of provided.al2023. SAM builds by it too,
            # but one function after the other: so all are built at once before, and SAM's own
            # builds find nothing left to do.
            run(["cargo", "lambda", "build", "--release", "--locked", *packages])
            run(["sam", "build", "--parameter-overrides", f"Architecture={architecture()}"])
            binaries = [SAM_BUILD / logical_id(name) / "bootstrap" for name in FUNCTIONS]
        else:
            # The emulator runs the functions as processes of this machine.
            run(["cargo", "build", "--release", "--locked", *packages])
            binaries = [target() / "release" / name for name in FUNCTIONS]
    return [
        Package(name, archive(binary)) for name, binary in zip(FUNCTIONS, binaries, strict=True)
    ]


def logical_id(function: str) -> str:
    """A function's name in template.yaml, after which SAM names the folder of what it builds."""
    return "".join(part.capitalize() for part in function.split("-")) + "Function"


def run(command: list[str]) -> None:
    """Show a build's output only where it fails, unless it is the compiler's."""
    is_sam = command[0] == "sam"
    done = subprocess.run(
        command, cwd=ROOT, env=tools_environment() | QUICK, capture_output=is_sam, text=True
    )
    if done.returncode != 0:
        said = f"\n{done.stdout}{done.stderr}" if is_sam else "; what the compiler said is above"
        raise Failure(f"the functions do not build{said}")


def target() -> Path:
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target")


def tools_environment() -> dict[str, str]:
    """The caller's, with this project's tools found first."""
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0"}


def archive(binary: Path) -> bytes:
    """Equal binaries give equal archives: no times, no names of this machine."""
    entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", compresslevel=1) as file,
        binary.open("rb") as source,
        file.open(entry, "w") as sink,
    ):
        shutil.copyfileobj(source, sink)
    return buffer.getvalue()
