import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import logs
from bot.database import migrate
from bot.service import Service, build, build_app
from bot.settings import Settings
from channels.marks import Mark, current, mark

pytestmark = pytest.mark.anyio

NAME, PHONE, PLACE, CONVERSATION = "欧阳标记", "13912345678", "标记胡同", "c0nversationsecret"
SECRETS = (NAME, PHONE, PLACE, CONVERSATION)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging as it was, whatever a test makes of it."""
    root = logging.getLogger()
    kept = root.level, root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in logs.OURS}
    about = current.get()
    yield
    root.setLevel(kept[0])
    root.handlers[:] = kept[1]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)
    current.set(about)


def record(message: str, *values: object, name: str = "channels.gateway") -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, "x.py", 1, message, values, None)
    made.created = 1772416800.1234
    return made


def failed(error: Exception) -> logging.LogRecord:
    made = record("it failed")
    try:
        raise error
    except Exception:
        made.exc_info = sys.exc_info()
    return made


def test_a_line_is_one_object_with_what_it_is_about() -> None:
    mark(lambda text: f"hash of {text}", "web:a", 12)
    line = logs.JsonLines(lambda: "4bf9").format(record("message %d is put off", 12))
    assert json.loads(line) == {
        "time": "2026-03-02T02:00:00.123Z",
        "level": "WARNING",
        "logger": "channels.gateway",
        "message": "message 12 is put off",
        "channel": "web",
        "conversation": "hash of log/",
        "inbound": 12,
        "trace_id": "4bf9",
    }


def test_what_is_not_known_is_left_out() -> None:
    assert set(json.loads(logs.JsonLines().format(record("x")))) == {
        "time",
        "level",
        "logger",
        "message",
    }


def test_as_text_it_says_the_same() -> None:
    current.set(Mark("web", "1f2e", 12))
    assert logs.Lines(lambda: "4bf9").format(record("put off")) == (
        "2026-03-02T02:00:00.123Z WARNING channels.gateway: put off [web 1f2e 12] trace=4bf9"
    )


@pytest.mark.parametrize("form", [logs.Lines(), logs.JsonLines()])
def test_an_error_is_told_by_its_type_and_place_never_by_its_text(form: logs.Lines) -> None:
    line = form.format(failed(RuntimeError(f"cannot bear {NAME}")))
    assert NAME not in line
    assert "RuntimeError" in line
    assert "test_logs.py" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "message", "kept"),
    [
        ("asyncio", f"Task exception was never retrieved\nfuture: <Task {NAME}>", "retrieved"),
        ("py.warnings", f"/x/y.py:3: UserWarning: cannot read {NAME}", "y.py:3 UserWarning"),
        ("py.warnings", NAME, "warning"),
        ("rasa.core.processor", f"no more for sender 'web:{NAME}' now", "sender '…' now"),
        ("rasa.core.processor", f'{{"text": "{NAME}", "event": "no.model"}}', "no.model"),
    ],
)
def test_of_other_programs_lines_only_what_quotes_nobody_is_kept(
    name: str, message: str, kept: str
) -> None:
    line = logs.Lines().format(record(message, name=name))
    assert NAME not in line
    assert line.endswith(kept)


def test_others_only_warn_and_nothing_is_lost_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG", "json")
    for name in ("httpx", "telegram.ext", "sqlalchemy.engine", "channels.gateway", "uvicorn.error"):
        logging.getLogger(name).info("said by %s", name)
    logging.getLogger("py.warnings").warning("/x/y.py:3: UserWarning: of %s", NAME)
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["logger"] for line in said] == ["channels.gateway", "uvicorn.error", "py.warnings"]
    assert NAME not in repr(said)


class Unruly(Exception):
    """An error that quotes what it could not bear."""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    settings = Settings(home=tmp_path / "home", rate_per_person="6/minute")
    settings.models.mkdir(parents=True)
    (settings.models / "model.tar.gz").touch()
    migrate(settings.database)
    service = build(settings)
    yield service
    await service.engine.close()
    service.database.dispose()


@pytest.mark.parametrize("form", ["text", "json"])
async def test_a_whole_conversation_leaves_nothing_said_in_the_log(
    form: str, service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.configure("DEBUG", form)
    respond = service.gateway.respond
    loop = asyncio.get_running_loop()

    async def stumble(heard: Any) -> Any:
        if "出错" in heard.said.text:
            loop.default_exception_handler(
                {"message": "lost", "exception": Unruly(heard.said.text)}
            )
            raise Unruly(f"{heard.said.text} {heard.conversation}")
        return await respond(heard)

    monkeypatch.setattr(service.gateway, "respond", stumble)
    app = build_app(service)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:
        for text in (
            f"我叫{NAME}，{PLACE}3号楼的路灯坏了，电话{PHONE}",
            f"{NAME} 出错",
            "",
            f"{PLACE}着火了，快来人",
            f"{NAME}的身份证11010519491231002X",
            "我的工单",
            *[f"{NAME} {PHONE}"] * 3,
        ):
            said = {"conversation_id": CONVERSATION, "text": text}
            await client.post("/api/chat/messages", json=said)
        await client.post("/api/chat/messages", content=f'{{"text": "{NAME}'.encode())
        await client.get(f"/api/chat/conversations/{CONVERSATION}/messages")
        monkeypatch.setattr(service.gateway, "record", lambda arrival: 1 / 0)
        await client.post("/api/chat/messages", json={"text": f"{NAME} {PHONE}"})
    lines = capsys.readouterr().err.splitlines()
    told = "\n".join(lines)
    assert "Unruly" in told
    assert service.vault.pseudonym(f"log/web:{CONVERSATION}")[:12] in told
    assert [secret for secret in SECRETS if secret in told] == []
    if form == "json":
        assert all(isinstance(json.loads(line), dict) for line in lines)
