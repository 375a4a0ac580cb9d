"""The whole tour, as a person who has the admin key takes it."""

import re

from console import Console
from playwright.sync_api import expect
from service import Service

IN_MILLISECONDS = re.compile(r"\d+ ms$")


def test_the_whole_tour(console: Console, service: Service):
    console.open()
    console.assert_accessible()
    console.screenshot("entry")
    console.open_with_key(service.admin_key)
    page = console.page

    page.get_by_label("Name of a new application").fill("Acme")
    console.assert_accessible()
    console.button("Create").click()
    expect(page.locator("#application-head")).to_contain_text("Acme")
    console.button("New chat").click()
    expect(console.way("Chat 1")).to_have_text([IN_MILLISECONDS, IN_MILLISECONDS])
    console.assert_accessible()
    console.open_chat(1)

    texts = ["The quick brown fox", "jumps over the lazy dog", "and keeps running and running"]
    for text in texts:
        console.send(text)
    for number, text in enumerate(texts, 1):
        stages = console.way(f"Message {number}")
        expect(stages).to_have_text([re.compile(rf"^{stage} \d+ ms$") for stage in STAGES])
        expect(console.message(number).locator(".body")).to_have_text(text)
    console.assert_accessible()
    console.screenshot("messages")

    keyword = page.get_by_label("Search this chat")
    for typed, number, marked in [
        ("LAZ", 2, "laz"),
        ("runs", 3, "running"),
        ("over the l", 2, None),
    ]:
        keyword.fill(typed)
        expect(console.message(number).locator("mark").first).to_have_text(marked or typed)
        expect(page.get_by_text("1 found, best match first")).to_be_visible()
    console.assert_accessible()
    console.screenshot("search")
    keyword.fill("nobody said this")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    keyword.fill("")

    console.button("Edit message 1").click()
    page.get_by_label("Text of message 1").fill("The slow brown fox")
    console.assert_accessible()
    console.button("Save").click()
    expect(console.message(1).locator(".body")).to_have_text("The slow brown fox")
    expect(console.message(1)).to_contain_text("edited")

    console.panel("Chats")
    console.button("Rename").click()
    page.get_by_label("Name of the application").fill("Acme & Sons")
    console.button("Save").click()
    expect(page.locator("#application-head")).to_contain_text("Acme & Sons")

    console.panel("Steps")
    console.assert_accessible()
    edit = page.get_by_role("button", name="Copy as curl: PUT /applications/…/chats/1/messages/1")
    edit.click()
    expect(edit).to_have_text("Copied")
    command = page.evaluate("navigator.clipboard.readText()")
    assert command.startswith(
        f'curl -i -X PUT "{service.url}/applications/$TOKEN/chats/1/messages/1"'
    )
    assert """--data-raw '{"body":"The slow brown fox"}'""" in command
    assert re.search(r"""-H 'if-match: "\d+"'""", command)


STAGES = ["assigned", "written", "searchable"]


def test_lists_are_read_page_by_page(console: Console, service: Service):
    token = service.application("Long")
    chat = service.chat(token)
    service.send(chat, [f"text {number}" for number in range(45)])
    console.open_with_token(token)
    console.open_chat(1)
    numbers = console.page.locator("#messages-list > li .meta b")
    for count in (20, 40, 45):
        expect(numbers).to_have_text([f"#{number}" for number in range(46 - count, 46)])
        more = console.button("Older messages")
        if count < 45:
            more.click()
        else:
            expect(more).to_be_hidden()


def test_a_token_opens_its_application_alone(console: Console, service: Service):
    console.open_with_token(service.application("Mine"))
    expect(console.page.locator("#application-head")).to_contain_text("Mine")
    expect(console.page.get_by_role("heading", name="Applications")).to_be_hidden()
    console.assert_accessible()


def test_the_keyboard_is_enough(console: Console, service: Service):
    token = service.application("Keys")
    service.chat(token)
    console.open()
    press = console.page.keyboard.press
    # From the top: the reference's link, then the form.
    for key in ["Tab", "Tab", "ArrowDown", "Tab"]:
        press(key)
    console.page.keyboard.type(token)
    press("Enter")
    expect(console.page.get_by_role("heading", name="Chats")).to_be_focused()
    chat = console.page.get_by_role("button", name="Chat 1 ")
    expect(chat).to_be_visible()
    for _ in range(8):
        if chat.evaluate("element => element === document.activeElement"):
            break
        press("Tab")
    press("Enter")
    expect(console.page.get_by_role("heading", name="Chat 1")).to_be_focused()
    press("Tab")
    expect(console.page.get_by_label("Search this chat")).to_be_focused()
    press("Tab")
    console.page.keyboard.type("typed")
    press("Control+Enter")
    expect(console.message(1).locator(".body")).to_have_text("typed")
    expect(console.way("Message 1").last).to_have_text(IN_MILLISECONDS)
