"""What a document costs the search engine: processor time and storage, indexed by batches of ten as
the worker does it."""

import hashlib
import json
import os
import time
import urllib.request
from pathlib import Path

BATCHES, BATCH = 1000, 10


def measure(search: str, process: int, text: str) -> dict:
    before, begin = processor_seconds(process), time.perf_counter()
    for first in range(0, BATCHES * BATCH, BATCH):
        ask(search, "POST", "/_bulk", lines(range(first, first + BATCH), text))
    elapsed, spent = time.perf_counter() - begin, processor_seconds(process) - before
    ask(search, "POST", "/messages/_flush")
    stats = ask(search, "GET", "/messages/_stats/store,docs")["_all"]["primaries"]
    return {
        "documents": BATCHES * BATCH,
        "processor_ms_each": round(spent * 1000 / (BATCHES * BATCH), 3),
        "documents_a_second": round(BATCHES * BATCH / elapsed),
        "stored_bytes_each": round(stats["store"]["size_in_bytes"] / stats["docs"]["count"]),
    }


def lines(numbers: range, text: str) -> str:
    chat = hashlib.sha256(b"measured").hexdigest()[:32]
    written = []
    for number in numbers:
        place = {"_index": "messages", "_id": f"{chat}-{number}", "routing": chat}
        place |= {"version": 1, "version_type": "external", "require_alias": True}
        now = "2022-08-09T22:17:52.599Z"
        times = {"created_at": now, "updated_at": now}
        document = {"chat": chat, "number": number, "body": f"{number} {text}"} | times
        written += [json.dumps({"index": place}), json.dumps(document)]
    return "\n".join(written) + "\n"


def ask(search: str, method: str, path: str, body: str = "") -> dict:
    request = urllib.request.Request(search + path, body.encode() or None, method=method)
    request.add_header("Content-Type", "application/x-ndjson")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        result = json.load(answer)
    if result.get("errors"):
        raise RuntimeError(f"{path}: {result['items'][0]}")
    return result


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
