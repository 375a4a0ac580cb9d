"""What a site that a developer visits may do to the stack on the same machine: only lead to it.

`GUARDED_URLS` are the gateway, and of the emulated AWS and OpenSearch those that the stack runs
itself.
"""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from console import PATIENCE
from playwright.sync_api import Browser, Page, expect
from service import Service

URLS = os.environ["GUARDED_URLS"].split()
GATEWAY, *ENGINES = URLS
# A site, another program on this machine, a file or a frame without an origin, and the service
# under a scheme that it is not served by.
FOREIGN = ["https://example.com", "http://127.0.0.1:1", "null", GATEWAY.replace("http:", "https:")]
# Paths that change nothing, whatever the engine.
READ = "/?probe"


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another site</title>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Another origin, on this machine: Chromium itself keeps public sites from such addresses."""
    with HTTPServer(("127.0.0.1", 0), EmptyPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def visited(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(site)
    yield page
    context.close()


@pytest.mark.parametrize("url", URLS)
def test_another_site_s_requests_are_refused(url: str):
    for origin in FOREIGN:
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            headers = {"origin": origin, "access-control-request-method": "PUT"}
            answer = requests.request(method, url + READ, headers=headers)
            assert answer.status_code == 403, (method, origin, answer.text)
            assert "access-control-allow-origin" not in answer.headers
    # What a program sends.
    assert requests.get(url + READ).status_code != 403


@pytest.mark.parametrize("url", URLS[:2])
def test_a_site_whose_name_resolves_to_this_machine_is_refused(url: str):
    port = url.rpartition(":")[2]
    for host in (f"example.com:{port}", "localhost.example.com", "127.0.0.1.example.com", "["):
        assert requests.get(url + READ, headers={"host": host}).status_code == 403, host
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"some.localhost:{port}"):
        assert requests.get(url + READ, headers={"host": host}).status_code != 403, host


@pytest.mark.parametrize("url", URLS[:2])
def test_what_a_site_embeds_is_refused(url: str):
    for destination in ("image", "script", "iframe", "empty"):
        headers = {"sec-fetch-site": "cross-site", "sec-fetch-dest": destination}
        assert requests.get(url + READ, headers=headers).status_code == 403, destination


def test_the_service_s_own_pages_may_call_it_under_either_name():
    port = GATEWAY.rpartition(":")[2]
    for origin in (f"http://127.0.0.1:{port}", f"http://localhost:{port}"):
        headers = {"origin": origin, "access-control-request-method": "PUT"}
        answer = requests.options(f"{GATEWAY}/applications", headers=headers)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == origin


def test_a_page_of_another_site_reads_and_changes_nothing(visited: Page, service: Service):
    token = service.application("Beside")
    chats = f"{service.url}/applications/{token}/chats"
    read = "url => fetch(url).then((answer) => answer.text(), (error) => error.name)"
    for url in [chats, *(engine + READ for engine in ENGINES)]:
        assert visited.evaluate(read, url) == "TypeError", url
    # None of these needs a preflight, and a chat takes no body.
    visited.evaluate("url => fetch(url, { method: 'POST', mode: 'no-cors' })", chats)
    post = """url => {
        const form = Object.assign(document.createElement("form"), { action: url, method: "POST" });
        document.body.append(form);
        form.submit();
    }"""
    with visited.expect_navigation():
        visited.evaluate(post, chats)
    expect(visited.locator("body")).to_contain_text("Forbidden")
    assert requests.post(chats).json()["number"] == 1


def test_another_site_may_lead_to_the_console(visited: Page, service: Service):
    follow = """url => {
        const link = Object.assign(document.createElement("a"), { href: url, textContent: "Go" });
        document.body.append(link);
        link.click();
    }"""
    with visited.expect_navigation():
        visited.evaluate(follow, f"{service.url}/console")
    expect(visited.get_by_role("heading", name="Open the console")).to_be_visible()
