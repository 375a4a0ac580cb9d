"""Long-running processes of an instance: started apart from the terminal, found again, stopped.

Whether one runs is read from a lock on its file, which the kernel drops when the process ends,
however it ends. So a stale file never looks like a running process.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from console import Failure

Command = list[str | Path]


@dataclass(frozen=True)
class Process:
    """One process of an instance, by its name and the instance's folder."""

    name: str
    folder: Path

    @property
    def pid_file(self) -> Path:
        return self.folder / "pids" / self.name

    @property
    def log(self) -> Path:
        return self.folder / "logs" / f"{self.name}.log"

    def pid(self) -> int | None:
        """The process's id while it runs."""
        record = self._record()
        return record and record["pid"]

    def runs_as(self, signature: str) -> bool:
        """Whether it runs, and was started with this signature."""
        record = self._record()
        return record is not None and record["signature"] == signature

    def died(self) -> bool:
        """Whether it ended without having been stopped."""
        return self.pid_file.exists() and self.pid() is None

    def _record(self) -> dict | None:
        try:
            with self.pid_file.open("r+") as file:
                return None if try_lock(file.fileno()) else json.loads(file.read() or "null")
        except FileNotFoundError:
            return None

    def start(self, command: Command, environment: Mapping[str, str], signature: str) -> None:
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # Opened for appending: truncated only once the lock is ours.
        with self.pid_file.open("a+") as lock, self.log.open("wb") as log:
            if not try_lock(lock.fileno()):
                raise Failure(f"{self.name} is being started by another command")
            lock.truncate(0)
            process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[lock.fileno()],  # the child keeps the lock for as long as it lives
                cwd=self.folder,  # not the caller's, whose files Python and Java would pick up
                start_new_session=True,  # Ctrl-C at the terminal is not for it
            )
            json.dump({"pid": process.pid, "signature": signature}, lock)

    def stop(self, seconds: float = 20) -> bool:
        """Ask it to end, and after `seconds` end it with all that it started."""
        pid = self.pid()
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while self.pid() is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        # The group outlives its leader where that left a child behind.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        while self.pid() is not None:
            time.sleep(0.05)
        self.pid_file.unlink(missing_ok=True)
        return True

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until it answers; a process that ends first is a failure that shows its log."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.pid() is None:
                raise Failure(f"{self.name} ended before it answered.\n{self.tail()}")
            if time.monotonic() > deadline:
                raise Failure(f"{self.name} did not answer in {seconds:.0f} s.\n{self.tail()}")
            time.sleep(0.1)

    def tail(self, lines: int = 15) -> str:
        try:
            text = self.log.read_text(errors="replace")
        except FileNotFoundError:
            return ""
        last = "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
        return f"  The end of its log, {self.log}:\n{last}"


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_port_taken(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do, so that a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def port_owner(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    for command in (
        ["ss", "-Hltnp", f"sport = :{port}"],
        ["lsof", "-nP", f"-iTCP:{port}"],
    ):
        if shutil.which(command[0]):
            output = subprocess.run(command, capture_output=True, text=True).stdout
            if found := re.search(r'\("([^"]+)",pid=(\d+)', output):
                return f"{found[1]} (process {found[2]})"
            if found := re.search(r"^(\S+)\s+(\d+)\s.*\(LISTEN\)", output, re.MULTILINE):
                return f"{found[1]} (process {found[2]})"
    return _owner_in_proc(port) or "another process"


def _owner_in_proc(port: int) -> str | None:
    """The same from /proc, for a Linux with neither tool."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    sockets.add(f"socket:[{fields[9]}]")
    for descriptor in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        with contextlib.suppress(OSError):
            if os.readlink(descriptor) in sockets:
                process = descriptor.parent.parent
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None
