"""Clients that kept generators make of the OpenAPI document, as it is served: each makes an
application, a chat and a message, and reads, edits and searches it."""

import os
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest
import requests

HERE = Path(__file__).parent / "generated"
NODE_MODULES = Path(os.environ["NODE_MODULES"])
JARS = Path(os.environ["GENERATORS"])
TSC = ["--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own that holds the document."""
    answer = requests.get(f"{os.environ['BASE_URL']}/openapi.json")
    answer.raise_for_status()
    (tmp_path / "openapi.json").write_bytes(answer.content)
    return tmp_path


def output(folder: Path, *command: str | Path, **variables: str | Path) -> str:
    environment = {**os.environ, "KEY": str(uuid.uuid4())}
    environment |= {name: str(value) for name, value in variables.items()}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_openapi_python_client(folder: Path):
    (folder / "config.yaml").write_text("post_hooks: []\n")
    generate = ["openapi-python-client", "generate", "--path=openapi.json", "--output-path=made"]
    output(folder, *generate, "--config=config.yaml", "--fail-on-warning")
    printed = output(folder, "python", HERE / "client.py", PYTHONPATH=folder / "made")
    assert printed == "edited by one\n"


def test_openapi_typescript(folder: Path):
    shutil.copy(HERE / "client.ts", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(NODE_MODULES)
    tools = NODE_MODULES / ".bin"
    output(folder, tools / "openapi-typescript", "openapi.json", "--output", "api.ts")
    output(folder, tools / "tsc", *TSC, "--types", "node", "client.ts")
    assert output(folder, "node", "client.js") == "edited by two\n"


def test_openapi_generator_for_java(folder: Path):
    jars = f"{JARS}/*"
    generator = "org.openapitools.codegen.OpenAPIGenerator"
    # Only what is compiled, and the JDK's own HTTP client.
    generate = [
        "generate",
        "--input-spec=openapi.json",
        "--generator-name=java",
        "--library=native",
    ]
    generate += ["--output=made", "--global-property=models,apis,supportingFiles"]
    generate += ["--additional-properties=openApiNullable=false,useJakartaEe=true"]
    output(folder, "java", "-cp", jars, generator, *generate)
    sources = [str(path) for path in (folder / "made" / "src" / "main").rglob("*.java")]
    output(folder, "javac", "-nowarn", "-cp", jars, "-d", "classes", *sources, HERE / "Client.java")
    printed = output(folder, "java", "-cp", f"{jars}:classes", "Client")
    assert printed == "edited by three\n"
