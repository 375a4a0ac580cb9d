"""LocalStack in host mode, without a container: a second judge of the store and the queue.

It needs Python 3.13 and tools of its own. Its DynamoDB is AWS's DynamoDB Local, which it would
fetch from places of its own: here it finds the jars that Maven fetched.
"""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config

from console import step
from engines import bare_environment
from http_client import answers
from prerequisites import HERE, changed, make_venv, quietly, settle
from processes import Process
from settings import JARS, LOCAL

VENV = LOCAL / "localstack-venv"
REQUIREMENTS = HERE / "localstack.requirements.txt"


def python() -> Path | None:
    """A Python 3.13: on the path, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates = [*pyenv.glob("versions/3.13.*/bin/python3.13"), shutil.which("python3.13")]
    for candidate in filter(None, candidates):
        # pyenv puts a script on the path for versions that are installed and not chosen, too.
        answer = subprocess.run([candidate, "--version"], capture_output=True, text=True)
        if answer.stdout.startswith("Python 3.13."):
            return Path(candidate)
    return None


def prepare(python: Path) -> None:
    if changed(VENV, REQUIREMENTS):
        with step("installing LocalStack"):
            # Some of its packages are published as sources only.
            make_venv(python, VENV, REQUIREMENTS, builds=True)
            settle(VENV, REQUIREMENTS)


def start(folder: Path, port: int) -> None:
    """Start it and wait until it answers."""
    root = folder / "root"
    library = root / "var" / "lib" / "localstack" / "lib"
    lay_out_dynamodb(library / "dynamodb-local" / "2")
    (library / "java").mkdir()
    (library / "java" / "21").symlink_to(java_home())  # 17 serves as well
    process = Process("localstack", folder)
    environment = bare_environment() | {
        "FILESYSTEM_ROOT": str(root),
        "OVERRIDE_IN_DOCKER": "0",
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "GATEWAY_SERVER": "hypercorn",  # the default one binds all interfaces
        "LOCALSTACK_HOST": f"localhost:{port}",
        "SQS_ENDPOINT_STRATEGY": "path",
        "DYNAMODB_IN_MEMORY": "1",
        # Nothing is fetched, nothing is reported, no name server is run.
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
        "EAGER_SERVICE_LOADING": "0",
    }
    command = [VENV / "bin" / "python", "-m", "localstack.runtime.main"]
    process.start(command, environment, signature="")
    with step("waiting for LocalStack"):
        url = f"http://127.0.0.1:{port}"
        process.wait_until(lambda: answers(f"{url}/_localstack/health"), seconds=120)
        warm_up(url)


def warm_up(url: str) -> None:
    """The first call of a service takes seconds, longer than the tests' clients wait."""
    account = {
        "region_name": "us-east-1",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }
    config = Config(proxies={})
    boto3.client("dynamodb", endpoint_url=url, config=config, **account).list_tables()
    boto3.client("sqs", endpoint_url=url, config=config, **account).list_queues()


def lay_out_dynamodb(folder: Path) -> None:
    """The folder as LocalStack's own installer would leave it."""
    folder.mkdir(parents=True)
    (folder / "DynamoDBLocal_lib").symlink_to(JARS / "dynamodb")
    jars = " ".join(f"DynamoDBLocal_lib/{jar.name}" for jar in sorted(JARS.glob("dynamodb/*.jar")))
    main = "software.amazon.dynamodb.services.local.main.ServerRunner"
    write_jar(folder / "DynamoDBLocal.jar", {"Main-Class": main, "Class-Path": jars})
    quietly(["javac", "-d", folder, HERE / "NoAgent.java"])
    agent = folder / "ddb-local-loader-0.1.jar"
    write_jar(agent, {"Premain-Class": "NoAgent"}, [folder / "NoAgent.class"])


def write_jar(jar: Path, manifest: dict[str, str], files: list[Path] | None = None) -> None:
    lines = ["Manifest-Version: 1.0", *(f"{name}: {value}" for name, value in manifest.items())]
    # A manifest's line holds 72 bytes; the next one goes on after a space.
    folded = [re.sub(r"(.{70})(?=.)", r"\1\n ", line) for line in lines]
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "\n".join(folded) + "\n")
        for file in files or []:
            archive.write(file, file.name)


def java_home() -> Path:
    settings = subprocess.run(
        ["java", "-XshowSettings:properties", "-version"], capture_output=True, text=True
    )
    return Path(re.search(r"java\.home = (.+)", settings.stderr)[1].strip())
