"""The emulated AWS, for programs and for the stack's own pages.

ministack lets the pages of every site read its answers, and takes any signature of a key that
everyone knows, so a site that is visited could read each table of the stack.
"""

import argparse
import json
import sys

from ministack import app as ministack

from origins import is_foreign, refusal


def guarded(app, origins: list[str]):
    """An ASGI application that refuses what a page of another site asks for."""
    body = json.dumps({"message": refusal(origins)}).encode()

    async def guard(scope, receive, send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope.get("headers", [])
        }
        # Other sites may lead to the service's own pages, which the gateway asks for here.
        links = scope.get("path", "").startswith("/_aws/execute-api/")
        if not is_foreign(headers, origins, links):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            kind = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 403, "headers": kind})
            await send({"type": "http.response.body", "body": body})

    return guard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origins", required=True, help="whose pages may call it, by commas")
    origins = parser.parse_args().origins.split(",")
    ministack.app = guarded(ministack.app, origins)  # what its main serves
    sys.argv = ["ministack"]
    ministack.main()


if __name__ == "__main__":
    main()
