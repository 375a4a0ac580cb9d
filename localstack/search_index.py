"""The first search index, made together with the alias under which the functions know it."""

import json

from console import Failure
from http_client import call
from settings import ROOT, Instance

DEFINITION = ROOT / "chat" / "src" / "search" / "index.json"


def make_first_index(instance: Instance) -> None:
    """Do nothing where the alias stands: later indexes are the operator's."""
    answer = call("GET", f"{instance.search_url}/messages/_alias/messages")
    if answer.status == 404:
        definition = json.loads(DEFINITION.read_text()) | {"aliases": {"messages": {}}}
        answer = call("PUT", f"{instance.search_url}/messages-1", definition)
    if answer.status != 200:
        raise Failure(f"OpenSearch has no index of messages and refuses the first: {answer}")
