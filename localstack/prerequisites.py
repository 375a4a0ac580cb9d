"""What must be on the machine, and what is fetched into `.local/` with it: Python packages, jars.

Runs on the system's Python, so it uses nothing but the standard library.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from console import Failure, step
from settings import JARS, LOCAL, ROOT, VENV

HERE = Path(__file__).resolve().parent
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"

DEBIAN, MACOS = "Debian", "macOS"
# The command that installs each tool, by system.
INSTALL = {
    "venv": {DEBIAN: "apt-get install python3-venv", MACOS: "brew install python@3.13"},
    "java": {
        DEBIAN: "apt-get install default-jdk-headless",
        MACOS: "brew install openjdk",
    },
    "mvn": {DEBIAN: "apt-get install maven", MACOS: "brew install maven"},
    "curl": {DEBIAN: "apt-get install curl", MACOS: "brew install curl"},
    "cc": {DEBIAN: "apt-get install gcc libc6-dev", MACOS: "xcode-select --install"},
    "cargo": {
        DEBIAN: "apt-get install rustup && rustup default stable   (from Debian 13 on)",
        MACOS: "brew install rustup && rustup default stable",
    },
    "rust": {DEBIAN: "rustup update stable", MACOS: "rustup update stable"},
    "npm": {DEBIAN: "apt-get install nodejs npm", MACOS: "brew install node"},
    "chromium": {DEBIAN: "apt-get install chromium", MACOS: "brew install --cask chromium"},
}


def check() -> None:
    """Name everything that is missing at once, each with the command that installs it."""
    missing = []
    try:
        import ensurepip  # noqa: F401  Debian ships Python without it, and venv needs it
    except ImportError:
        missing.append(("venv", "Python's venv"))
    # javac, not just java: one engine is started from a line of our own source.
    java = version_of(["javac", "-version"])
    if java is None or java < (17,):
        missing.append(("java", "a Java development kit, 17 or later"))
    for tool, what in (("mvn", "Maven"), ("curl", "curl"), ("cc", "a C compiler")):
        if shutil.which(tool) is None:
            missing.append((tool, what))
    rust = version_of(["cargo", "--version"])
    needed = needed_rust()
    if rust is None:
        missing.append(("cargo", "Rust (cargo)"))
    elif rust < needed:
        missing.append(("rust", f"Rust {'.'.join(map(str, needed))} or later"))
    if missing:
        lines = [f"  {what}\n      {INSTALL[tool][system()]}" for tool, what in missing]
        raise Failure("\n".join(["This machine lacks:", *lines]))


def system() -> str:
    return MACOS if sys.platform == "darwin" else DEBIAN


def version_of(command: list[str]) -> tuple[int, ...] | None:
    if shutil.which(command[0]) is None:
        return None
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    found = re.search(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", answer.stdout + answer.stderr)
    if answer.returncode != 0 or found is None:
        return None
    return tuple(int(part) for part in found.groups() if part is not None)


def needed_rust() -> tuple[int, ...]:
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]
    return tuple(int(part) for part in workspace["package"]["rust-version"].split("."))


def prepare() -> None:
    """Python packages and jars, fetched again only when what names them has changed."""
    LOCAL.mkdir(exist_ok=True)
    requirements = HERE / "requirements.txt"
    if changed(VENV, requirements):
        with step("installing the Python tools"):
            make_venv(sys.executable, VENV, requirements)
            settle(VENV, requirements)
    for engine in ("opensearch", "dynamodb"):
        fetch_jars(engine)


def fetch_jars(name: str) -> Path:
    """The jars that `<name>.pom.xml` lists, with what they bring. Returns their folder."""
    pom, folder = HERE / f"{name}.pom.xml", JARS / name
    if changed(folder, pom):
        with step(f"fetching the jars of {name}"):
            shutil.rmtree(folder, ignore_errors=True)
            quietly(["mvn", "-q", "-B", "-f", pom, MAVEN_COPY, f"-DoutputDirectory={folder}"])
            settle(folder, pom)
    return folder


def make_venv(python: str | Path, venv: Path, requirements: Path, *, builds: bool = False) -> None:
    """A Python environment of its own. uv fills it in seconds, where pip takes minutes.

    Nothing is installed whose digest is not in the lock. Unless a package has no other form, no
    code of it runs while it is installed.
    """
    shutil.rmtree(venv, ignore_errors=True)
    quietly([python, "-m", "venv", venv])
    pip = [venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = HERE / "uv.requirements.txt"
    quietly([*pip, "--require-hashes", "--only-binary=:all:", "--requirement", uv])
    install = [venv / "bin" / "uv", "pip", "install", "--quiet", "--require-hashes"]
    install += [] if builds else ["--no-build"]
    quietly([*install, "--python", venv / "bin" / "python", "--requirement", requirements])


def changed(folder: Path, source: Path) -> bool:
    return made_from(folder) != digest(source)


def made_from(folder: Path) -> str | None:
    stamp = folder / ".made-from"
    return stamp.read_text() if stamp.exists() else None


def settle(folder: Path, source: Path) -> None:
    """Mark a folder as whole; one that was interrupted carries no mark and is made anew."""
    (folder / ".made-from").write_text(digest(source))


def digest(source: Path) -> str:
    return hashlib.sha256(f"{sys.version_info[:2]}".encode() + source.read_bytes()).hexdigest()


def quietly(command: list[str | Path], environment: Mapping[str, str] | None = None) -> None:
    """Run a command whose output is of interest only when it fails."""
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()
        raise Failure(f"this failed: {' '.join(arguments)}\n{output}")


def enter_venv() -> None:
    """Go on under the tools' own Python, unless this is it."""
    python = VENV / "bin" / "python"
    if Path(sys.prefix) != VENV:
        sys.stdout.flush()
        os.execv(python, [str(python), *sys.argv])
