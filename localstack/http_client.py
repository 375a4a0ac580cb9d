"""One request, its answer as it is: all that this folder needs of HTTP."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

# A proxy named by the environment is for the world outside, not for loopback.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json(self):
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.status} {self.body.decode(errors='replace')[:300]}"


def call(method: str, url: str, document: object = None, seconds: float = 30) -> Answer:
    """Raises OSError where nobody answers; a refusal is an answer."""
    body = None if document is None else json.dumps(document).encode()
    headers = {} if document is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with _DIRECT.open(request, timeout=seconds) as answer:
            return Answer(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read())


def answers(url: str, refused_too: bool = False) -> bool:
    try:
        return refused_too or call("GET", url, seconds=5).status < 400
    except OSError:
        return False
