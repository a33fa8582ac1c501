import asyncio
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from channels.tables import InboundRow
from channels.telegram.routes import SECRET as HEADER
from channels.telegram.standin import photo
from tests.channels.house import House
from tests.channels.telegram.conftest import ANNE, SECRET, URL, Scene

pytestmark = pytest.mark.anyio


def refused(why: str) -> float:
    labels = {"channel": "telegram", "why": why}
    return REGISTRY.get_sample_value("linli_requests_refused_total", labels) or 0


async def test_a_message_is_written_down_before_it_is_acknowledged(scene: Scene) -> None:
    await scene.platform.say(ANNE, "路灯坏了")
    assert scene.platform.deliveries == [200]
    assert len(scene.house.rows("inbound")) == 1
    await scene.settle()
    assert scene.platform.seen(ANNE) == ["收到：路灯坏了", "第1句"]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET.upper(), SECRET + "x", "é"])
async def test_without_the_secret_nothing_is_taken(scene: Scene, secret: str) -> None:
    before = refused("forged")
    update = {"update_id": 1, "message": scene.platform.message(ANNE, 1, text="路灯坏了")}
    headers: Any = {HEADER: secret.encode()} if secret else {}
    answer = await scene.platform.http.post(URL, json=update, headers=headers)
    assert answer.status_code == 403
    assert scene.house.rows("inbound") == []
    assert refused("forged") == before + 1


async def test_where_updates_are_fetched_there_is_no_webhook(house: House, tmp_path: Path) -> None:
    scene = Scene(house, tmp_path, polls=True)
    answer = await scene.platform.http.post(URL, json={}, headers={HEADER: SECRET})
    assert answer.status_code == 404
    await scene.close()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b"7", b'"x"', b"\xff\xfe", b"[" * 5000, b"9" * 5000]
)
async def test_what_is_no_update_is_passed_over(scene: Scene, body: bytes) -> None:
    before = refused("malformed")
    answer = await scene.platform.http.post(URL, content=body, headers={HEADER: SECRET})
    assert (answer.status_code, scene.house.rows("inbound")) == (200, [])
    assert refused("malformed") == before + 1


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"poll": {"id": "1"}},
        {"hologram": {"message_id": 1}},
        {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel"}}},
        {"message_reaction": {}},
    ],
)
async def test_updates_of_other_kinds_have_no_effect(scene: Scene, content: Any) -> None:
    await scene.platform.bring(**content)
    assert scene.platform.deliveries == [200]
    assert scene.house.rows("inbound") == []


async def test_an_update_that_could_not_be_written_down_is_brought_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, faults = scene.gateway.record, [1]

    def fail_once(*asked: Any) -> Any:
        if faults:
            raise OSError(faults.pop())
        return record(*asked)

    monkeypatch.setattr(scene.gateway, "record", fail_once)
    scene.platform.http._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
    await scene.platform.say(ANNE, "路灯坏了")
    assert scene.platform.deliveries == [500, 200]
    await scene.settle()
    assert scene.answerer.texts == ["路灯坏了"]


@pytest.fixture
def held(house: House, tmp_path: Path) -> Iterator[tuple[asyncio.Runner, Scene]]:
    """A scene for whole runs of malformed bodies."""
    with asyncio.Runner() as runner:

        async def made() -> Scene:
            return Scene(house, tmp_path)

        scene = runner.run(made())
        yield runner, scene
        runner.run(scene.close())


PRIVATE = {"id": 1, "type": "private"}
SENDER = {"id": 1, "is_bot": False, "first_name": "a"}
MESSAGE = {"message_id": 1, "date": 1700000000, "chat": PRIVATE, "from": SENDER}
VALID = (
    {"message": {**MESSAGE, "text": "路灯坏了"}},
    {"message": {**MESSAGE, "photo": photo("p1"), "caption": "看"}},
    {"message": {**MESSAGE, "location": {"latitude": 39.9, "longitude": 116.3}}},
    {"message": {**MESSAGE, "contact": {"phone_number": "8613800000000", "user_id": 1}}},
    {"edited_message": {**MESSAGE, "text": "改了", "edit_date": 1700000001}},
    {"callback_query": {"id": "1", "from": SENDER, "message": MESSAGE, "data": "确认提交"}},
    {
        "my_chat_member": {
            "chat": PRIVATE,
            "from": SENDER,
            "date": 1700000000,
            "old_chat_member": {"user": SENDER, "status": "member"},
            "new_chat_member": {"user": SENDER, "status": "kicked", "until_date": 0},
        }
    },
)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**80), 2**80),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["\ud800", "private", "-1", "x" * 400, [], {}, [[]], [None], {"id": 5}]),
)


@given(data=st.data())
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
def test_malformed_bodies_break_nothing(
    held: tuple[asyncio.Runner, Scene], data: st.DataObject
) -> None:
    """Made from valid ones, by changing fields to anything and by cutting the body."""
    runner, scene = held
    update = {"update_id": 9, **data.draw(st.sampled_from(VALID))}
    body = json.dumps(data.draw(changed(update))).encode()
    if data.draw(st.integers(0, 9)) == 0:
        body = body[: data.draw(st.integers(0, len(body)))]
    before = refused("malformed"), messages(scene)
    post = scene.platform.http.post(URL, content=body, headers={HEADER: SECRET})
    assert runner.run(post).status_code == 200
    if refused("malformed") > before[0]:
        assert messages(scene) == before[1]


def messages(scene: Scene) -> int:
    with scene.house.sessions() as session:
        return session.scalar(select(func.count()).select_from(InboundRow)) or 0


@st.composite
def changed(draw: st.DrawFn, update: dict[str, Any]) -> Any:
    content: Any = json.loads(json.dumps(update))
    for _ in range(draw(st.integers(1, 3))):
        place = content
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and draw(st.integers(0, 3)):
                place = place[key]
                continue
            if isinstance(place, dict) and draw(st.booleans()):
                del place[key]
            else:
                place[key] = deepcopy(draw(JUNK))
            break
    return content
