"""A whole service with its own Rasa, in a home of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.database import migrate
from bot.engine import free_port, newest_model
from bot.settings import Settings


class TELEGRAM:
    """A bot of the shared service."""

    token = "7000001:key-of-the-bot"
    secret = "secret-of-the-webhook"


DESK_TOKEN = "token-of-the-desk"

PATIENT = {"LINLI_RASA_ANSWERS_WITHIN": "PT60S"}
"""A busy machine must not turn a dialogue into one without Rasa; test_kills.py has those."""


@dataclass
class Running:
    """A service as a process of its own, and what a resident hears of it."""

    home: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=120, trust_env=False
        )

    def start(self) -> None:
        with (self.home / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from bot.cli import main; main()", "serve"],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )

    def wait_until(self, part: str, seconds: float = 300) -> None:
        """Waits until ``/readyz`` says that the part is there."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            try:
                if self.http.get("/readyz").json().get(part):
                    return
            except (httpx.HTTPError, ValueError):
                pass
            time.sleep(0.1)
        raise AssertionError(f"no {part} after {seconds} s; {self.log()[-2000:]}")

    def has(self, part: str) -> bool:
        return bool(self.http.get("/readyz").json()[part])

    def log(self) -> str:
        return (self.home / "service.log").read_text(encoding="utf-8", errors="replace")

    def rasa(self) -> int:
        """The process of its Rasa."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[0])

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.http.close()

    def talk(self) -> "Talk":
        return Talk(self.http)


@dataclass
class Talk:
    """One resident's conversation."""

    http: httpx.Client
    conversation: str = field(default_factory=lambda: uuid4().hex)

    def say(self, text: str = "", **more: Any) -> list[dict[str, Any]]:
        replies = self.write(text, **more)
        assert replies
        return replies

    def write(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """What is answered, which may be nothing."""
        message = {"conversation_id": self.conversation, "text": text, **more}
        answer = self.http.post("/api/chat/messages", json=message)
        assert answer.status_code == 200, answer.text
        replies: list[dict[str, Any]] = answer.json()["replies"]
        return replies

    def hear(self, text: str, **more: Any) -> str:
        return "\n".join(reply["text"] for reply in self.say(text, **more))


def new_service(home: Path, **environment: str) -> Running:
    """A service with an empty database, and the knowledge and model of this checkout."""
    made = Settings()
    for shared in ("snapshots", "encoders"):
        (home / shared).symlink_to(made.home / shared)
    port = free_port()
    migrate(f"sqlite:///{home / 'linli.db'}")
    return Running(
        home,
        port,
        {
            "LINLI_HOME": str(home),
            "LINLI_PORT": str(port),
            "LINLI_RASA_MODEL": str(newest_model(made)),
            # What is said must not depend on the time of day.
            "LINLI_DESK_HOURS": '[{"days": "daily", "opens": "0:00", "closes": "24:00"}]',
            "LINLI_DESK_TOKEN": DESK_TOKEN,
            **environment,
        },
    )


@pytest.fixture(scope="session")
def telegram() -> Iterator[socket]:
    """Where Telegram would be for the shared service; nobody else comes to be there meanwhile."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@pytest.fixture(scope="session")
def linli(tmp_path_factory: pytest.TempPathFactory, telegram: socket) -> Iterator[Running]:
    bot = {
        "LINLI_TELEGRAM_TOKEN": TELEGRAM.token,
        "LINLI_TELEGRAM_SECRET": TELEGRAM.secret,
        "LINLI_TELEGRAM_API_URL": f"http://127.0.0.1:{telegram.getsockname()[1]}",
    }
    service = new_service(tmp_path_factory.mktemp("linli"), **PATIENT, **bot)
    service.start()
    try:
        service.wait_until("rasa")
        service.wait_until("started")
        yield service
    finally:
        service.stop()


@pytest.fixture
def own_linli(tmp_path: Path) -> Iterator[Running]:
    """A service for a test that kills something."""
    service = new_service(tmp_path, LINLI_ASK_CATEGORY_BELOW="0", **PATIENT)
    try:
        yield service
    finally:
        service.stop()
