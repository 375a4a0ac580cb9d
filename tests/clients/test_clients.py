"""The clients of the README, run as they are printed: each against a server that fails for a
moment, takes its time to write a row, and has more than one page."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flaky import Flaky

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = Path(os.environ["NODE_MODULES"])
# As `tsc --init` has it, for Node's own modules and fetch.
TSC = ["--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck"]


@pytest.fixture
def flaky() -> Iterator[Flaky]:
    with Flaky(os.environ["BASE_URL"]) as flaky:
        yield flaky


@pytest.fixture
def token() -> str:
    """An application whose first chat holds four messages."""
    applications = f"{os.environ['BASE_URL']}/applications"
    token = requests.post(applications, json={"name": "clients"}).json()["access_token"]
    requests.post(f"{applications}/{token}/chats").raise_for_status()
    for number in range(1, 5):
        body = {"body": f"message {number}"}
        requests.post(f"{applications}/{token}/chats/1/messages", json=body).raise_for_status()
    return token


def code(language: str, flaky: Flaky) -> str:
    section = (ROOT / "README.md").read_text().split("## Call it from a program")[1]
    block = re.search(rf"^```{language}\n(.*?)^```", section, re.M | re.S)
    assert block, language
    return block[1].replace("http://127.0.0.1:3000", flaky.url)


def output(command: list[str | Path], token: str, folder: Path) -> str:
    done = subprocess.run(
        command, env={**os.environ, "TOKEN": token}, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_patient(flaky: Flaky) -> None:
    """It sent the message three times under one key, and asked for its row until it was there."""
    assert len(flaky.keys) == 3 and len(set(flaky.keys)) == 1
    assert flaky.statuses_of_row[-1] == 200 and 404 in flaky.statuses_of_row


def test_the_client_for_curl(flaky: Flaky, token: str, tmp_path: Path):
    printed = output(["bash", "-c", code("bash", flaky)], token, tmp_path)
    decoder = json.JSONDecoder()
    documents = []
    while printed:
        document, end = decoder.raw_decode(printed)
        documents.append(document)
        printed = printed[end:]
    message, *pages = documents
    assert message["body"] == "from curl" and message["number"] == 5
    assert [[message["number"] for message in page] for page in pages] == [[1, 2], [3, 4], [5]]
    assert_patient(flaky)


def test_the_client_for_python(flaky: Flaky, token: str, tmp_path: Path):
    printed = output(["python", "-c", code("python", flaky)], token, tmp_path)
    assert printed.splitlines() == ["from Python", "[1, 2, 3, 4, 5]"]
    assert_patient(flaky)


def test_the_client_for_typescript(flaky: Flaky, token: str, tmp_path: Path):
    (tmp_path / "client.ts").write_text(code("typescript", flaky))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    document = f"{os.environ['BASE_URL']}/openapi.json"
    tools = NODE_MODULES / ".bin"
    output([tools / "openapi-typescript", document, "--output", "api.ts"], token, tmp_path)
    types = ["--typeRoots", NODE_MODULES / "@types", "--types", "node"]
    output([tools / "tsc", *TSC, *types, "client.ts"], token, tmp_path)
    printed = output(["node", "client.js"], token, tmp_path)
    assert printed.splitlines() == ["from TypeScript", "[ 1, 2, 3, 4, 5 ]"]
    assert_patient(flaky)
