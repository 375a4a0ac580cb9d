"""How the pages travel, where they may stand, and the reference."""

import os
from pathlib import Path

from console import Console
from playwright.sync_api import Page, Route, expect
from service import Service

LARGEST_FIRST_LOAD = 100_000
VIEWER = [
    "LICENSE",
    "NOTICE",
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
]


def load(page: Page, url: str) -> list[int]:
    """The bytes of each answer that came over the network, its head with it."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    lengths: list[float] = []
    session.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    session.detach()
    return [int(length) for length in lengths if length > 0]


def test_the_first_load_is_small_and_the_next_from_the_cache(console: Console):
    first = load(console.page, f"{console.url}/console")
    assert len(first) > 10 and sum(first) < LARGEST_FIRST_LOAD
    console.page.goto("about:blank")
    # Only the page itself is asked for, and has not changed.
    again = load(console.page, f"{console.url}/console")
    assert len(again) == 1 and again[0] < 1_500
    print(f"first load: {sum(first)} bytes in {len(first)} answers; the next: {again[0]} bytes")


def test_the_console_works_below_a_base_path(console: Console, service: Service):
    token = service.application("Below")
    service.chat(token)

    def without_base_path(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/chat/v1/", "/")))

    console.page.route("**/chat/v1/**", without_base_path)
    for slash in ("", "/"):
        console.open(f"/chat/v1/console{slash}")
        console.page.get_by_role("radio", name="Access token").check()
        console.page.get_by_label("Access token", exact=True).fill(token)
        console.button("Open").click()
        console.open_chat(1)
        reference = console.page.get_by_role("link", name="Reference")
        assert reference.evaluate("link => link.href") == f"{service.url}/chat/v1/docs"


def test_the_index_leads_a_browser_to_the_console(console: Console):
    console.page.goto(f"{console.url}/")
    expect(console.page).to_have_url(f"{console.url}/console")


def test_the_reference_tries_operations_out(console: Console):
    page = console.page
    page.goto(f"{console.url}/docs/")
    index = page.locator("#operations-Pages-index")
    expect(index).to_be_visible()
    console.assert_accessible()
    index.get_by_role("button").first.click()
    console.assert_accessible()
    index.get_by_role("button", name="Execute").click()
    expect(index.locator(".live-responses-table")).to_contain_text('"openapi": "openapi.json"')
    assert page.evaluate("Object.keys(localStorage)") == []


def test_the_viewer_is_the_package_s_own():
    package = Path(os.environ["NODE_MODULES"], "swagger-ui-dist")
    served = Path(__file__).resolve().parents[2] / "functions" / "crud" / "pages" / "docs"
    for name in VIEWER:
        assert (served / name).read_bytes() == (package / name).read_bytes(), name
