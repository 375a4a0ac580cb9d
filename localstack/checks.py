"""What can be said of the project without running it: format, lints, documentation, licences."""

import os
import shutil
import subprocess
import sys

import agreements
import deployer
import lock
import metrics
import pipeline
import routes
from build import tools_environment
from capacity import document
from console import Failure, say, step
from prerequisites import HERE, changed, make_venv, quietly, settle
from settings import LOCAL, ROOT

CARGO_DENY_VERSION = "0.20.2"
CARGO_DENY = LOCAL / "cargo-deny"
CHECKOV = LOCAL / "checkov-venv"
WORKFLOWS = ["docs/pipeline/deploy.yml", "docs/pipeline/advisories.yml"]
TEMPLATES = ["template.yaml", "infra/alarms.yaml", "infra/search-domain.yaml"]

COMMANDS = [
    ["cargo", "fmt", "--all", "--check"],
    ["cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "--deny=warnings"],
    ["cargo", "doc", "--workspace", "--no-deps", "--document-private-items", "--locked"],
    # Advisories are no part of it: their database is fetched from outside the registries, and a
    # check must not fail for a network. `cargo deny check advisories` asks for them by hand.
    ["cargo", "deny", "--locked", "check", "bans", "licenses", "sources"],
    ["sam", "validate", "--lint", "--template=template.yaml"],
    ["cfn-lint", *TEMPLATES],
    ["checkov", "--config-file=infra/checkov.yaml"],
    ["zizmor", "--offline", "--strict-collection", "--quiet", *WORKFLOWS],
    ["ruff", "check", "localstack", "tests"],
    ["ruff", "format", "--check", "localstack", "tests"],
]


def run() -> None:
    environment = tools_environment() | {
        "RUSTDOCFLAGS": "--deny=warnings",
        "AWS_DEFAULT_REGION": "us-east-1",  # sam's linter wants one
    }
    environment["PATH"] += f"{os.pathsep}{CARGO_DENY / 'bin'}{os.pathsep}{CHECKOV / 'bin'}"
    install_cargo_deny(environment["PATH"])
    install_checkov()
    agreements.check()
    metrics.check()
    routes.check()
    document.check()
    deployer.check()
    lock.check()
    pipeline.check()
    failed = []
    for command in COMMANDS:
        text = " ".join(command)
        say(f"… {text}")
        if subprocess.run(command, cwd=ROOT, env=environment).returncode != 0:
            failed.append(text)
    if failed:
        raise Failure("\n  ".join(["these found something; it stands above", *failed]))
    say("✓ every check passed; advisories were not asked (cargo deny check advisories does)")


def install_cargo_deny(path: str) -> None:
    """Unless the machine has one."""
    if shutil.which("cargo-deny", path=path) is None:
        with step("building cargo-deny (some minutes, once)"):
            version = f"--version={CARGO_DENY_VERSION}"
            root = f"--root={CARGO_DENY}"
            command = ["cargo", "install", "--quiet", "--locked", version, root, "cargo-deny"]
            # It runs for a second, so time spent on optimizing it is lost.
            profile = {"OPT_LEVEL": "0", "LTO": "off", "CODEGEN_UNITS": "16"}
            settings = {f"CARGO_PROFILE_RELEASE_{name}": value for name, value in profile.items()}
            quietly(command, os.environ | settings)


def install_checkov() -> None:
    requirements = HERE / "checkov.requirements.txt"
    if changed(CHECKOV, requirements):
        with step("installing the policy checker"):
            make_venv(sys.executable, CHECKOV, requirements)
            settle(CHECKOV, requirements)
