"""A service that has its moments: a proxy that cuts off the first answer to a message and loses the
second, and answers for its row as if it were not written yet, once."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

PASSED_ON = {"content-type", "idempotency-key"}
NOT_PASSED_BACK = {"connection", "content-length", "date", "server", "transfer-encoding"}


class Flaky:
    """Serves on a port of its own while it is entered."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.keys: list[str | None] = []
        self.statuses_of_row: list[int] = []
        flaky = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.rsplit("/", 1)[-1].isdecimal():
                    flaky.answer_for_row(self)
                else:
                    self.pass_back(self.asked("GET"))

            def do_POST(self) -> None:
                answer = self.asked("POST")
                flaky.keys.append(self.headers["idempotency-key"])
                if len(flaky.keys) == 1:
                    self.cut_off(answer)
                elif len(flaky.keys) == 2:
                    self.problem(503)
                else:
                    self.pass_back(answer)

            def asked(self, method: str) -> requests.Response:
                body = self.rfile.read(int(self.headers["content-length"] or 0))
                headers = {
                    name: self.headers[name] for name in self.headers if name.lower() in PASSED_ON
                }
                return requests.request(
                    method, flaky.upstream + self.path, data=body, headers=headers
                )

            def problem(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Retry-After", "1")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def cut_off(self, answer: requests.Response) -> None:
                self.send_response(answer.status_code)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content[:5])
                self.close_connection = True

            def pass_back(self, answer: requests.Response) -> None:
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in NOT_PASSED_BACK:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer_for_row(self, handler) -> None:
        if not self.statuses_of_row:
            self.statuses_of_row.append(404)
            handler.problem(404)
            return
        answer = handler.asked("GET")
        self.statuses_of_row.append(answer.status_code)
        handler.pass_back(answer)

    def __enter__(self) -> "Flaky":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
