"""One Chromium for all tests; a page of its own for each, at both widths, that says whatever its
scripts complain about. `make test-browser` sets the variables."""

import os
from collections.abc import Iterator

import pytest
from console import CHROMIUM, Console
from playwright.sync_api import Browser, Playwright, sync_playwright
from service import Service

WIDTHS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"},
    "desktop": {"viewport": {"width": 1360, "height": 850}, "color_scheme": "light"},
}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(**CHROMIUM)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def service() -> Service:
    return Service(os.environ["BASE_URL"], os.environ["ADMIN_KEY"])


@pytest.fixture(params=WIDTHS)
def console(request: pytest.FixtureRequest, browser: Browser, service: Service):
    context = browser.new_context(**WIDTHS[request.param])
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service.url)
    console = Console(context.new_page(), service.url, request.param)
    yield console
    # Requests that the test no longer waits for may still be under way.
    console.page.unroute_all(behavior="ignoreErrors")
    context.close()
    assert not console.complaints
