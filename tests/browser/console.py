"""The console as a person uses it."""

import os
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

AXE = Path(os.environ["NODE_MODULES"], "axe-core", "axe.min.js")
CHROMIUM = {
    "executable_path": os.environ["CHROMIUM"],
    # Chromium's own sandbox does not run as root, which a container's user often is.
    "args": [] if os.geteuid() else ["--no-sandbox"],
    "headless": True,
}
# The stack is emulated on the machine that runs all the rest.
PATIENCE = 60_000

expect.set_options(timeout=PATIENCE)


class Console:
    def __init__(self, page: Page, url: str, width: str) -> None:
        self.page = page
        self.url = url
        self.width = width
        self.complaints: list[str] = []
        self.expected: set[int] = set()
        page.set_default_timeout(PATIENCE)
        page.on("console", self.note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"a dialog: {dialog.message}"))

    def note(self, message: ConsoleMessage) -> None:
        # Chromium itself reports an answer above 399, which some tests are about.
        reported = any(f"a status of {status} " in message.text for status in self.expected)
        if message.type in ("error", "warning") and not reported:
            self.complaints.append(message.text)

    def expect_status(self, *statuses: int) -> None:
        self.expected |= set(statuses)

    def open(self, path: str = "/console") -> None:
        self.page.goto(self.url + path)
        expect(self.page.get_by_role("heading", name="Open the console")).to_be_visible()

    def open_with_key(self, key: str) -> None:
        self.open()
        self.page.get_by_label("Admin key", exact=True).fill(key)
        self.button("Open").click()

    def open_with_token(self, token: str) -> None:
        self.open()
        self.enter_token(token)

    def enter_token(self, token: str) -> None:
        self.page.get_by_role("radio", name="Access token").check()
        self.page.get_by_label("Access token", exact=True).fill(token)
        self.button("Open").click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def panel(self, name: str) -> None:
        """Brings a panel to the front, where the width shows one at a time."""
        tab = self.page.get_by_role("navigation").get_by_role("button", name=name)
        if self.width == "phone":
            tab.click()

    def open_chat(self, number: int) -> None:
        self.page.get_by_role("button", name=f"Chat {number} ").click()
        expect(self.page.get_by_role("heading", name=f"Chat {number}")).to_be_visible()

    def send(self, text: str) -> None:
        self.page.get_by_label("Message", exact=True).fill(text)
        self.button("Send").click()
        expect(self.page.get_by_label("Message", exact=True)).to_have_value("")

    def message(self, number: int) -> Locator:
        return self.page.locator(f"li[data-message='{number}']:visible")

    def way(self, what: str) -> Locator:
        return self.page.get_by_role("list", name=f"The way of {what}").get_by_role("listitem")

    @property
    def alert(self) -> Locator:
        return self.page.locator("[role=alert]:visible")

    def assert_accessible(self) -> None:
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run()")["violations"]
        assert not found, [
            (each["id"], each["help"], [node["html"] for node in each["nodes"]]) for each in found
        ]

    def screenshot(self, name: str) -> None:
        if folder := os.environ.get("SCREENSHOTS"):
            self.page.screenshot(path=Path(folder, f"console-{name}-{self.width}.png"))
