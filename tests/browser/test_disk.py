"""What is left of a session on the disk of whoever used the console or the reference."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from console import CHROMIUM, PATIENCE, Console
from playwright.sync_api import Page, Playwright, expect
from service import Service

TEXT = "a text for nobody's disk"


@pytest.fixture
def page(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """Of a browser as people have it: with a profile on the disk, where its cache is."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path, viewport={"width": 1360, "height": 850}, **CHROMIUM
    )
    context.set_default_timeout(PATIENCE)
    yield context.pages[0]
    context.close()


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def assert_nowhere_in(profile: Path, secrets: list[str]) -> None:
    kept = list(files(profile))
    # It is a profile that keeps what it may, such as the scripts.
    assert any(b"/assets/" in content for _, content in kept)
    for secret in secrets:
        holders = [str(path) for path, content in kept if secret.encode() in content]
        assert not holders, f"{secret} is in {holders}"


def test_a_session_leaves_no_token_and_no_text_on_the_disk(
    page: Page, tmp_path: Path, service: Service
):
    token = service.application("Disk")
    chat = service.chat(token)
    service.send(chat, [TEXT])
    service.until(f"{chat}/messages/search?keyword=nobody", requests.Response.json)
    console = Console(page, service.url, "desktop")
    console.open_with_token(token)
    console.open_chat(1)
    expect(console.message(1).locator(".body")).to_have_text(TEXT)
    page.get_by_label("Search this chat").fill("nobody")
    expect(page.locator("#found-list mark")).to_have_text("nobody")
    console.button("Edit message 1").click()
    page.get_by_label("Text of message 1").fill(f"{TEXT}, edited")
    console.button("Save").click()
    expect(console.message(1)).to_contain_text("edited")
    console.button("Close").click()
    console.open_with_key(service.admin_key)
    expect(page.locator("#applications-list li").first).to_be_visible()
    page.context.close()
    assert not console.complaints
    assert_nowhere_in(tmp_path, [token, TEXT, service.admin_key])


def test_the_reference_leaves_no_token_and_no_text_on_the_disk(
    page: Page, tmp_path: Path, service: Service
):
    token = service.application("Reference")
    chat = service.chat(token)
    service.send(chat, [TEXT])
    page.goto(f"{service.url}/docs")
    read = page.locator("#operations-Messages-getMessage")
    read.get_by_role("button").first.click()
    for name, value in [("access_token", token), ("chat_number", "1"), ("message_number", "1")]:
        read.get_by_role("textbox", name=name).fill(value)
    read.get_by_role("button", name="Execute").click()
    expect(read.locator(".live-responses-table")).to_contain_text(TEXT)
    page.context.close()
    assert_nowhere_in(tmp_path, [token, TEXT])
