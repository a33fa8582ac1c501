"""The dialogue engine: a client of Rasa, and the supervisor of a Rasa of our own."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpcore
from sqlalchemy import make_url

from actions.reply import Button, Reply
from bot.settings import ROOT, Settings
from nlu.spans import spanned, traceparent

logger = logging.getLogger(__name__)

ENDPOINTS = """\
# Written at every start; the token comes from the environment.
action_endpoint:
  url: {service}/internal/actions/webhook
  headers:
    Authorization: Bearer ${{LINLI_RASA_TOKEN}}
  enable_selective_domain: true  # no action asks for the domain, which is most of a call's bytes
tracker_store:
  type: bot.rasa.tracker_store.LocalTrackerStore
  db: ${{LINLI_RASA_DATABASE}}
"""
TURNS = """\
lock_store:
  type: bot.rasa.lock_store.SharedLockStore
  url: ${LINLI_REDIS_URL}
"""
CREDENTIALS = """\
bot.rasa.channel.LinliChannel:
  token: ${LINLI_RASA_TOKEN}
"""


HTTP_FAULTS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


class EngineUnavailable(Exception):
    """Rasa did not answer, answered too late, or answered nothing."""


class Engine:
    """Talks to Rasa over HTTP, by httpcore itself: httpx on top of it costs a tenth of a turn.

    Args:
        url: where Rasa listens.
        token: shared with ``bot.rasa.channel``.
        timeout: seconds for one message, all in all.
    """

    def __init__(self, url: str, token: str, *, timeout: float) -> None:
        self.url = url
        self.timeout = timeout
        self.headers: dict[bytes | str, bytes | str] = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }
        self.http = httpcore.AsyncConnectionPool(max_connections=100, keepalive_expiry=30)

    @spanned("rasa.message", "client")
    async def respond(
        self, conversation: str, text: str, message: int, part: tuple[int, int] | None = None
    ) -> list[Reply]:
        """What the assistant says to a message, or to one of the wants in it.

        Args:
            text: as it is read (``nlu.text.legible``), phones masked.
            message: number of the inbound record, by which actions find the original.
            part: the span of the original that this text is; None: all of it.

        Raises:
            EngineUnavailable: no answer in time, an error, or an empty answer.
        """
        given = await self.post(
            "/webhooks/linli/messages",
            {
                "conversation": conversation,
                "text": text,
                "metadata": {"message": message, "part": part, **propagated()},
            },
        )
        try:
            replies = [reply_of(m) for m in given["messages"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EngineUnavailable("not an answer") from error
        if not replies:
            raise EngineUnavailable("empty answer")
        return replies

    @spanned("rasa.parse", "client")
    async def parse(self, text: str) -> dict[str, Any]:
        """What the NLU pipeline understands: intent, ranking, category.

        Raises:
            EngineUnavailable: as for ``respond``.
        """
        return await self.post("/webhooks/linli/parse", {"text": text})

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            content = json.dumps(body).encode()
            answer = await self.call("POST", path, content, within=self.timeout)
            if answer.status != 200:
                raise EngineUnavailable(f"HTTP {answer.status}")
            given = json.loads(answer.content)
        except (TimeoutError, *HTTP_FAULTS, ValueError) as error:
            raise EngineUnavailable(type(error).__name__) from error
        if not isinstance(given, dict):
            raise EngineUnavailable("not an object")
        return given

    async def is_ready(self) -> bool:
        try:
            return (await self.call("GET", "/webhooks/linli/ready", within=2)).status == 200
        except (TimeoutError, *HTTP_FAULTS):
            return False

    async def call(
        self, method: str, path: str, content: bytes = b"", *, within: float
    ) -> httpcore.Response:
        async with asyncio.timeout(within):
            return await self.http.request(
                method,
                f"{self.url}{path}",
                headers={**self.headers, **propagated()},
                content=content,
            )

    async def close(self) -> None:
        await self.http.aclose()


def propagated() -> dict[bytes | str, bytes | str]:
    """What makes the steps of another program, and those it asks of us, part of this trace."""
    parent = traceparent()
    return {"traceparent": parent} if parent else {}


def reply_of(message: dict[str, Any]) -> Reply:
    """A reply as an action sent it (``custom``), or a plain text of Rasa's own."""
    if "custom" in message:
        return Reply.from_json(message["custom"])
    return Reply(
        text=message.get("text", ""),
        buttons=tuple(
            Button(b["title"], b.get("payload", b["title"])) for b in message.get("buttons", ())
        ),
    )


@dataclass(frozen=True, slots=True)
class RasaProcess:
    """How to start Rasa: everything lies in ``folder``.

    ``name`` tells it from another one in the same folder; ``database`` is where its conversations
    lie, a file in the folder by default; ``redis`` where it takes turns with other Rasas, if any.
    """

    python: Path
    model: Path
    folder: Path
    port: int
    token: str
    service: str
    name: str = "rasa"
    database: str = ""
    log_format: str = "text"
    redis: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> asyncio.subprocess.Process:
        """Start the process; it ends by itself when this one does.

        Raises:
            OSError: Rasa's environment is not there.
        """
        await asyncio.to_thread(self.write_files)
        arguments = [
            *("-m", "bot.rasa.launcher", "run", "--model", str(self.model)),
            *("--endpoints", str(self.file("endpoints"))),
            *("--credentials", str(self.file("credentials"))),
            *("--interface", "127.0.0.1", "--port", str(self.port), "--quiet"),
        ]
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                str(self.python),
                *arguments,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self.environment(),
                start_new_session=True,
            )

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "LINLI_RASA_TOKEN": self.token,
            "LINLI_RASA_SUPERVISED": "1",
            "LINLI_LOG_FORMAT": self.log_format,
            "LINLI_REDIS_URL": self.redis,
            "LINLI_RASA_DATABASE": self.database or str(self.folder / "conversations.db"),
            "RASA_TELEMETRY_ENABLED": "false",
            "SANIC_WORKERS": "1",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "MPLCONFIGDIR": str(self.folder),
            "OMP_NUM_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
        }

    def write_files(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        endpoints = ENDPOINTS.format(service=self.service) + (TURNS if self.redis else "")
        self.file("endpoints").write_text(endpoints, encoding="utf-8")
        self.file("credentials").write_text(CREDENTIALS, encoding="utf-8")

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def file(self, kind: str) -> Path:
        return self.folder / f"{self.name}.{kind}.yml"


class Supervisor:
    """Keeps a Rasa running: waits until it is ready, restarts it when it is dead or deaf.

    Back-off doubles from half a second to thirty, and begins anew once Rasa was ready.
    """

    CHECK_EVERY = 2.0
    DEAF_AFTER = 3
    START_WITHIN = 120.0
    STOP_WITHIN = 3.0

    def __init__(
        self,
        start: Callable[[], Awaitable[asyncio.subprocess.Process]],
        is_ready: Callable[[], Awaitable[bool]],
        *,
        warm_up: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self.start = start
        self.is_ready = is_ready
        self.warm_up = warm_up
        self.process: asyncio.subprocess.Process | None = None
        self.ready = asyncio.Event()
        self.restarts = 0

    async def run(self) -> None:
        """Supervise until cancelled."""
        pause = 0.5
        try:
            while True:
                if await self.run_once():
                    pause = 0.5
                self.ready.clear()
                self.restarts += 1
                logger.warning("rasa has ended; starting it again in %.1f s", pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)
        finally:
            await self.stop()

    async def run_once(self) -> bool:
        """One life of the process, from its start to its end; whether it ever was ready."""
        try:
            self.process = await self.start()
        except OSError as error:
            logger.error("rasa cannot be started: %s", error)
            return False
        was_ready = await self.wait_until_ready(self.process)
        if was_ready:
            if self.warm_up:
                with contextlib.suppress(EngineUnavailable):
                    await self.warm_up()
            logger.info("rasa is ready")
            self.ready.set()
            await self.watch(self.process)
        await self.stop()
        return was_ready

    async def wait_until_ready(self, process: asyncio.subprocess.Process) -> bool:
        deadline = asyncio.get_running_loop().time() + self.START_WITHIN
        while process.returncode is None and asyncio.get_running_loop().time() < deadline:
            if await self.is_ready():
                return True
            await asyncio.sleep(0.2)
        return False

    async def watch(self, process: asyncio.subprocess.Process) -> None:
        """Return when the process has ended or did not answer several times running."""
        missed = 0
        while missed < self.DEAF_AFTER:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it loses a cancellation that meets the end.
                async with asyncio.timeout(self.CHECK_EVERY):
                    await process.wait()
                    return
            missed = 0 if await self.is_ready() else missed + 1
        logger.warning("rasa does not answer; ending it")

    async def stop(self) -> None:
        process, self.process = self.process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self.STOP_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def newest_model(settings: Settings) -> Path:
    """The model to run.

    Raises:
        FileNotFoundError: there is none yet, or not where the setting says.
    """
    if settings.rasa_model is not None:
        if not settings.rasa_model.is_file():
            raise FileNotFoundError(f"{settings.rasa_model}: no such model; see LINLI_RASA_MODEL")
        return settings.rasa_model
    models = sorted(settings.models.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    if not models:
        raise FileNotFoundError(f"no model in {settings.models}: run 'linli nlu train'")
    return models[-1]


def own_rasa(settings: Settings, port: int | None = None) -> RasaProcess:
    return RasaProcess(
        python=settings.rasa_python,
        model=newest_model(settings),
        folder=settings.home / "rasa",
        port=port or free_port(),
        token=secrets.token_urlsafe(24),
        service=settings.own_url,
        name=f"rasa-{settings.port}",
        database=database_of(settings),
        log_format=settings.log_format,
        redis=settings.redis_url.get_secret_value() if settings.redis_url else "",
    )


def database_of(settings: Settings) -> str:
    """PostgreSQL's own kind of address where the service uses it, else empty."""
    address = make_url(settings.database)
    if address.get_backend_name() not in {"postgresql", "postgres"}:
        return ""
    return address.set(drivername="postgresql").render_as_string(hide_password=False)
