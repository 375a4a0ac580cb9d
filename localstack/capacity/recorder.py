"""A proxy between one function and its engines that notes each call with its bytes and time."""

import asyncio
import json
import threading
import time
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout, web

# The host stays as the caller signed it.
HOP_BY_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding"}


@dataclass
class Recorder:
    """Serves on a port of its own, in a thread of its own."""

    aws: str
    search: str
    calls: list[dict] = field(default_factory=list)
    port: int = 0

    def start(self) -> None:
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True).start()
        ready.wait(timeout=10)

    async def serve(self, ready: threading.Event) -> None:
        # Nothing is added to what the function asks for, an encoding least of all.
        added = ["Accept", "Accept-Encoding", "User-Agent", "Content-Type"]
        timeout = ClientTimeout(30)
        async with ClientSession(
            timeout=timeout, auto_decompress=False, skip_auto_headers=added
        ) as self.session:
            app = web.Application(client_max_size=16 << 20)
            app.router.add_route("*", "/{path:.*}", self.forward)
            runner = web.AppRunner(app, access_log=None, auto_decompress=False)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.port = site._server.sockets[0].getsockname()[1]
            ready.set()
            await asyncio.Event().wait()

    async def forward(self, request: web.Request) -> web.Response:
        body = await request.read()
        target = request.headers.get("X-Amz-Target", "")
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
        begin = time.perf_counter()
        url = (self.aws if target else self.search) + request.raw_path
        async with self.session.request(request.method, url, headers=headers, data=body) as answer:
            octets = await answer.read()
        call = {
            "name": target.split(".")[-1] or f"{request.method} {request.path}",
            "service": target.split("_")[0].split(".")[0] or "OpenSearch",
            "request_bytes": len(body),
            "response_bytes": len(octets),
            "ms": (time.perf_counter() - begin) * 1000,
        }
        if target.startswith("DynamoDB"):
            call |= units(call["name"], json.loads(body), json.loads(octets))
        self.calls.append(call)
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP}
        return web.Response(status=answer.status, body=octets, headers=kept)


def units(name: str, request: dict, answer: dict) -> dict:
    """Request units on demand, from the sizes of items. An item that is updated counts as small:
    all of them are under 1 KB.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"""
    writes = reads = 0
    if name in ("PutItem", "UpdateItem", "DeleteItem"):
        writes = write_units(request)
    elif name == "TransactWriteItems":
        parts = [part for item in request["TransactItems"] for part in item.values()]
        writes = 2 * sum(write_units(part) for part in parts)
    elif name == "GetItem":
        reads = read_units(size(answer.get("Item", {})))
    elif name == "Query":
        reads = read_units(sum(size(item) for item in answer.get("Items", [])))
    elif name == "BatchGetItem":
        items = [item for table in answer.get("Responses", {}).values() for item in table]
        reads = sum(read_units(size(item)) for item in items)
    put = size(request.get("Item", {}))
    if name == "TransactWriteItems":
        put = sum(size(part.get("Item", {})) for part in parts)
    return {"write_units": writes, "read_units": reads, "put_bytes": put}


def write_units(part: dict) -> int:
    return max(1, -(-size(part.get("Item", {})) // 1024))


def read_units(octets: int) -> int:
    """Strongly consistent."""
    return max(1, -(-octets // 4096))


def size(item: dict) -> int:
    """Names and values as UTF-8; a number takes some bytes less than its digits."""
    values = (next(iter(value.values())) for value in item.values())
    return sum(map(len, item)) + sum(len(str(value).encode()) for value in values)
