"""The engines of a local AWS, each with how it starts and how one knows that it answers.

ministack is the emulated AWS (DynamoDB, SQS, Lambda, HTTP API, CloudFormation); OpenSearch is the
real engine; the gateway serves the deployed HTTP API on one port. DynamoDB Local, AWS's own
engine, runs for the tests alone.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from console import Failure, step, warn
from http_client import answers
from prerequisites import HERE, made_from
from processes import Command, Process, is_port_taken, port_owner
from settings import JARS, VENV, Instance

# What the gateway writes to its log, and goes on.
SECOND_PORT_TAKEN = "the second port is in use"
# They are there in half the time, and fast enough for one person or a test.
QUICK_START = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
# In the order in which they are stopped: who calls before who is called.
NAMES = ["gateway", "ministack", "opensearch", "dynamodb", "localstack"]


def start(instance: Instance) -> None:
    """Start the engines that this instance runs itself and that do not run yet."""
    if not instance.external_search:
        start_opensearch(instance)
    if not instance.external_aws:
        start_ministack(instance)


def start_ministack(instance: Instance) -> None:
    scratch = instance.folder / "tmp"  # where it unpacks the functions, each version anew
    state = instance.state / "aws"
    # The functions inherit its environment, so it gets none of the caller's own.
    settings = {
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(instance.aws_port),
        "MINISTACK_HOST": "localhost",
        "AWS_ENDPOINT_URL": instance.aws_url,  # only so do the functions learn where it is
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AUTH": "true",  # a call that a function's role does not allow is refused, as on AWS
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_DATA_DIR": str(state / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    process = Process("ministack", instance.folder)
    if process.pid() is None:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        move_state(state, instance.aws_port)
    emulator = HERE / "emulator.py"
    command = [VENV / "bin" / "python", emulator, "--origins", ",".join(instance.origins)]
    made_of = (VENV, emulator, HERE / "origins.py")
    launch(instance, process, instance.aws_port, command, settings, *made_of)


def move_state(state: Path, port: int) -> None:
    """Queues are kept under their URLs, which hold the port: after a change of port they follow."""
    state.mkdir(parents=True, exist_ok=True)
    kept = state / "port"
    before = kept.read_text() if kept.exists() else str(port)
    if before != str(port):
        for file in state.glob("*.json"):
            file.write_text(file.read_text().replace(f"localhost:{before}", f"localhost:{port}"))
    kept.write_text(str(port))


def start_opensearch(instance: Instance) -> None:
    jars = JARS / "opensearch"
    options = [] if instance.engines_measured else QUICK_START
    command = ["java", *options, "-Xms512m", "-Xmx512m", "-cp", f"{jars}/*"]
    source = HERE / "OpenSearchOnAnyPort.java"
    command += [source, "-numOfNode", "1"]
    command += ["-basePath", instance.state / "opensearch"]
    # Nodes of one name would join each other, and data keeps to the name that it was written under.
    name = hashlib.sha256(str(instance.folder).encode()).hexdigest()[:12]
    command += ["-clusterName", name]
    command += ["-baseHttpPort", str(instance.search_port - 1)]  # the first node is one above
    process = Process("opensearch", instance.folder)
    launch(instance, process, instance.search_port, command, {}, jars, source)


def start_dynamodb(instance: Instance) -> None:
    if instance.external_dynamodb:
        return
    jars = JARS / "dynamodb"
    command = ["java", *QUICK_START, "-Xmx512m", f"-Djava.library.path={jars}", "-cp", f"{jars}/*"]
    command += [HERE / "DynamoDBOnLoopback.java", "-inMemory", "-sharedDb", "-disableTelemetry"]
    command += ["-port", str(instance.dynamodb_port)]
    process = Process("dynamodb", instance.folder)
    launch(instance, process, instance.dynamodb_port, command, {}, jars)


def start_gateway(instance: Instance, api_id: str, crud_function: str) -> None:
    process = Process("gateway", instance.folder)
    command = [VENV / "bin" / "python", HERE / "gateway.py"]
    command += ["--aws", instance.aws_url, "--api", api_id, "--crud", crud_function]
    command += ["--port", str(instance.port), "--second-port", str(instance.second_port)]
    command += ["--origins", ",".join(instance.origins)]
    # Its C parser knows the registered methods only; any other one is the function's to refuse.
    settings = {"AIOHTTP_NO_EXTENSIONS": "1"}
    made_of = (VENV, HERE / "gateway.py", HERE / "origins.py")
    launch(instance, process, instance.port, command, settings, *made_of)
    process.wait_until(lambda: answers(f"{instance.url}/", refused_too=True), seconds=20)
    if SECOND_PORT_TAKEN in process.log.read_text():
        port = instance.second_port
        warn(f"port {port} is in use by {port_owner(port)}; {instance.port} serves everything too")


def launch(
    instance: Instance,
    process: Process,
    port: int,
    command: Command,
    settings: dict[str, str],
    *made_of: Path,
) -> None:
    """Start a process, unless it runs with the same settings and of the same files already."""
    signature = signature_of([str(part) for part in command], settings, *made_of)
    if process.runs_as(signature):
        return
    report_death(process)
    if process.pid() is not None:
        with step(f"stopping {process.name}, whose settings have changed"):
            process.stop()
    if is_port_taken(port):
        raise Failure(taken(instance, process.name, port))
    process.start(command, bare_environment() | settings, signature)


def signature_of(command: list[str], settings: dict[str, str], *made_of: Path) -> str:
    stamps = [made_from(path) if path.is_dir() else path.read_text() for path in made_of]
    text = json.dumps([command, settings, stamps], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def taken(instance: Instance, name: str, port: int) -> str:
    variable = instance.port_variables.get(port)
    advice = f"Stop it, or choose another: {variable}=… make up" if variable else "Run it again."
    return f"port {port}, for {name}, is in use by {port_owner(port)}. {advice}"


def wait(instance: Instance) -> None:
    """Wait until each engine answers, wherever it runs."""
    wait_for_ministack(instance)
    wait_for_opensearch(instance)


def wait_for_ministack(instance: Instance) -> None:
    with step(f"waiting for the emulated AWS on {instance.aws_url}"):
        health = f"{instance.aws_url}/_localstack/health"
        wait_for(instance, "ministack", health, bool(instance.external_aws), 60)


def wait_for_opensearch(instance: Instance) -> None:
    with step(f"waiting for OpenSearch on {instance.search_url}"):
        health = f"{instance.search_url}/_cluster/health?wait_for_status=yellow&timeout=1s"
        wait_for(instance, "opensearch", health, bool(instance.external_search), 180)


def wait_for_dynamodb(instance: Instance) -> None:
    external = bool(instance.external_dynamodb)
    # Unsigned, so refused; that is an answer.
    wait_for(instance, "dynamodb", instance.dynamodb_url, external, 60, refused_too=True)


def wait_for(
    instance: Instance,
    name: str,
    url: str,
    external: bool,
    seconds: float,
    refused_too: bool = False,
) -> None:
    if external:
        if not answers(url, refused_too):
            raise Failure(f"{name} was said to run elsewhere, but nothing answers at {url}")
    else:
        process = Process(name, instance.folder)
        process.wait_until(lambda: answers(url, refused_too), seconds)


def stop_all(folder: Path) -> bool:
    """Stop what runs from an instance's folder. Returns whether anything did."""
    processes = [Process(name, folder) for name in NAMES]
    for process in processes:
        report_death(process)
    running = [process for process in processes if process.pid() is not None]
    for process in running:
        with step(f"stopping {process.name}"):
            process.stop()
    return bool(running)


def report_death(process: Process) -> None:
    if process.died():
        warn(f"{process.name} had ended by itself.\n{process.tail()}")
        process.pid_file.unlink()


def bare_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "JAVA_HOME")
    return {name: os.environ[name] for name in kept if name in os.environ}
