"""Where one local AWS lives: its folder, its ports, and the addresses of engines run by others.

Everything that a run writes is under one instance folder, and every port is in one object, so
that a second, private instance (the tests') runs beside the first.
"""

import os
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

from console import Failure

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
JARS = LOCAL / "jars"
STACK_NAME = "lambda-chat"

# Each variable with its default and what it is for; `make help` prints this.
VARIABLES = {
    "LOCAL_PORT": ("3000", "the service's port"),
    "LOCAL_SECOND_PORT": (
        "8080",
        "the port that the original took creations on; 0: none",
    ),
    "LOCAL_AWS_PORT": ("4566", "the emulated AWS's port"),
    "LOCAL_SEARCH_PORT": ("9200", "OpenSearch's port"),
    "LOCAL_AWS_URL": (
        "",
        "an AWS emulator that already runs, used instead of starting one",
    ),
    "LOCAL_SEARCH_URL": (
        "",
        "an OpenSearch that already runs, used instead of starting one",
    ),
    "LOCAL_DYNAMODB_URL": (
        "",
        "make test: a DynamoDB that already runs, to judge the store",
    ),
    "LOCAL_FUNCTIONS_SEARCH_URL": (
        "",
        "where the functions find that OpenSearch, if elsewhere",
    ),
    "LOCAL_ORIGINS": (
        "",
        "origins whose pages may call the service, too, by commas: http://localhost:5173",
    ),
    "LOCAL_LOG_LEVEL": (
        "info",
        "the functions' log level: error, warn, info, debug",
    ),
    "LOAD_SECONDS": ("30", "make load: for how long"),
    "COMPARE": ("", "make bench: a git revision to measure beside the working tree"),
    "BENCH": ("", "make bench: further arguments, such as --runs=5 --operation=create-chat"),
    "BASE_URL": (
        "",
        "make test: run the contract's tests against this address instead",
    ),
    "TESTS": (
        "",
        "make test: only the integration tests with one of these in their names: contract::search",
    ),
    "SCHEMATHESIS_EXAMPLES": (
        "20",
        "make test, make test-openapi: cases that Schemathesis tries of each operation",
    ),
    "SCHEMATHESIS_SEED": (
        "1",
        "make test, make test-openapi: what its cases are made from; others find others",
    ),
    "SCREENSHOTS": (
        "",
        "make test-browser: the folder for the README's screenshots: docs/images",
    ),
}


def variable(name: str) -> str:
    return os.environ.get(name, "").strip() or VARIABLES[name][0]


def port_variable(name: str) -> int:
    text = variable(name)
    if not text.isdecimal() or int(text) > 65535:
        raise Failure(f"{name} is {text!r}: a port is a number from 0 to 65535")
    return int(text)


def url_variable(name: str) -> str:
    text = variable(name).rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise Failure(f"{name} is {text!r}: it must begin with http:// or https://")
    return text


def origins_variable(name: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in variable(name).split(",") if part.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", origin):
            raise Failure(f"{name} holds {origin!r}: an origin is like http://localhost:5173")
    return origins


@dataclass(frozen=True)
class Instance:
    """One local AWS. A URL that is set names an engine that this instance does not run."""

    folder: Path
    port: int
    second_port: int
    aws_port: int
    search_port: int
    dynamodb_port: int = 0
    external_aws: str = ""
    external_search: str = ""
    external_dynamodb: str = ""
    functions_search: str = ""
    other_origins: tuple[str, ...] = ()
    log_level: str = "info"
    admin_key_sha256: str = "open"
    # What is measured of the engines themselves is measured of them as they run for long.
    engines_measured: bool = False
    # The variable that moves each port, named in the message about a port that is taken.
    port_variables: dict[int, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def origins(self) -> list[str]:
        """Whose pages may call the service: its own, by either name of this machine."""
        ports = [port for port in (self.port, self.second_port) if port]
        own = [f"http://{name}:{port}" for port in ports for name in ("127.0.0.1", "localhost")]
        return [*own, *self.other_origins]

    @property
    def aws_url(self) -> str:
        return self.external_aws or f"http://127.0.0.1:{self.aws_port}"

    @property
    def search_url(self) -> str:
        return self.external_search or f"http://127.0.0.1:{self.search_port}"

    @property
    def functions_search_url(self) -> str:
        return self.functions_search or self.search_url

    @property
    def dynamodb_url(self) -> str:
        return self.external_dynamodb or f"http://127.0.0.1:{self.dynamodb_port}"

    @property
    def guarded_urls(self) -> list[str]:
        """What refuses the pages of other sites: all that this instance runs itself."""
        own_engines = [
            url
            for url, external in (
                (self.aws_url, self.external_aws),
                (self.search_url, self.external_search),
            )
            if not external
        ]
        return [self.url, *own_engines]

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def state(self) -> Path:
        return self.folder / "state"


def shared_instance() -> Instance:
    """The one that `make up` starts and keeps."""
    names = ["LOCAL_PORT", "LOCAL_SECOND_PORT", "LOCAL_AWS_PORT", "LOCAL_SEARCH_PORT"]
    ports = {name: port_variable(name) for name in names}
    return Instance(
        folder=LOCAL / "up",
        port=ports["LOCAL_PORT"],
        second_port=ports["LOCAL_SECOND_PORT"],
        aws_port=ports["LOCAL_AWS_PORT"],
        search_port=ports["LOCAL_SEARCH_PORT"],
        port_variables={port: name for name, port in ports.items()},
        **engines_elsewhere(),
    )


def private_instance(folder: Path) -> Instance:
    """One on ports that nobody uses, for a run of the tests."""
    port, aws, search, dynamodb = free_ports(4)
    return Instance(folder, port, 0, aws, search, dynamodb, **engines_elsewhere())


def engines_elsewhere() -> dict[str, str]:
    return {
        "external_aws": url_variable("LOCAL_AWS_URL"),
        "external_search": url_variable("LOCAL_SEARCH_URL"),
        "external_dynamodb": url_variable("LOCAL_DYNAMODB_URL"),
        "functions_search": url_variable("LOCAL_FUNCTIONS_SEARCH_URL"),
        "other_origins": origins_variable("LOCAL_ORIGINS"),
        "log_level": variable("LOCAL_LOG_LEVEL"),
    }


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()
