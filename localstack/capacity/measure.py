"""What each kind of request and job costs: calls, bytes, request units and processor time, of the
release binaries on a local stack of their own. Writes docs/capacity/measured.json."""

import dataclasses
import json
import os
import platform
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import function_logs
import stack
from build import FUNCTIONS
from capacity import indexing
from capacity.recorder import Recorder
from deploy import Deployment
from processes import Process
from settings import ROOT, private_instance
from suites import private_folder

MEASURED = ROOT / "docs" / "capacity" / "measured.json"
REPEATS = 100
# A message of a chat, as texts go: 200 bytes.
TEXT = ("All happy families are alike; each unhappy family is unhappy in its own way. " * 3)[:200]


class Functions:
    """The deployed functions, invoked one at a time, a recorder in front of each one's engines."""

    def __init__(self, deployment: Deployment, outputs: dict[str, str]) -> None:
        self.aws = deployment.client("lambda")
        self.deployment = deployment
        self.log_groups = function_logs.log_groups(outputs)
        self.recorders = {}
        self.names = {}
        instance = deployment.instance
        self.folder = instance.folder
        for function in FUNCTIONS:
            key = "".join(part.capitalize() for part in function.split("-")) + "FunctionName"
            self.names[function] = outputs[key]
            recorder = Recorder(instance.aws_url, instance.search_url)
            recorder.start()
            self.recorders[function] = recorder
            settings = self.aws.get_function_configuration(FunctionName=outputs[key])
            variables = settings["Environment"]["Variables"]
            address = f"http://127.0.0.1:{recorder.port}"
            for service in ("DYNAMODB", "SQS"):
                variables[f"AWS_ENDPOINT_URL_{service}"] = address
            if "SEARCH_URL" in variables:
                variables["SEARCH_URL"] = address
            self.aws.update_function_configuration(
                FunctionName=outputs[key], Environment={"Variables": variables}
            )

    def invoke(self, function: str, event: dict) -> dict:
        answer = self.aws.invoke(FunctionName=self.names[function], Payload=json.dumps(event))
        result = json.loads(answer["Payload"].read())
        is_refused = result.get("statusCode", 200) >= 400
        if "FunctionError" in answer or result.get("batchItemFailures") or is_refused:
            raise RuntimeError(f"{function}: {result}")
        return result

    def measure(self, function: str, event: Callable[[int], dict]) -> dict:
        """The mean of one invocation, warm."""
        self.invoke(function, event(0))
        calls = self.recorders[function].calls
        calls.clear()
        since = time.time()
        before, begin = processor_ticks(self.folder), time.perf_counter()
        answers = [self.invoke(function, event(turn)) for turn in range(1, REPEATS + 1)]
        elapsed = (time.perf_counter() - begin) * 1000
        after = processor_ticks(self.folder)
        ticks = sum(after[process] - before.get(process, 0) for process in after)
        by_name: dict[str, list[dict]] = {}
        for call in calls:
            by_name.setdefault(f"{call['service']} {call['name']}", []).append(call)
        return {
            "processor_ms": round(ticks * 1000 / os.sysconf("SC_CLK_TCK") / REPEATS, 3),
            "elapsed_ms": round(elapsed / REPEATS, 2),
            "event_bytes": len(json.dumps(event(1))),
            "answer_bytes": round(mean(len(json.dumps(answer)) for answer in answers)),
            "log": self.log(function, int(since * 1000)),
            "calls": {name: summary(each) for name, each in sorted(by_name.items())},
        }

    def log(self, function: str, since: int) -> dict:
        """The lines that the function itself wrote for an invocation, and their bytes."""
        name = "".join(part.capitalize() for part in function.split("-"))
        group = {function: self.log_groups[name]}
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            events = function_logs.events(self.deployment, group, since)
            lines = [each["message"].rstrip() for each in events]
            lines = [each for each in lines if not each.startswith(function_logs.PLATFORM)]
            # The last line of an invocation says whether it began with a cold start.
            if sum('"cold_start":' in each for each in lines) >= REPEATS:
                octets = sum(len(each.encode()) for each in lines)
                return {"lines": len(lines) / REPEATS, "bytes": round(octets / REPEATS)}
            time.sleep(0.5)
        raise RuntimeError(f"the log of {function} is not whole")


def summary(calls: list[dict]) -> dict:
    fields = ["request_bytes", "response_bytes", "ms", "write_units", "read_units", "put_bytes"]
    values = {each: mean(call.get(each, 0) for call in calls) for each in fields}
    return {"each": len(calls) / REPEATS} | {
        name: round(value, 2) for name, value in values.items()
    }


def processor_ticks(folder: Path) -> dict[int, int]:
    """Of the functions' processes, which the emulator starts from its instance's folder."""
    ticks = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "exe").readlink().is_relative_to(folder):
                fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
                ticks[int(process.name)] = int(fields[11]) + int(fields[12])
        except OSError:
            continue  # it ended, or is another user's
    return ticks


def request(method: str, path: str, body: dict | None = None, query: str = "") -> dict:
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"content-type": "application/json", "user-agent": "curl/8.5.0"},
        "requestContext": {"http": {"method": method}, "requestId": str(uuid.uuid4())},
        "body": json.dumps(body) if body else None,
        "isBase64Encoded": False,
    }


def batch(token: str, chats: list[int], first: int) -> dict:
    """Jobs of one message each, as create-message sends them."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    job = {"version": 1, "attempt": 0, "kind": "create_message", "access_token": token}
    job |= {"chat_created_at": now, "body": TEXT, "created_at": now}
    numbers: dict[int, int] = {}
    records = []
    for chat in chats:
        numbers[chat] = numbers.get(chat, first - 1) + 1
        body = json.dumps(job | {"chat_number": chat, "number": numbers[chat]})
        records.append({"messageId": str(uuid.uuid4()), "body": body, "eventSource": "aws:sqs"})
    return {"Records": records}


def measure(functions: Functions, mappings: list[str]) -> dict:
    made = functions.invoke("crud", request("POST", "/applications", {"name": "measured"}))
    token = json.loads(made["body"])["access_token"]
    chats, messages = f"/applications/{token}/chats", f"/applications/{token}/chats/1/messages"
    for mapping in mappings:  # its jobs are ours to give to the worker
        functions.aws.update_event_source_mapping(UUID=mapping, Enabled=False)
    crud = {
        "read a message": request("GET", f"{messages}/1"),
        "list 50 messages": request("GET", messages),
        "edit a message": request("PATCH", f"{messages}/2", {"body": TEXT}),
        "search": request("GET", f"{messages}/search", query="keyword=unhappy+family&limit=50"),
    }
    ten_chats = list(range(2, 12))
    return {
        "create a chat": functions.measure("create-chat", lambda _: request("POST", chats)),
        "create a message": functions.measure(
            "create-message", lambda _: request("POST", messages, {"body": TEXT})
        ),
        "persist 1 message": functions.measure(
            "persist-worker", lambda turn: batch(token, [1], 1 + turn)
        ),
        "persist 10 messages of a chat": functions.measure(
            "persist-worker", lambda turn: batch(token, [1] * 10, 1001 + 10 * turn)
        ),
        "persist 10 messages of 10 chats": functions.measure(
            "persist-worker", lambda turn: batch(token, ten_chats, 1 + turn)
        ),
    } | {
        name: functions.measure("crud", lambda _, event=event: event)
        for name, event in crud.items()
    }


def main() -> None:
    with private_folder("capacity") as folder:
        instance = dataclasses.replace(private_instance(folder), engines_measured=True)
        outputs = stack.up(instance)
        deployment = Deployment(instance)
        functions = Functions(deployment, outputs)
        worker = outputs["PersistWorkerFunctionName"]
        sources = functions.aws.list_event_source_mappings(FunctionName=worker)
        mappings = [each["UUID"] for each in sources["EventSourceMappings"]]
        measured = {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
            "text_bytes": len(TEXT),
            "repeats": REPEATS,
            "invocations": measure(functions, mappings),
            "indexing": indexing.measure(
                instance.search_url, Process("opensearch", folder).pid(), TEXT
            ),
        }
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n")
