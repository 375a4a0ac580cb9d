"""A local AWS brought up, end to end; looked at; dropped."""

import shutil

import engines
from console import say, step
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
    say("The answer holds its access_token; the README goes on from there.")


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
