"""A local AWS brought up, end to end; looked at; dropped."""

import shlex
import shutil

import engines
from console import Failure, say, step
from http_client import answers
from processes import Process
from settings import Instance


def up(instance: Instance) -> dict[str, str]:
    """Start what does not run, build and deploy what has changed. Returns the stack's outputs."""
    # These need the tools' own Python, which the other commands do without.
    import build
    import probe
    import search_index
    from deploy import Deployment

    engines.start(instance)
    packages = build.build()  # meanwhile the engines come up
    engines.wait(instance)
    search_index.make_first_index(instance)
    deployment = Deployment(instance)
    outputs = deployment.deploy(packages)
    engines.start_gateway(instance, outputs["ApiId"], outputs["CrudFunctionName"])
    probe.run(instance, deployment, outputs)
    return outputs


def introduce(instance: Instance) -> None:
    say(f"\nlambda-chat answers on {instance.url}")
    say("Create an application with\n")
    say(f"    curl -X POST '{instance.url}/applications?name=My+first'\n")
    say("The answer holds its access_token; the README goes on from there.\n")
    say(f"Or open the console: {instance.url}/console")


def print_environment(instance: Instance) -> None:
    """What a function, or the operator's command line, needs to work on this stack from a shell."""
    from build import tools_environment
    from deploy import Deployment, outputs

    stack = Deployment(instance).stack()
    if stack is None:
        raise Failure("no stack is deployed: `make up` deploys one")
    names = outputs(stack)
    variables = {
        "AWS_ENDPOINT_URL": instance.aws_url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "TABLE_NAME": names["TableName"],
        "JOBS_QUEUE_URL": names["JobsQueueUrl"],
        "DEAD_LETTER_QUEUE_URL": names["DeadLetterQueueUrl"],
        "SEARCH_URL": names["SearchUrl"],
        "ADMIN_KEY_SHA256": "open",
        "PATH": tools_environment()["PATH"],
    }
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


def reset(instance: Instance) -> None:
    engines.stop_all(instance.folder)
    if instance.folder.exists():
        with step(f"dropping {instance.folder}"):
            shutil.rmtree(instance.folder)


def status(instance: Instance) -> int:
    """One line for each part; the exit status tells whether all of them run."""
    parts = [("gateway", instance.url, "")]
    parts.append(("ministack", instance.aws_url, instance.external_aws))
    parts.append(("opensearch", instance.search_url, instance.external_search))
    all_run = True
    for name, url, external in parts:
        pid = Process(name, instance.folder).pid()
        runs = answers(url, refused_too=True) if external else pid is not None
        where = "elsewhere" if external else f"process {pid}"
        say(f"{name:10} {f'runs on {url} ({where})' if runs else 'does not run'}")
        all_run = all_run and runs
    return 0 if all_run else 1
