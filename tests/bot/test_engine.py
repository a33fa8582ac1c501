import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.reply import Button, Reply, TicketCard
from bot.engine import (
    Engine,
    EngineUnavailable,
    RasaProcess,
    Supervisor,
    free_port,
    newest_model,
    own_rasa,
)
from bot.settings import Settings

pytestmark = pytest.mark.anyio

TOKEN = "a-token"


@dataclass
class FakeRasa:
    """Answers any request with ``status`` and ``body``, after ``delay``, and remembers it."""

    body: bytes = b'{"messages": [{"text": "ok"}]}'
    status: int = 200
    delay: float = 0
    drip: bool = False
    seen: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.append(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                while True:
                    await self.answer(reader, writer)
            finally:
                writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        given = await reader.readexactly(int(headers.get("content-length", 0)))
        path = head[0].split()[1]
        self.seen.append((path, headers, json.loads(given) if given else None))
        await asyncio.sleep(self.delay)
        answer = f"HTTP/1.1 {self.status} x\r\ncontent-length: {len(self.body)}\r\n\r\n".encode()
        if self.drip:
            for byte in answer + self.body:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.1)
        writer.write(answer + self.body)
        await writer.drain()


@pytest.fixture
async def rasa() -> AsyncIterator[FakeRasa]:
    fake = FakeRasa()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield fake
    server.close()
    for task in fake.tasks:
        task.cancel()
    await asyncio.gather(*fake.tasks, return_exceptions=True)


@pytest.fixture
async def engine(rasa: FakeRasa) -> AsyncIterator[Engine]:
    engine = Engine(rasa.url, TOKEN, timeout=60)
    yield engine
    await engine.close()


async def test_a_message_goes_out_with_token_conversation_and_number(
    rasa: FakeRasa, engine: Engine
) -> None:
    assert await engine.respond("web:a", "路灯坏了", 7) == [Reply("ok")]
    [(path, headers, body)] = rasa.seen
    assert path == "/webhooks/linli/messages"
    assert headers["authorization"] == f"bearer {TOKEN}"
    told = {"message": 7, "part": None}
    assert body == {"conversation": "web:a", "text": "路灯坏了", "metadata": told}


async def test_what_actions_said_and_what_rasa_says_itself_become_replies(
    rasa: FakeRasa, engine: Engine
) -> None:
    card = Reply("好", ticket=TicketCard("LL20301122-0042-7", "待受理", "路灯坏了"))
    own = {"text": "选一个", "buttons": [{"title": "一", "payload": "第一"}, {"title": "二"}]}
    rasa.body = json.dumps({"messages": [{"custom": card.to_json()}, own]}).encode()
    assert await engine.respond("web:a", "好", 1) == [
        card,
        Reply("选一个", (Button("一", "第一"), Button("二", "二"))),
    ]


async def test_a_message_is_parsed(rasa: FakeRasa, engine: Engine) -> None:
    rasa.body = b'{"intent": {"name": "greet"}}'
    assert await engine.parse("您好") == {"intent": {"name": "greet"}}
    assert rasa.seen[0][0::2] == ("/webhooks/linli/parse", {"text": "您好"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"messages": []}',
        b'{"messages": null}',
        b'{"messages": 5}',
        b'{"messages": ["ok"]}',
        b'{"messages": [{"custom": {}}]}',
        b'{"messages": [{"custom": {"text": "a", "buttons": [{}]}}]}',
        b'{"messages": [{"text": "a", "buttons": [{}]}]}',
    ],
)
async def test_an_answer_that_says_nothing_counts_as_none(
    rasa: FakeRasa, engine: Engine, body: bytes
) -> None:
    rasa.body = body
    with pytest.raises(EngineUnavailable):
        await engine.respond("web:a", "路灯坏了", 1)


@pytest.mark.parametrize("status", [302, 401, 404, 500, 503])
async def test_an_error_counts_as_no_answer(rasa: FakeRasa, engine: Engine, status: int) -> None:
    rasa.status = status
    with pytest.raises(EngineUnavailable):
        await engine.respond("web:a", "路灯坏了", 1)
    with pytest.raises(EngineUnavailable):
        await engine.parse("路灯坏了")
    assert not await engine.is_ready()


@pytest.mark.parametrize("drip", [False, True], ids=["silent", "a byte at a time"])
async def test_one_who_hangs_is_given_up_in_time_and_heard_again_later(
    rasa: FakeRasa, engine: Engine, drip: bool
) -> None:
    rasa.delay, rasa.drip = (0 if drip else 600), drip
    engine.timeout = 0.3
    async with asyncio.timeout(60):
        with pytest.raises(EngineUnavailable):
            await engine.respond("web:a", "路灯坏了", 1)
    rasa.delay, rasa.drip = 0, False
    engine.timeout = 60
    assert await engine.respond("web:a", "路灯坏了", 1) == [Reply("ok")]


async def test_nobody_there_counts_as_no_answer() -> None:
    engine = Engine(f"http://127.0.0.1:{free_port()}", TOKEN, timeout=60)
    with pytest.raises(EngineUnavailable):
        await engine.respond("web:a", "路灯坏了", 1)
    assert not await engine.is_ready()
    await engine.close()


async def test_no_fault_repeats_what_was_said(rasa: FakeRasa, engine: Engine) -> None:
    rasa.body = b'{"messages": [{"custom": "said in confidence"}]}'
    with pytest.raises(EngineUnavailable) as fault:
        await engine.respond("web:a", "said in confidence", 1)
    assert "confidence" not in str(fault.value)


async def test_proxies_of_the_environment_are_not_asked(
    rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    engine = Engine(rasa.url, TOKEN, timeout=60)
    assert await engine.respond("web:a", "好", 1) == [Reply("ok")]
    await engine.close()


# The supervisor, with small processes in the place of Rasa


@dataclass
class Kennel:
    """Starts small Python processes and says whether the present one is ready."""

    program: str = "import time; time.sleep(600)"
    ready: bool = True
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", self.program)
        self.processes.append(process)
        return process

    async def is_ready(self) -> bool:
        return self.ready


@pytest.fixture
def kennel() -> Kennel:
    return Kennel()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between two starts, which last no time here."""
    taken: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        if seconds >= 0.5:
            taken.append(seconds)
        await sleep(min(seconds, 0.01))

    monkeypatch.setattr("bot.engine.asyncio.sleep", note)
    monkeypatch.setattr(Supervisor, "CHECK_EVERY", 0.02)
    return taken


@contextlib.asynccontextmanager
async def supervised(
    kennel: Kennel,
    start: Callable[[], Awaitable[asyncio.subprocess.Process]] | None = None,
    warm_up: Callable[[], Awaitable[object]] | None = None,
) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(start or kennel.start, kennel.is_ready, warm_up=warm_up)
    task = asyncio.create_task(supervisor.run())
    try:
        yield supervisor
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        for process in kennel.processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(0.01)


async def test_a_process_that_ends_is_started_again(kennel: Kennel, pauses: list[float]) -> None:
    async with supervised(kennel) as supervisor:
        await until(supervisor.ready.is_set)
        kennel.processes[0].kill()
        await until(lambda: len(kennel.processes) == 2 and supervisor.ready.is_set())
        assert supervisor.restarts == 1
        assert kennel.processes[1].returncode is None


async def test_it_is_not_ready_before_it_answers_nor_after_it_has_ended(
    kennel: Kennel, pauses: list[float]
) -> None:
    kennel.ready = False
    async with supervised(kennel) as supervisor:
        await until(lambda: kennel.processes)
        await asyncio.sleep(0.1)
        assert not supervisor.ready.is_set()
        kennel.ready = True
        await until(supervisor.ready.is_set)
        kennel.ready = False
        kennel.processes[0].kill()
        await until(lambda: len(kennel.processes) == 2)
        assert not supervisor.ready.is_set()


async def test_one_that_never_gets_ready_is_waited_for_longer_and_longer(
    kennel: Kennel, pauses: list[float]
) -> None:
    kennel.program, kennel.ready = "raise SystemExit(1)", False
    async with supervised(kennel):
        await until(lambda: len(pauses) >= 8)
    assert pauses[:8] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


async def test_once_it_was_ready_the_waiting_begins_anew(
    kennel: Kennel, pauses: list[float]
) -> None:
    kennel.program, kennel.ready = "raise SystemExit(1)", False
    async with supervised(kennel) as supervisor:
        await until(lambda: len(pauses) >= 3)
        kennel.program, kennel.ready = Kennel.program, True
        await until(supervisor.ready.is_set)
        before = len(pauses)
        kennel.processes[-1].kill()
        await until(lambda: len(pauses) > before)
        assert pauses[before] == 0.5


async def test_one_that_is_deaf_is_ended_and_started_again(
    kennel: Kennel, pauses: list[float]
) -> None:
    async with supervised(kennel) as supervisor:
        await until(supervisor.ready.is_set)
        kennel.ready = False
        await until(lambda: len(kennel.processes) == 2)
        assert kennel.processes[0].returncode is not None


async def test_one_missed_answer_is_forgiven(kennel: Kennel, pauses: list[float]) -> None:
    answers = iter([True, False, False, True, False, False, True])

    async def now_and_then() -> bool:
        return next(answers, True)

    kennel.is_ready = now_and_then  # type: ignore[method-assign]
    async with supervised(kennel):
        await until(lambda: next(answers, None) is None)
        await asyncio.sleep(0.1)
        assert len(kennel.processes) == 1


async def test_one_that_ignores_the_request_to_end_is_killed(
    kennel: Kennel, pauses: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Supervisor, "STOP_WITHIN", 0.2)
    told = tmp_path / "told"
    kennel.program = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"pathlib.Path({str(told)!r}).touch(); time.sleep(600)"
    )
    async with supervised(kennel) as supervisor:
        await until(supervisor.ready.is_set)
        await until(told.exists)
        await supervisor.stop()
        assert kennel.processes[0].returncode == -signal.SIGKILL


async def test_ending_the_supervision_ends_the_process(kennel: Kennel) -> None:
    supervisor = Supervisor(kennel.start, kennel.is_ready)
    task = asyncio.create_task(supervisor.run())
    await until(supervisor.ready.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kennel.processes[0].returncode is not None
    assert len(kennel.processes) == 1


async def test_where_rasa_cannot_be_started_it_is_tried_again_and_said_so(
    kennel: Kennel, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    starts = 0

    async def fail_first() -> asyncio.subprocess.Process:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise FileNotFoundError("no python there")
        return await kennel.start()

    with caplog.at_level(logging.ERROR):
        async with supervised(kennel, fail_first) as supervisor:
            await until(supervisor.ready.is_set)
    assert "no python there" in caplog.text


async def test_it_is_ready_only_when_it_is_warm_and_a_failed_warm_up_stops_nothing(
    kennel: Kennel, pauses: list[float]
) -> None:
    warm = asyncio.Event()

    async def warm_up() -> None:
        await warm.wait()
        raise EngineUnavailable("cold")

    async with supervised(kennel, warm_up=warm_up) as supervisor:
        await until(lambda: kennel.processes)
        await asyncio.sleep(0.05)
        assert not supervisor.ready.is_set()
        warm.set()
        await until(supervisor.ready.is_set)


# How Rasa is started


def rasa_in(folder: Path, **told: Any) -> RasaProcess:
    given = {
        "python": Path(sys.executable),
        "model": folder / "model.tar.gz",
        "port": 5005,
        "token": TOKEN,
        "service": "http://127.0.0.1:8000",
        **told,
    }
    return RasaProcess(folder=folder, **given)


@pytest.mark.parametrize("name", ["rasa", "云溪 rasa", "a: b # c", 'it\'s "rasa"', "{home}"])
def test_its_files_can_be_read_wherever_they_lie_and_hold_no_token(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    rasa_in(folder).write_files()
    kinds = ("endpoints", "credentials")
    files = [(folder / f"rasa.{kind}.yml").read_text("utf-8") for kind in kinds]
    endpoints, credentials = map(yaml.safe_load, files)
    assert endpoints["action_endpoint"]["url"].startswith("http://127.0.0.1:8000/internal/")
    assert endpoints["tracker_store"]["db"] == "${LINLI_RASA_DATABASE}"
    assert "bot.rasa.channel.LinliChannel" in credentials
    assert TOKEN not in "".join(files)


def test_it_takes_turns_in_redis_where_there_is_one_and_the_file_holds_no_password(
    tmp_path: Path,
) -> None:
    settings = Settings.model_validate({"home": tmp_path, "redis_url": "redis://:geheim@x"})
    settings.models.mkdir()
    (settings.models / "model.tar.gz").touch()
    rasa = own_rasa(settings, port=5005)
    rasa.write_files()
    written = rasa.file("endpoints").read_text("utf-8")
    assert yaml.safe_load(written)["lock_store"]["url"] == "${LINLI_REDIS_URL}"
    assert rasa.environment()["LINLI_REDIS_URL"] == "redis://:geheim@x"
    assert "geheim" not in f"{written} {rasa!r}"
    rasa_in(tmp_path / "alone").write_files()
    alone = (tmp_path / "alone" / "rasa.endpoints.yml").read_text("utf-8")
    assert "lock_store" not in yaml.safe_load(alone)


async def test_it_runs_on_this_machine_only_without_telemetry_and_with_its_token(
    tmp_path: Path,
) -> None:
    spy = tmp_path / "python"
    spy.write_text(f'#!/bin/sh\nenv > "{tmp_path}/env"; echo "$@" > "{tmp_path}/arguments"\n')
    spy.chmod(0o755)
    process = await rasa_in(tmp_path / "rasa", python=spy).start()
    assert await process.wait() == 0
    arguments = (tmp_path / "arguments").read_text()
    assert "--interface 127.0.0.1 --port 5005" in arguments
    assert "--enable-api" not in arguments
    assert TOKEN not in arguments
    environment = (tmp_path / "env").read_text()
    assert "RASA_TELEMETRY_ENABLED=false" in environment
    assert f"LINLI_RASA_TOKEN={TOKEN}" in environment


async def test_without_its_environment_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await rasa_in(tmp_path, python=tmp_path / "python").start()


def test_the_newest_model_is_run(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(FileNotFoundError, match="linli nlu train"):
        newest_model(settings)
    settings.models.mkdir()
    for age, name in enumerate(("b", "a", "c")):
        path = settings.models / f"{name}.tar.gz"
        path.touch()
        os.utime(path, (1000 - age, 1000 - age))
    assert newest_model(settings).name == "b.tar.gz"


def test_a_model_that_is_named_must_be_there(tmp_path: Path) -> None:
    model = tmp_path / "mine.tar.gz"
    with pytest.raises(FileNotFoundError, match="LINLI_RASA_MODEL"):
        newest_model(Settings(home=tmp_path, rasa_model=model))
    model.touch()
    assert newest_model(Settings(home=tmp_path, rasa_model=model)) == model


def test_a_free_port_is_free() -> None:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", free_port()))
