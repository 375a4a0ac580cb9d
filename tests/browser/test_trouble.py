"""What a client, a server or the network may do to the console."""

import pytest
from console import Console
from playwright.sync_api import Route, expect
from service import Service

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</p></li></ol><iframe src='javascript:alert(1)'></iframe>",
    "<svg/onload=alert(1)>&lt;b&gt;&amp;",
    "javascript:alert(1)",
    "\u202eright to left\u202c and \u0000\u0007\u001b[31m back",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
    "Ẽ\u0300\u0301\u0302\u0303 ﷽ 👩‍👩‍👧‍👦 'quotes' \"too\" `ticks`",
    "x" * 2_000,
]


def test_a_text_is_never_markup(console: Console, service: Service):
    token = service.application("<b onclick=alert(1)>bold</b>")
    chat = service.chat(token)
    for text in HOSTILE:
        service.send_one(chat, text)
    service.until(chat, lambda answer: answer.json()["message_count"] == len(HOSTILE))
    console.open_with_token(token)
    expect(console.page.locator("#application-head strong")).to_have_text(
        "<b onclick=alert(1)>bold</b>"
    )
    console.open_chat(1)
    for number, text in enumerate(HOSTILE, 1):
        body = console.message(number).locator(".body")
        expect(body).to_be_visible()
        assert body.evaluate("element => [element.textContent, element.children.length]") == [
            text,
            0,
        ]
    console.page.get_by_label("Search this chat").fill("<SCRIPT>")
    expect(console.page.locator("#found-list mark")).to_have_text("<script>")
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not console.page.evaluate(wide), "the page scrolls sideways"
    console.assert_accessible()


def problem(route: Route, status: int, title: str, detail: str) -> None:
    route.fulfill(
        status=status,
        headers={"content-type": "application/problem+json", "retry-after": "1"},
        json={
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "error": f"{status}: {title}",
        },
    )


def unavailable(route: Route) -> None:
    detail = "The service cannot do this now; try again."
    problem(route, 503, "Service Unavailable", detail)


def test_a_server_that_answers_503_is_said_and_asked_again(console: Console, service: Service):
    console.expect_status(503)
    token = service.application("Away")
    service.chat(token)
    console.page.route("**/chats?*", unavailable)
    console.open_with_token(token)
    expect(console.alert).to_contain_text("503 Service Unavailable")
    expect(console.alert).to_contain_text("The service cannot do this now; try again.")
    console.assert_accessible()
    console.page.unroute("**/chats?*")
    console.button("Try again").click()
    expect(console.alert).to_be_hidden()
    console.open_chat(1)


def test_a_message_that_meets_503_is_sent_again_under_its_key(console: Console, service: Service):
    console.expect_status(503)
    token = service.application("Retry")
    service.chat(token)
    keys = []

    def fail_twice(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # it was taken, and its answer lost
        if len(keys) <= 2:
            unavailable(route)
        else:
            route.continue_()

    console.page.route("**/messages", fail_twice)
    console.open_with_token(token)
    console.open_chat(1)
    console.send("once")
    expect(console.message(1).locator(".body")).to_have_text("once")
    assert len(keys) == 3 and len(set(keys)) == 1
    expect(console.way("Message 1")).to_have_count(3)


def test_a_wrong_key_is_said(console: Console):
    console.expect_status(401)
    console.open_with_key("wrong")
    expect(console.alert).to_contain_text("401 Unauthorized")
    expect(console.alert).to_contain_text("takes the admin key")
    console.assert_accessible()


def test_a_key_that_expires_closes_the_console(console: Console, service: Service):
    console.expect_status(401)
    console.open_with_key(service.admin_key)
    expect(console.page.get_by_label("Name of a new application")).to_be_visible()

    def with_former_key(route: Route) -> None:
        route.continue_(headers={**route.request.headers, "authorization": "Bearer former"})

    console.page.route("**/applications", with_former_key)
    console.page.get_by_label("Name of a new application").fill("Late")
    console.button("Create").click()
    expect(console.alert).to_contain_text("401 Unauthorized")
    expect(console.page.get_by_label("Admin key", exact=True)).to_be_focused()
    expect(console.page.locator("#workspace")).to_be_hidden()


def test_a_token_that_opens_nothing_is_said(console: Console):
    console.expect_status(404)
    console.open_with_token("1" * 24)
    expect(console.alert).to_contain_text("Nothing has this address.")


def test_an_edit_that_another_one_overtook_is_not_lost(console: Console, service: Service):
    console.expect_status(412)
    token = service.application("Edits")
    chat = service.chat(token)
    service.send(chat, ["first"])
    console.open_with_token(token)
    console.open_chat(1)
    console.button("Edit message 1").click()
    area = console.page.get_by_label("Text of message 1")
    area.fill("mine")
    service.edit(f"{chat}/messages/1", "theirs")
    console.button("Save").click()
    expect(console.alert).to_contain_text("412 Precondition Failed")
    console.button("Try again").click()
    expect(area).to_have_value("mine")
    expect(console.message(1)).to_contain_text("theirs")
    area.fill("both")
    console.button("Save").click()
    expect(console.message(1).locator(".body")).to_have_text("both")


def test_what_ends_late_changes_nothing_that_was_opened_since(console: Console, service: Service):
    first, second = service.application("First"), service.application("Second")
    service.chat(second)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PUT":
            held.append(route)
        else:
            route.continue_()

    console.page.route(f"**/applications/{first}", hold)
    console.open_with_token(first)
    console.button("Rename").click()
    console.page.get_by_label("Name of the application").fill("Renamed")
    console.button("Save").click()
    console.button("Close").click()
    console.enter_token(second)
    head = console.page.locator("#application-head")
    expect(head).to_contain_text("Second")
    with console.page.expect_response(f"**/applications/{first}"):
        held[0].continue_()
    console.open_chat(1)
    console.send("for the second")
    messages = f"{service.url}/applications/{second}/chats/1/messages"
    service.until(messages, lambda answer: len(answer.json()) == 1)
    console.panel("Chats")
    expect(head).to_contain_text("Second")


def test_a_send_that_is_under_way_is_not_sent_again(console: Console, service: Service):
    token = service.application("Once")
    chat = service.chat(token)
    console.open_with_token(token)
    console.open_chat(1)
    text = console.page.get_by_label("Message", exact=True)
    text.fill("once")
    for _ in range(3):
        text.press("Control+Enter")
    expect(console.message(1)).to_contain_text("once")
    service.until(f"{chat}/messages", lambda answer: len(answer.json()) == 1)
    expect(console.page.locator("#messages-list > li")).to_have_count(1)


@pytest.mark.parametrize("opened_with", ["key", "token"])
def test_a_secret_is_in_the_tab_s_memory_alone(
    console: Console, service: Service, opened_with: str
):
    token = service.application("Secret")
    service.chat(token)
    if opened_with == "key":
        console.open_with_key(service.admin_key)
        console.page.get_by_label("Name of a new application").fill("Another")
        console.button("Create").click()
    else:
        console.open_with_token(token)
        console.open_chat(1)
    expect(console.page.locator("#application-head")).not_to_be_empty()
    assert console.page.url == f"{service.url}/console"
    kept = "[localStorage.length, sessionStorage.length, document.cookie, history.state]"
    assert console.page.evaluate(kept) == [0, 0, "", None]
    assert console.page.evaluate("indexedDB.databases()") == []
    document = console.page.content()
    assert token not in document and service.admin_key not in document
    console.page.reload()
    expect(console.page.get_by_label("Admin key", exact=True)).to_have_value("")
