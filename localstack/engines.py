"""The engines of a local AWS, each with how it starts and how one knows that it answers.

ministack is the emulated AWS (DynamoDB, SQS, Lambda, HTTP API, CloudFormation); OpenSearch is the
real engine; the gateway serves the deployed HTTP API on one port. DynamoDB Local, AWS's own
engine, runs for the tests alone.
"""

import os
from pathlib import Path

from console import Failure, step
from http_client import answers
from processes import Process, is_port_taken, port_owner
from settings import JARS, VENV, Instance

HERE = Path(__file__).resolve().parent
# In the order in which they are stopped: who calls before who is called.
NAMES = ["gateway", "ministack", "opensearch", "dynamodb"]


def start(instance: Instance) -> None:
    """Start the engines that this instance runs itself and that do not run yet."""
    if not instance.external_search:
        start_opensearch(instance)
    if not instance.external_aws:
        start_ministack(instance)


def wait(instance: Instance) -> None:
    """Wait until each engine answers, wherever it runs."""
    with step(f"waiting for the emulated AWS on {instance.aws_url}"):
        wait_for(
            instance, "ministack", instance.external_aws, "/_localstack/health", 60
        )
    with step(f"waiting for OpenSearch on {instance.search_url}"):
        health = "/_cluster/health?wait_for_status=yellow&timeout=1s"
        wait_for(instance, "opensearch", instance.external_search, health, 180)


def wait_for(
    instance: Instance, name: str, external: str, path: str, seconds: float
) -> None:
    if not external:
        process = Process(name, instance.folder)
        url = {"ministack": instance.aws_url, "opensearch": instance.search_url}[name]
        process.wait_until(lambda: answers(url + path), seconds)
    elif not answers(external + path):
        raise Failure(
            f"nothing answers as {name} at {external}{path}, which a variable names"
        )


def start_ministack(instance: Instance) -> None:
    """The functions inherit its environment, so it gets none of the caller's own."""
    process = Process("ministack", instance.folder)
    state = instance.state / "aws"
    scratch = instance.folder / "tmp"  # where it unpacks the functions
    scratch.mkdir(parents=True, exist_ok=True)
    environment = (
        bare_environment()
        | {
            "TMPDIR": str(scratch),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(instance.aws_port),
            "MINISTACK_HOST": "localhost",
            "AWS_ENDPOINT_URL": instance.aws_url,  # only so do the functions learn where it is
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state),
            "S3_DATA_DIR": str(state / "s3"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
    )
    launch(
        instance, process, instance.aws_port, [VENV / "bin" / "ministack"], environment
    )


def start_opensearch(instance: Instance) -> None:
    process = Process("opensearch", instance.folder)
    command = [
        "java",
        "-Xms512m",
        "-Xmx512m",
        "-cp",
        f"{JARS / 'opensearch'}/*",
        "org.codelibs.opensearch.runner.OpenSearchRunner",
        "-basePath",
        instance.state / "opensearch",
        "-clusterName",
        f"local-{instance.search_port}",  # nodes of one name would join each other
        "-numOfNode",
        "1",
        "-baseHttpPort",
        str(instance.search_port - 1),  # the first node listens one above
    ]
    launch(instance, process, instance.search_port, command, bare_environment())


def start_dynamodb(instance: Instance) -> None:
    process = Process("dynamodb", instance.folder)
    jars = JARS / "dynamodb"
    command = [
        "java",
        "-Xmx512m",
        f"-Djava.library.path={jars}",
        "-cp",
        f"{jars}/*",
        HERE / "DynamoDBOnLoopback.java",
        "-inMemory",
        "-sharedDb",
        "-disableTelemetry",
        "-port",
        str(instance.dynamodb_port),
    ]
    launch(instance, process, instance.dynamodb_port, command, bare_environment())


def wait_for_dynamodb(instance: Instance) -> None:
    # Unsigned, so refused, and so it answers.
    Process("dynamodb", instance.folder).wait_until(
        lambda: answers(instance.dynamodb_url, refused_too=True), seconds=60
    )


def start_gateway(instance: Instance, api_id: str, crud_function: str) -> None:
    process = Process("gateway", instance.folder)
    ports = [instance.port]
    if instance.second_port and not is_port_taken(instance.second_port):
        ports.append(instance.second_port)
    command = [VENV / "bin" / "python", HERE / "gateway.py"]
    command += ["--aws", instance.aws_url, "--api", api_id, "--crud", crud_function]
    command += [part for port in ports for part in ("--port", str(port))]
    launch(instance, process, instance.port, command, bare_environment())
    process.wait_until(lambda: answers(instance.url, refused_too=True), seconds=20)


def launch(
    instance: Instance,
    process: Process,
    port: int,
    command: list[str | Path],
    environment: dict,
) -> None:
    if process.pid() is not None:
        return
    if is_port_taken(port):
        variable = instance.port_variables.get(port)
        advice = (
            f"Stop it, or choose another with {variable}=… ."
            if variable
            else "Run again."
        )
        raise Failure(
            f"port {port}, for {process.name}, is in use by {port_owner(port)}. {advice}"
        )
    process.start(command, environment)


def stop_all(instance: Instance) -> bool:
    """Returns whether anything ran."""
    running = [
        name for name in NAMES if Process(name, instance.folder).pid() is not None
    ]
    for name in running:
        with step(f"stopping {name}"):
            Process(name, instance.folder).stop()
    return bool(running)


def bare_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "JAVA_HOME")
    return {name: os.environ[name] for name in kept if name in os.environ}
