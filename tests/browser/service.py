"""The service behind the browser, for what a test needs to be there."""

import time
from concurrent.futures import ThreadPoolExecutor

import requests

SECONDS = 60


class Service:
    def __init__(self, url: str, admin_key: str) -> None:
        self.url = url.rstrip("/")
        self.admin_key = admin_key

    def application(self, name: str) -> str:
        headers = {"authorization": f"Bearer {self.admin_key}"}
        answer = requests.post(f"{self.url}/applications", json={"name": name}, headers=headers)
        answer.raise_for_status()
        return answer.json()["access_token"]

    def chat(self, token: str) -> str:
        """A chat's address."""
        chats = f"{self.url}/applications/{token}/chats"
        answer = requests.post(chats)
        answer.raise_for_status()
        return f"{chats}/{answer.json()['number']}"

    def send(self, chat: str, texts: list[str]) -> None:
        """Sends messages and waits until all are written."""

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda text: self.send_one(chat, text), texts))
        self.until(chat, lambda answer: answer.json()["message_count"] == len(texts))

    @staticmethod
    def send_one(chat: str, text: str) -> None:
        requests.post(f"{chat}/messages", json={"body": text}).raise_for_status()

    def edit(self, message: str, text: str) -> None:
        requests.put(message, json={"body": text}).raise_for_status()

    @staticmethod
    def until(url: str, good) -> None:
        deadline = time.monotonic() + SECONDS
        while True:
            answer = requests.get(url)
            if answer.ok and good(answer):
                return
            assert time.monotonic() < deadline, f"{url}: {answer.status_code} {answer.text}"
            time.sleep(0.1)
