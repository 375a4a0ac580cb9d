"""What only some of the tests need, fetched when they run: Python packages of their own, npm
packages, and a Chromium."""

import os
import shutil
from pathlib import Path

from build import tools_environment
from console import Failure, step
from prerequisites import HERE, INSTALL, changed, fetch_jars, make_venv, quietly, settle, system
from settings import LOCAL, ROOT, VENV

TEST_VENV = LOCAL / "test-venv"
NODE = LOCAL / "node"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
MACOS_CHROMIUM = Path("/Applications/Chromium.app/Contents/MacOS/Chromium")


def prepare() -> dict[str, str]:
    """Fetches what is missing or has changed. Returns the environment in which to run the tests."""
    requirements = HERE / "test.requirements.txt"
    if changed(TEST_VENV, requirements):
        with step("installing the tests' Python tools"):
            make_venv(VENV / "bin" / "python", TEST_VENV, requirements)
            settle(TEST_VENV, requirements)
    npm = executable("npm", ["npm"])
    lock = ROOT / "tests" / "node" / "package-lock.json"
    if changed(NODE, lock):
        with step("installing the tests' npm packages"):
            shutil.rmtree(NODE, ignore_errors=True)
            NODE.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(lock.with_name(name), NODE)
            quietly([npm, "ci", "--prefix", NODE, "--ignore-scripts", "--no-audit", "--no-fund"])
            settle(NODE, lock)
    environment = tools_environment()
    environment["PATH"] = f"{TEST_VENV / 'bin'}{os.pathsep}{environment['PATH']}"
    return environment | {
        "NODE_MODULES": str(NODE / "node_modules"),
        "GENERATORS": str(fetch_jars("generators")),
        "CHROMIUM": executable("chromium", [*CHROMIUM, str(MACOS_CHROMIUM)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def executable(tool: str, names: list[str]) -> str:
    """Where a tool is. A Debian that lets us gets the package that is missing."""
    command = INSTALL[tool][system()]
    if find(names) is None and command.startswith("apt-get") and may_install():
        with step(command):
            quietly(["apt-get", "update", "--quiet"])
            arguments = ["--yes", "--no-install-recommends", *command.split()[2:]]
            quietly(["apt-get", "install", *arguments])
    found = find(names)
    if found is None:
        raise Failure(f"The browser's tests need {tool}, which this machine lacks:\n  {command}")
    return found


def find(names: list[str]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None
