"""Load on a stack of its own: writers, readers and searchers at once, then every promise checked.

It shows how the parts behave together. How fast they are it does not: the emulator waits 50 ms at
several places, and everything shares this machine's cores.
"""

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import stack
from console import Failure, say, step
from foreground import run
from http_client import call
from prerequisites import quietly
from settings import LOCAL, Instance, private_instance, variable
from suites import private_folder

OHA_VERSION = "1.16.0"
OHA = LOCAL / "oha"
CHATS = 4
DRAINED_SECONDS = 300


@dataclass(frozen=True)
class Clients:
    """Clients that ask for one thing, again and again."""

    name: str
    count: int
    url: str
    body: str | None = None


def load() -> None:
    install_oha()
    with private_folder("load") as folder:
        instance = private_instance(folder)
        stack.up(instance)
        chats = make_chats(instance)
        accepted = drive(profile(chats))
        wait_until_written(chats, accepted)
        verify(instance)


def profile(chats: list[str]) -> list[Clients]:
    """Twice as many writers as readers, on chats of one application; one chat is hot."""
    hot, *others = chats
    text = json.dumps({"body": "The quick brown fox jumps over the lazy dog"})
    return [
        Clients("write, one hot chat", 6, f"{hot}/messages", text),
        *[Clients("write, other chats", 2, f"{chat}/messages", text) for chat in others],
        Clients("read a page", 4, f"{hot}/messages?order=desc&limit=50"),
        Clients("search", 2, f"{hot}/messages/search?keyword=LAZ"),
    ]


def make_chats(instance: Instance) -> list[str]:
    applications = f"{instance.url}/applications"
    token = call("POST", applications, {"name": "load"}).json()["access_token"]
    chats = f"{applications}/{token}/chats"
    return [f"{chats}/{call('POST', chats).json()['number']}" for _ in range(CHATS)]


def drive(clients: list[Clients]) -> int:
    """Run all clients at once and print what they met. Returns how many messages were accepted."""
    seconds = variable("LOAD_SECONDS")
    count = sum(each.count for each in clients)
    with step(f"load for {seconds} s: {count} clients"), ThreadPoolExecutor(count) as pool:
        reports = list(pool.map(lambda each: ask(each, seconds), clients))
    columns = ["clients", "a second", "p50 ms", "p95 ms", "p99 ms"]
    say(" " * 22 + "".join(f"{column:>10}" for column in columns) + "  answers")
    accepted = 0
    for each, report in zip(clients, reports, strict=True):
        latencies = [report["latencyPercentiles"][name] or 0 for name in ("p50", "p95", "p99")]
        figures = [report["summary"]["requestsPerSec"], *(1000 * value for value in latencies)]
        # What was under way when the time was over is no error of the service.
        errors = {k: v for k, v in report["errorDistribution"].items() if "deadline" not in k}
        answers = report["statusCodeDistribution"] | errors
        columns = "".join(f"{figure:10.1f}" for figure in figures)
        say(f"{each.name:22}{each.count:10}{columns}  {answers}")
        accepted += report["statusCodeDistribution"].get("201", 0)
        if errors or any(status[0] == "5" for status in report["statusCodeDistribution"]):
            raise Failure(f"under load, some of “{each.name}” failed: {answers}")
    return accepted


def ask(clients: Clients, seconds: str) -> dict:
    command = [OHA / "bin" / "oha", "--no-tui", "--output-format=json", f"-z={seconds}s"]
    command += [f"-c={clients.count}", "--wait-ongoing-requests-after-deadline"]
    if clients.body is not None:
        command += ["-m=POST", "-T=application/json", f"-d={clients.body}"]
    done = subprocess.run([*command, clients.url], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"oha: {done.stderr}")
    return json.loads(done.stdout)


def wait_until_written(chats: list[str], accepted: int) -> None:
    with step(f"waiting until {accepted} messages are written"):
        deadline = time.monotonic() + DRAINED_SECONDS
        while (written := count_messages(chats)) < accepted:
            if time.monotonic() > deadline:
                raise Failure(f"{written} of {accepted} accepted messages were written in time")
            time.sleep(0.5)


def count_messages(chats: list[str]) -> int:
    return sum(call("GET", chat).json()["message_count"] for chat in chats)


def verify(instance: Instance) -> None:
    variables = {"AWS_ENDPOINT_URL": instance.aws_url, "AWS_DEFAULT_REGION": "us-east-1"}
    run(["cargo", "run", "--quiet", "--locked", "--package=chatctl", "--", "verify"], variables)


def install_oha() -> None:
    if not (OHA / "bin" / "oha").exists():
        with step("building oha, which makes the load (some minutes, once)"):
            root = f"--root={OHA}"
            version = f"--version={OHA_VERSION}"
            profile = {"LTO": "off", "CODEGEN_UNITS": "16"}
            settings = {f"CARGO_PROFILE_RELEASE_{name}": value for name, value in profile.items()}
            command = ["cargo", "install", "--quiet", "--locked", version, root, "oha"]
            quietly(command, os.environ | settings)
