"""The front door: serves the deployed HTTP API on plain ports, as AWS would serve it.

Requests go on to the emulator's HTTP API byte for byte; what it does otherwise than AWS is mended
here, each place with its reason. The functions know nothing of this.
"""

import argparse
import asyncio
import base64
import json
import logging
import re
import time
import uuid
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from multidict import CIMultiDict
from yarl import URL

from origins import is_foreign, refusal

# An HTTP API's limits on the payload, and on the request line with all header values:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
LARGEST_BODY = 10 * 1024 * 1024
LARGEST_HEAD = 10240
# RFC 9110 section 7.6.1, and what a proxy writes anew.
HOP_BY_HOP = {
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
TEXT_TYPES = ("application/json", "application/xml", "application/javascript")


class Gateway:
    def __init__(self, aws: str, api: str, crud: str, origins: list[str]) -> None:
        self.origins = origins
        self.api = api
        # Path-style with the stage named: host-style loses a doubled leading slash.
        self.base = f"{aws}/_aws/execute-api/{api}/$default"
        self.invocations = f"{aws}/2015-03-31/functions/{crud}/invocations"
        self.session: aiohttp.ClientSession | None = None

    async def open(self, _app: web.Application):
        # No limit on connections: the emulator's own concurrency is the limit. No decompression:
        # bytes pass as they are.
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=35),  # AWS cuts an integration off at 30 s
            skip_auto_headers=["Accept", "Accept-Encoding", "User-Agent", "Content-Type"],
        )
        yield
        await self.session.close()

    async def handle(self, request: web.Request) -> web.Response:
        if not request.raw_path.startswith("/"):
            return plain(400, "Bad Request")  # a proxy's address, or an asterisk
        if is_foreign(request.headers, self.origins, links=True):
            return plain(403, refusal(self.origins))
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return plain(413, "Request Entity Too Large")
        headers = CIMultiDict(
            (name.decode("latin-1"), text(value))
            for name, value in request.raw_headers
            if name.decode("latin-1").lower() not in HOP_BY_HOP
        )
        headers["X-Forwarded-For"] = request.remote or "127.0.0.1"
        headers["X-Forwarded-Proto"] = "http"
        try:
            if request.method == "OPTIONS" and not is_preflight(request):
                return await self.invoke_crud(request, headers, body)
            return await self.forward(request, headers, body)
        except (aiohttp.ClientError, TimeoutError):
            return plain(503, "Service Unavailable")

    async def forward(self, request: web.Request, headers: CIMultiDict, body: bytes):
        kind = headers.get("Content-Type", "")
        if is_text(kind) and not is_utf8(body):
            # The emulator would put U+FFFD in place of bytes that are no UTF-8. A list of types is
            # none that it takes for text, so the body travels as base64; functions read the first.
            essence = kind.partition(";")[0].strip()
            headers["Content-Type"] = f"{essence},{kind}"
        url = URL(self.base + target(request), encoded=True)
        async with self.session.request(
            request.method,
            url,
            headers=headers,
            data=body or None,
            allow_redirects=False,
        ) as answer:
            return from_function(answer.status, answer.headers, await answer.read())

    async def invoke_crud(self, request: web.Request, headers: CIMultiDict, body: bytes):
        """The emulator answers every OPTIONS itself; AWS only preflights, the rest goes on to
        `$default`. So this one invokes the function, with the event that AWS would send it."""
        event = json.dumps(options_event(self.api, request, headers, body))
        call = AWSRequest("POST", self.invocations, data=event)
        SigV4Auth(Credentials("test", "test"), "lambda", "us-east-1").add_auth(call)
        async with self.session.post(
            self.invocations, data=event, headers=dict(call.headers)
        ) as answer:
            result = await answer.json(content_type=None)
            if answer.status != 200 or "X-Amz-Function-Error" in answer.headers:
                return plain(500, "Internal Server Error")
        content = result.get("body") or ""
        octets = base64.b64decode(content) if result.get("isBase64Encoded") else content.encode()
        return from_function(result["statusCode"], result.get("headers") or {}, octets)


def target(request: web.Request) -> str:
    """The path and query as sent. Bytes that may not stand in either, which curl sends where they
    were typed, are escaped: the emulator would refuse them."""
    octets = request.raw_path.encode("utf-8", "surrogateescape")
    return re.sub(rb"[^!-~]|#", lambda found: b"%%%02X" % found[0][0], octets).decode("ascii")


def text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def is_preflight(request: web.Request) -> bool:
    return "Origin" in request.headers and "Access-Control-Request-Method" in request.headers


def is_text(content_type: str) -> bool:
    kind = content_type.split(";", 1)[0].strip().lower()
    return kind.startswith("text/") or kind in TEXT_TYPES


def is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def plain(status: int, message: str) -> web.Response:
    """An answer of the gateway's own."""
    return web.Response(
        status=status, text=f'{{"message":"{message}"}}', content_type="application/json"
    )


def from_function(status: int, headers, body: bytes) -> web.Response:
    is_problem = headers.get("Content-Type", "").startswith("application/problem+json")
    if status == 429 and not is_problem:
        return plain(503, "Service Unavailable")  # no environment was free
    if status in (500, 502) and not is_problem:
        # The emulator hands out what a failed function said; AWS says this and no more.
        return plain(500, "Internal Server Error")
    response = web.Response(status=status, body=body)
    response.headers.popall("Content-Type", None)
    for name, value in headers.items():
        # Content-Length, Date: written anew. Server: the emulator's own.
        if name.lower() not in HOP_BY_HOP | {"server", "date"}:
            response.headers.add(name, value)
    return response


def options_event(api: str, request: web.Request, headers: CIMultiDict, body: bytes) -> dict:
    """Payload 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""
    path = unquote(target(request).partition("?")[0], errors="replace")
    now = time.time()
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": target(request).partition("?")[2],
        "headers": {name.lower(): ",".join(headers.getall(name)) for name in headers},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": api,
            "domainName": f"{api}.execute-api.localhost",
            "domainPrefix": api,
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.remote,
                "userAgent": request.headers.get("User-Agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": bool(body),
    }
    if body:
        event["body"] = base64.b64encode(body).decode()
    return event


async def drop_server_header(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aws", required=True, help="the emulator's address")
    parser.add_argument("--api", required=True, help="the HTTP API's id")
    parser.add_argument("--crud", required=True, help="the name of $default's function")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--second-port", type=int, default=0, help="served too, where it is free")
    parser.add_argument("--origins", required=True, help="whose pages may call it, by commas")
    options = parser.parse_args()

    gateway = Gateway(options.aws, options.api, options.crud, options.origins.split(","))
    app = web.Application(client_max_size=LARGEST_BODY)
    app.cleanup_ctx.append(gateway.open)
    app.on_response_prepare.append(drop_server_header)
    # Every path, one with a line break in it too.
    app.router.add_route("*", "/{path:(?s:.*)}", gateway.handle)

    # What it logs of a request that it cannot read quotes it, token and all.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL + 1)

    async def serve() -> None:
        runner = web.AppRunner(
            app,
            handle_signals=True,
            access_log=None,
            auto_decompress=False,
            max_line_size=LARGEST_HEAD,
            max_field_size=LARGEST_HEAD,
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", options.port).start()
        if options.second_port:
            try:
                await web.TCPSite(runner, "127.0.0.1", options.second_port).start()
            except OSError:
                print("the second port is in use", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
