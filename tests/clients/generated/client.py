"""What the client that openapi-python-client makes of the document is asked to do."""

import os
import time

from lambda_chat_client import Client
from lambda_chat_client.api.applications import create_application
from lambda_chat_client.api.chats import create_chat, list_chats
from lambda_chat_client.api.messages import (
    create_message,
    get_message,
    list_messages,
    replace_message,
    search_messages,
)
from lambda_chat_client.models import NewApplication, NewMessage

client = Client(base_url=os.environ["BASE_URL"], raise_on_unexpected_status=True)


def until(found):
    """What a call answers, once it is what was waited for."""
    deadline = time.monotonic() + 60
    while not (answer := found()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer


def row():
    answer = get_message.sync_detailed(*place, client=client)
    return answer.parsed if answer.status_code == 200 else None


application = create_application.sync(
    client=client, body=NewApplication(name="Generated"), idempotency_key=os.environ["KEY"]
)
token = application.access_token
chat = create_chat.sync(token, client=client)
sent = create_message.sync(token, chat.number, client=client, body=NewMessage(body="made by one"))
place = (token, chat.number, sent.number)
assert until(row).body == "made by one"
edited = replace_message.sync(*place, client=client, body=NewMessage(body="edited by one"))
assert edited.updated_at >= edited.created_at
in_chat = (token, chat.number)
until(lambda: search_messages.sync(*in_chat, client=client, keyword="edited"))
assert [each.number for each in list_messages.sync(*in_chat, client=client, limit=1)] == [1]
assert [each.message_count for each in until(lambda: list_chats.sync(token, client=client))] == [1]
print(row().body)
