"""Open streams, over a real connection."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.reply import Reply
from bot.server import Server
from channels import bells
from channels.attachments import Attachments
from channels.bells import Bells
from channels.errors import add_error_handlers
from channels.limits import BodyLimit
from channels.metrics import STREAMS
from channels.outgoing import tell
from channels.transcript import Spoken, write
from channels.web import streams as module
from channels.web.channel import Web
from channels.web.lines import key_of
from channels.web.streams import Streams
from channels.web.tokens import name_of
from tests.channels.house import House, until
from tests.channels.web.channel_of import web_of

pytestmark = pytest.mark.anyio


@dataclass
class Served:
    """The chat API on a port of this machine."""

    web: Web
    house: House
    server: Server
    http: httpx.AsyncClient
    token: str

    @property
    def key(self) -> str:
        return key_of(name_of(self.token))

    def say(self, text: str, conversation: str | None = None) -> None:
        with self.house.sessions.begin() as session:
            tell(
                session,
                conversation or self.key,
                Reply(text),
                self.house.vault,
                self.house.clock(),
            )

    @asynccontextmanager
    async def listening(self, after: int = 0, last: int | None = None) -> AsyncIterator["Heard"]:
        path = f"/api/chat/conversations/{name_of(self.token)}/events?after={after}"
        headers = {"Authorization": f"Bearer {self.token}"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        async with self.http.stream("GET", path, headers=headers) as answer:
            heard = Heard(answer)
            reading = asyncio.create_task(heard.read())
            try:
                yield heard
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)


@dataclass
class Heard:
    """What came through a stream."""

    answer: httpx.Response
    events: list[dict[str, str]] = field(default_factory=list)
    ended: bool = False

    async def read(self) -> None:
        event: dict[str, str] = {}
        async for line in self.answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            else:
                self.events.append(event)
                event = {}
        self.ended = True

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(e["data"]) for e in self.events if "event" not in e and "data" in e]

    @property
    def texts(self) -> list[str]:
        return [line["text"] for line in self.lines]


@pytest.fixture
async def served(house: House, tmp_path: Path) -> AsyncIterator[Served]:
    web = web_of(house, Attachments(tmp_path, 1))
    app = FastAPI()
    app.include_router(web.routes(house.gateway()))
    add_error_handlers(app)
    app.add_middleware(BodyLimit, limit=10_000, message="太大了")
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", ws="none", lifespan="off")
        server = Server(config, ending=web.streams.close)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started)
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=origin, trust_env=False, timeout=60) as http:
            yield Served(web, house, server, http, web.visitors.tokens.new())
        server.should_exit = True
        await serving


async def test_what_was_said_comes_first_and_then_what_is_said(served: Served) -> None:
    served.say("一")
    async with served.listening() as heard:
        await until(lambda: heard.texts == ["一"])
        served.say("二")
        served.say("别人的", "web:other")
        served.say("三")
        await until(lambda: len(heard.texts) == 3)
        assert heard.texts == ["一", "二", "三"]
        assert [e["id"] for e in heard.events if "id" in e] == [
            str(line["id"]) for line in heard.lines
        ]


async def test_a_line_has_the_form_it_has_in_the_transcript(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.token}"}
    message = {"conversation_id": served.token, "message_id": "m", "text": "路灯坏了\n很久了"}
    await served.http.post("/api/chat/messages", json=message)
    path = f"/api/chat/conversations/{name_of(served.token)}/messages"
    told = (await served.http.get(path, headers=headers)).json()["messages"]
    async with served.listening() as heard:
        await until(lambda: len(heard.lines) == 3)
        assert heard.lines == told


async def test_an_operators_line_is_told_from_linlis(served: Served) -> None:
    house = served.house
    with house.sessions.begin() as session:
        content = {"text": "您好，我是工作人员"}
        write(session, served.key, None, "operator", content, house.vault, house.clock())
    async with served.listening() as heard:
        await until(lambda: heard.lines)
        assert heard.lines[0]["from"] == "operator"


async def test_it_goes_on_behind_the_last_event(served: Served) -> None:
    for text in "一二三":
        served.say(text)
    second = served.house.lines(served.key)[1].id
    async with served.listening(after=0, last=second) as resumed:
        await until(lambda: resumed.texts == ["三"])
    async with served.listening(after=second) as first:
        await until(lambda: first.texts == ["三"])


async def test_more_lines_than_are_read_at_once_come_all_and_in_order(served: Served) -> None:
    texts = [f"第{n}" for n in range(module.AT_ONCE + 50)]
    for text in texts:
        served.say(text)
    async with served.listening() as heard:
        await until(lambda: len(heard.texts) == len(texts))
        assert heard.texts == texts


async def test_nothing_on_the_way_keeps_what_is_said_back(served: Served) -> None:
    async with served.listening() as heard:
        headers = heard.answer.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["x-accel-buffering"] == "no"
        assert "no-cache" in headers["cache-control"]
        await until(lambda: heard.events)
        low, high = module.COME_BACK
        assert low <= int(heard.events[0]["retry"]) <= high


async def test_silence_is_broken_by_signs_of_life(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SIGN_OF_LIFE", 0.02)
    async with served.listening() as heard:
        await until(lambda: sum(e.get("event") == "alive" for e in heard.events) >= 3)
        served.say("还在")
        await until(lambda: heard.texts == ["还在"])


def says(heard: Heard, text: str) -> bool:
    return heard.texts == [text]


async def test_a_conversation_has_so_many_streams_and_the_oldest_makes_room(
    served: Served,
) -> None:
    async with AsyncExitStack() as listening:
        heard = [
            await listening.enter_async_context(served.listening())
            for _ in range(served.web.streams.each + 1)
        ]
        await until(lambda: heard[0].ended)
        assert heard[0].events[-1]["event"] == "replaced"
        served.say("还在")
        for one in heard[1:]:
            await until(partial(says, one, "还在"))
        assert len(served.web.streams.seats[served.key]) == served.web.streams.each
    await until(lambda: served.web.streams.seats == {})


async def test_there_are_so_many_over_all(served: Served) -> None:
    served.web.streams.at_once = 1
    async with served.listening():
        served.token = served.web.visitors.tokens.new()
        async with served.listening() as refused:
            assert refused.answer.status_code == 503
            assert int(refused.answer.headers["retry-after"]) > 0


async def test_who_goes_away_leaves_nothing_behind(served: Served) -> None:
    before = STREAMS._value.get()
    async with served.listening() as heard:
        await until(lambda: heard.events)
        assert STREAMS._value.get() == before + 1
    await until(lambda: STREAMS._value.get() == before)
    assert served.web.streams.seats == {}
    assert served.web.streams.bells.listeners == {}


async def test_the_service_stops_though_streams_are_open(served: Served) -> None:
    async with served.listening() as heard:
        await until(lambda: heard.events)
        served.server.should_exit = True
        await until(lambda: heard.ended)
    await until(lambda: not served.server.server_state.tasks)


async def test_an_idle_stream_asks_the_database_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def note(self: Streams, conversation: str, after: int) -> list[Spoken]:
        read.append(conversation)
        return []

    monkeypatch.setattr(Streams, "read", note)
    monkeypatch.setattr(module, "SIGN_OF_LIFE", 1000)
    monkeypatch.setattr(bells, "LOOKS_EVERY", 0.02)
    looks: list[None] = []

    def look(self: Bells) -> list[tuple[int, str]]:
        looks.append(None)
        return []

    monkeypatch.setattr(Bells, "look", look)
    async with served.listening():
        await until(lambda: len(looks) >= 10)
    assert len(read) <= 2  # once when it began, once when the first look rang


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
async def test_no_line_is_missing_and_none_comes_twice_however_often_it_breaks_off(
    served: Served, said: list[int]
) -> None:
    """Each number: so many lines are said, then the stream breaks off at any line."""
    served.token = served.web.visitors.tokens.new()
    expected: list[str] = []
    seen: list[dict[str, Any]] = []
    for count in said:
        last = seen[-1]["id"] if seen else None
        async with served.listening(last=last) as heard:
            for _ in range(count):
                expected.append(f"第{len(expected)}")
                served.say(expected[-1])
            if count:
                await until(lambda: heard.lines)
            seen += heard.lines
    async with served.listening(last=seen[-1]["id"] if seen else None) as heard:
        await until(lambda: len(seen) + len(heard.lines) == len(expected))
        seen += heard.lines
    assert [line["text"] for line in seen] == expected
