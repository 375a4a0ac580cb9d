"""What a tenant's texts cost whoever reads them: a page stays small and answers, however long and
however strange they are."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from console import Console
from playwright.sync_api import Locator, expect
from service import Service

LONGEST = 65_535
FIRST_CHARACTERS, FIRST_LINES = 2_000, 50
MOST_MARKS = 50
# All nodes of the page, texts too: of 20 messages, or of 20 hits with all their marks.
MOST_NODES = 6_000

EVERY_LETTER = "e" * LONGEST
EVERY_WORD = "ee " * (LONGEST // 3)
EVERY_STEM = "run " * (LONGEST // 4)
TEXTS = {
    "letters": EVERY_LETTER,
    "words": EVERY_WORD,
    "lines": "e\n" * (LONGEST // 2),
    "control characters": "\u0001" * LONGEST,
    "marks": "e" + "\u0300" * ((LONGEST - 1) // 2),
    "turns": "\u202e" * (LONGEST // 3),
    "wide": "\ufdfd" * (LONGEST // 3),
    "pairs": "😀" * (LONGEST // 4),
    "joined": "👩\u200d" * (LONGEST // 7),
    "tabs": "e\t" * (LONGEST // 2),
}
NODES = """() => {
    const nodes = document.createNodeIterator(document, NodeFilter.SHOW_ALL);
    let count = 0;
    while (nodes.nextNode()) count += 1;
    return count;
}"""


def assert_answers(console: Console) -> None:
    """The page is small, scrolls in one direction, and takes what one types."""
    nodes = console.page.evaluate(NODES)
    assert nodes < MOST_NODES, nodes
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not console.page.evaluate(wide), "the page scrolls sideways"
    text = console.page.get_by_label("Message", exact=True)
    text.fill("")
    text.press_sequentially("typed")
    expect(text).to_have_value("typed")
    text.fill("")


def send_all(service: Service, chat: str, texts: list[str]) -> None:
    """Sends messages in order, and waits until the last is found by its number."""
    for text in texts:
        service.send_one(chat, text)
    service.until(chat, lambda answer: answer.json()["message_count"] == len(texts))


def characters(body: Locator) -> int:
    return body.evaluate("element => element.textContent.length")


def test_a_list_of_the_strangest_texts_stays_small(console: Console, service: Service):
    token = service.application("Strange")
    chat = service.chat(token)
    send_all(service, chat, list(TEXTS.values()))
    console.open_with_token(token)
    console.open_chat(1)
    for number in range(1, len(TEXTS) + 1):
        assert characters(console.message(number).locator(".body")) <= FIRST_CHARACTERS
    assert_answers(console)
    for number, (name, text) in enumerate(TEXTS.items(), 1):
        body = console.message(number).locator(".body")
        console.button(f"Show all of message {number}").click()
        assert body.evaluate("element => element.textContent") == text, name
        less = console.button(f"Show less of message {number}")
        expect(less).to_be_focused()
        less.click()
        assert characters(body) <= FIRST_CHARACTERS, name
    assert_answers(console)
    console.assert_accessible()


@pytest.mark.parametrize(
    ("text", "keyword"),
    [(EVERY_LETTER, "e"), (EVERY_WORD, "ee"), (EVERY_STEM, "running")],
    ids=["letters", "words", "stems"],
)
def test_fifty_messages_that_match_everywhere_leave_the_page_small(
    console: Console, service: Service, text: str, keyword: str
):
    token = service.application("Everywhere")
    chat = service.chat(token)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: service.send_one(chat, text), range(50)))
    found = f"{chat}/messages/search?keyword={keyword}&limit=100"
    service.until(found, lambda answer: len(answer.json()) == 50)

    console.open_with_token(token)
    console.open_chat(1)
    console.page.get_by_label("Search this chat").press_sequentially(keyword)
    expect(console.page.get_by_text("10 found, best match first")).to_be_visible()
    marks = console.page.locator("#found-list li").first.locator("mark")
    expect(marks).to_have_count(MOST_MARKS)
    assert_answers(console)
    more = console.button("More matches")
    more.click()
    expect(console.page.get_by_text("20 found, best match first")).to_be_visible()

    # All of a text: as many marks, whatever else matches.
    console.page.locator("#found-list").get_by_role("button", name="Show all").first.click()
    body = console.page.locator("#found-list .body").first
    assert characters(body) == len(text)
    expect(marks).to_have_count(MOST_MARKS)
    assert_answers(console)


def test_a_text_s_beginning_ends_at_a_whole_character_or_a_line(console: Console, service: Service):
    token = service.application("Ends")
    chat = service.chat(token)
    pairs = "e" + "😀" * FIRST_CHARACTERS
    lines = "\n".join(f"line {number}" for number in range(1, 201))
    exact = "x" * FIRST_CHARACTERS
    send_all(service, chat, [pairs, lines, exact])
    console.open_with_token(token)
    console.open_chat(1)
    text = "element => element.textContent"
    shown = console.message(1).locator(".body").evaluate(text)
    assert shown == "e" + "😀" * ((FIRST_CHARACTERS - 1) // 2)
    shown = console.message(2).locator(".body").evaluate(text)
    assert shown == "\n".join(f"line {number}" for number in range(1, FIRST_LINES + 1))
    expect(console.message(3).locator(".body")).to_have_text(exact)
    expect(console.button("Show all of message 3")).to_have_count(0)


def test_a_long_text_is_edited_whole(console: Console, service: Service):
    console.expect_status(412)
    token = service.application("Edits")
    chat = service.chat(token)
    send_all(service, chat, [EVERY_WORD])
    console.open_with_token(token)
    console.open_chat(1)
    console.button("Edit message 1").click()
    area = console.page.get_by_label("Text of message 1")
    expect(area).to_have_value(EVERY_WORD)
    service.edit(f"{chat}/messages/1", EVERY_LETTER)
    console.button("Save").click()
    console.button("Try again").click()
    said = console.message(1).locator("q")
    assert characters(said) == FIRST_CHARACTERS
    assert_answers(console)


def test_a_message_among_many_alike_is_looked_for_a_while_only(console: Console, service: Service):
    token = service.application("Alike")
    chat = service.chat(token)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: service.send_one(chat, EVERY_LETTER), range(40)))
    found = f"{chat}/messages/search?keyword=e&limit=100"
    service.until(found, lambda answer: len(answer.json()) == 40)
    console.open_with_token(token)
    console.open_chat(1)
    asked: list[str] = []
    console.page.on("request", lambda request: asked.append(request.url))
    text = console.page.get_by_label("Message", exact=True)
    text.fill(EVERY_LETTER)
    console.button("Send").click()
    last = console.way("Message 41").last
    expect(last).to_have_text(re.compile(r"^searchable(: too many alike to tell| \d+ ms)$"))
    searches = [url for url in asked if "/search?" in url]
    assert searches and all("limit=10" in url for url in searches)
    assert_answers(console)


def test_steps_and_their_commands_stay_short(console: Console, service: Service):
    token = service.application("Steps")
    service.chat(token)
    console.open_with_token(token)
    console.open_chat(1)
    # 393,210 bytes in JSON, and 3,072 characters in a path.
    console.send("\u0001" * LONGEST)
    console.page.get_by_label("Search this chat").fill("😀" * 128)
    expect(console.page.get_by_text("Nothing found")).to_be_visible()
    console.panel("Steps")
    lengths = "paths => paths.map((path) => path.textContent.length)"
    assert max(console.page.locator("#steps-list .path").evaluate_all(lengths)) <= 201
    copy = console.page.get_by_role("button", name="Copy as curl: POST").first
    copy.click()
    expect(copy).to_have_text("Copied")
    command = console.page.evaluate("navigator.clipboard.readText()")
    assert "--data-binary @body.json" in command and len(command) < 1_000


def test_marks_that_stack_up_reach_over_nothing_else(console: Console, service: Service):
    """Neighbours look the same beside a tall text as beside a plain one."""
    tall = "e" + "\u0301" * 39 + "o" + "\u0323" * 39  # 80 characters, as a name may have
    token = service.application(tall)
    chat = service.chat(token)
    send_all(service, chat, ["above", tall, "below"])
    console.open_with_token(token)
    console.open_chat(1)
    page = console.page

    def assert_unreached(text: Locator, neighbours: list[Locator]) -> None:
        beside_tall = [each.screenshot(animations="disabled") for each in neighbours]
        text.evaluate("element => { element.textContent = '\\u00a0'; }")
        beside_plain = [each.screenshot(animations="disabled") for each in neighbours]
        assert beside_tall == beside_plain

    body = console.message(2).locator(".body")
    height = body.evaluate("element => element.getBoundingClientRect().height")
    body.evaluate("(element, height) => { element.style.height = `${height}px`; }", height)
    assert_unreached(body, [console.message(1), console.message(3)])
    console.panel("Chats")
    assert_unreached(
        page.locator("#application-head .label"),
        [page.get_by_role("heading", name="Chats"), page.locator("#application-head .actions")],
    )


def test_a_name_that_turns_its_direction_turns_nothing_else(console: Console, service: Service):
    console.open_with_key(service.admin_key)
    expect(console.page.locator("#applications-list li").first).to_be_visible()
    name = console.page.get_by_label("Name of a new application")
    name.fill("\u202e\u2067name\u0300 " + "\ufdfd" * 60)
    console.button("Create").click()
    expect(console.page.locator("#application-head")).to_contain_text("\ufdfd" * 60)
    console.button("New chat").click()
    expect(console.way("Chat 1").last).to_have_text(re.compile("^written"))
    console.panel("Applications")
    chosen = console.page.get_by_role("button").filter(has_text="\ufdfd" * 60)
    expect(chosen.locator(".count")).to_have_text("1 chat")
    count = chosen.locator(".count").bounding_box()
    label = chosen.locator(".label").bounding_box()
    assert count["y"] >= label["y"] + label["height"] - 1
    chosen.click()
    console.open_chat(1)
    assert_answers(console)


def test_hits_of_an_older_keyword_never_stand_over_a_newer_one(console: Console, service: Service):
    token = service.application("Typing")
    chat = service.chat(token)
    send_all(service, chat, ["older text", "newer text"])
    for keyword in ("older", "newer"):
        service.until(f"{chat}/messages/search?keyword={keyword}", requests.Response.json)
    page = console.page
    page.clock.install()
    console.open_with_token(token)
    console.open_chat(1)
    expect(console.message(2)).to_be_visible()
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
    keyword = page.get_by_label("Search this chat")
    page.route("**/search?keyword=older*", lambda _: None)  # never answered
    with page.expect_request("**/search?keyword=older*") as older:
        keyword.fill("older")
        page.clock.run_for(1_000)
    assert "limit=10" in older.value.url
    # The request is dropped as soon as another letter is typed, before the pause that follows.
    with page.expect_event("requestfailed", timeout=10_000) as failed:
        keyword.fill("newer")
    assert failed.value == older.value
    page.clock.run_for(1_000)
    expect(page.locator("#found-list mark")).to_have_text("newer")
    page.clock.resume()
