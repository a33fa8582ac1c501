import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from actions.reply import Reply
from bot import logs
from bot.database import migrate
from bot.engine import Engine
from bot.service import Service, build, build_app
from bot.settings import ROOT, Settings
from bot.tracing import NOTED, Traced, Tracing
from channels.courier import Courier
from channels.outgoing import Key, enqueue
from channels.recipients import Recipient
from channels.tables import Late
from channels.transcript import lines_to
from nlu import spans
from tests.channels.house import arrival, opened, told

pytestmark = pytest.mark.anyio

SECRET = "欧阳标记"
TOKEN = "a-token"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> Iterator[Tracing]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing = Tracing(provider)
    spans.measure_by(tracing)
    yield tracing
    spans.measure_by(None)
    provider.shutdown()


def answering(content: object) -> httpcore.Response:
    response = httpcore.Response(200, content=json.dumps(content).encode())
    response.read()
    return response


class Rasa:
    """In the place of the connection to Rasa: calls an action as Rasa does, and says its answer.

    What it was told is all it tells: the metadata of the message.
    """

    def __init__(self) -> None:
        self.app: Any = None
        self.headers: list[dict[Any, Any]] = []

    async def request(
        self, method: str, url: str, *, headers: dict[Any, Any], content: bytes
    ) -> httpcore.Response:
        self.headers.append(headers)
        given = json.loads(content or b"{}")
        if url.endswith("/parse"):
            return answering({"intent": {"name": "greet"}})
        # A process of its own: nothing of this one's context reaches it.
        trace_context = trace.set_span_in_context(trace.INVALID_SPAN)
        token = trace.context_api.attach(trace_context)  # type: ignore[attr-defined]
        call = {
            "next_action": "action_greet",
            "sender_id": given["conversation"],
            "tracker": {
                "sender_id": given["conversation"],
                "slots": {},
                "latest_message": {"text": given["text"], "metadata": given["metadata"]},
                "events": [],
            },
        }
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:
            answer = await client.post(
                "/internal/actions/webhook",
                json=call,
                headers={"Authorization": f"Bearer {TOKEN}"},
            )
        trace.context_api.detach(token)  # type: ignore[attr-defined]
        messages = [{"custom": r["custom"]} for r in answer.json()["responses"]]
        return answering({"messages": messages})

    async def aclose(self) -> None: ...


@pytest.fixture
def rasa() -> Rasa:
    return Rasa()


@pytest.fixture
async def service(
    tmp_path: Path, rasa: Rasa, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    settings = Settings.model_validate(
        {
            "home": tmp_path / "home",
            "rasa_url": "http://127.0.0.1:1",
            "rasa_token": TOKEN,
        }
    )
    settings.home.mkdir()
    migrate(settings.database)
    service = build(settings)
    monkeypatch.setattr(service.engine, "http", rasa)
    yield service
    service.database.dispose()


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def path_of(name: str, exporter: InMemorySpanExporter) -> list[str]:
    """The names of a span and of those around it, outermost first."""
    by_id = {span.context.span_id: span for span in exporter.get_finished_spans()}
    span: ReadableSpan | None = by_name(exporter)[name]
    path: list[str] = []
    while span is not None:
        path.insert(0, span.name)
        span = by_id.get(span.parent.span_id) if span.parent else None
    return path


async def test_one_trace_joins_the_request_rasa_and_the_action_it_calls(
    service: Service, rasa: Rasa, tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    app = Traced(build_app(service), tracing)
    rasa.app = app
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://linli"
    ) as client:
        said = {"conversation_id": "c0nversation", "text": f"{SECRET}您好"}
        answer = await client.post("/api/chat/messages", json=said)
    assert answer.status_code == 200
    assert answer.json()["replies"][0]["text"] == service.means.wording.text("greet")
    assert path_of("rasa.action action_greet", exporter) == [
        "POST /api/chat/messages",
        "gateway.receive",
        "gateway.answer",
        "rasa.message",
        "rasa.action action_greet",
    ]
    found = exporter.get_finished_spans()
    assert len({span.context.trace_id for span in found}) == 1
    assert {"inbox.record", "inbox.keep"} <= {span.name for span in found}
    number = trace.format_trace_id(found[0].context.trace_id)
    assert any(number in str(headers.get("traceparent")) for headers in rasa.headers)
    request = by_name(exporter)["POST /api/chat/messages"].attributes or {}
    assert request["http.response.status_code"] == 200
    assert request["linli.message"] == 1


async def test_a_span_carries_nothing_that_was_said_and_no_open_name(
    service: Service, rasa: Rasa, tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    app = Traced(build_app(service), tracing)
    rasa.app = app
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://linli"
    ) as client:
        said = {"conversation_id": "c0nversation", "text": f"{SECRET} 13912345678"}
        await client.post("/api/chat/messages", json=said)
        await client.get("/api/chat/conversations/c0nversation/messages?after=0")
    told_of = "".join(span.to_json() for span in exporter.get_finished_spans())
    assert service.vault.pseudonym("log/web:c0nversation")[:12] in told_of
    for secret in (SECRET, "13912345678", "c0nversation"):
        assert secret not in told_of
    assert "GET /api/chat/conversations/{conversation}/messages" in by_name(exporter)


async def test_a_page_that_listens_is_no_span_of_hours(
    service: Service, tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    transport = httpx.ASGITransport(Traced(build_app(service), tracing))
    async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:
        await client.get("/api/chat/conversations/a/messages")
        await client.get("/api/chat/conversations/a/events")
    assert list(by_name(exporter)) == ["GET /api/chat/conversations/{conversation}/messages"]


async def test_an_error_is_told_by_its_type(
    tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    with pytest.raises(ValueError, match=SECRET), spans.span("x"):
        raise ValueError(SECRET)
    span = by_name(exporter)["x"]
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert not span.events


class Postbox:
    """Takes what is sent."""

    async def send(self, to: Recipient, reply: Reply, *, inbound: int | None, key: Key) -> None: ...


async def test_what_is_sent_later_belongs_to_the_trace_of_its_message(
    tmp_path: Path, tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    with opened(tmp_path / "linli.db") as house:
        with spans.span("gateway.answer"), house.sessions.begin() as session:
            inbound = told(house, session, arrival(late=Late.PUSH, recipient="p"), Reply("好"))
            enqueue(session, lines_to(session, inbound), house.now)
            spans.note(inbound)
        courier = Courier(
            house.sessions, {"web": Postbox()}, vault=house.vault, clock=house.clock, owner="p"
        )
        assert await courier.bring() == 1
    assert path_of("courier.send", exporter) == ["gateway.answer", "courier.send"]
    sent = by_name(exporter)["courier.send"].attributes or {}
    assert sent["linli.message"] == inbound


def test_only_the_latest_messages_are_remembered(tracing: Tracing) -> None:
    with spans.span("x"):
        for number in range(NOTED + 1):
            spans.note(number)
        assert spans.noted(0) == ""
        assert spans.noted(NOTED) == spans.traceparent() != ""


def test_a_line_of_the_log_says_its_trace(tracing: Tracing) -> None:
    record = logging.LogRecord("bot", logging.INFO, "x.py", 1, "x", (), None)
    with spans.span("x"):
        told_of = json.loads(logs.JsonLines(spans.trace_id).format(record))
        assert told_of["trace_id"] == spans.traceparent().split("-")[1]
    assert "trace_id" not in json.loads(logs.JsonLines(spans.trace_id).format(record))


async def test_untraced_nothing_is_told_to_rasa(service: Service, rasa: Rasa) -> None:
    rasa.app = build_app(service)
    engine: Engine = service.engine
    await engine.parse("您好")
    assert not any("traceparent" in headers for headers in rasa.headers)


def test_without_a_collector_nothing_that_collects_is_loaded() -> None:
    program = "import sys, bot.cli, bot.service; print([m for m in sys.modules if 'otlp' in m])"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"{program}; assert 'opentelemetry.sdk.trace' not in sys.modules"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
