from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from channels.errors import add_error_handlers
from channels.hotline.routes import hotline_routes
from tests.channels.hotline.hall import Hall

pytestmark = pytest.mark.anyio

TOKEN = "token-of-the-desk"
BY = {"by": "小李"}
ONE = "/hotline/api/handovers/1"


def client_of(hall: Hall, token: str | None) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(hotline_routes(hall.desk, SecretStr(token) if token is not None else None))
    add_error_handlers(app)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://linli",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )


@pytest.fixture
async def api(hall: Hall) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hall, TOKEN) as client:
        yield client


async def post(api: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await api.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_token_it_is_not_there(hall: Hall, token: str | None) -> None:
    async with client_of(hall, token) as client:
        client.headers["Authorization"] = "Bearer "
        assert (await client.get("/hotline/api/queue")).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", TOKEN, "Bearer é"])
async def test_another_token_opens_nothing(api: httpx.AsyncClient, hall: Hall, given: str) -> None:
    await hall.tell("转人工")
    headers: Any = {"Authorization": given.encode()}
    for method, path in (("GET", "queue"), ("GET", "handovers/1"), ("POST", "handovers/1/take")):
        refused = await api.request(method, f"/hotline/api/{path}", json=BY, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
    assert hall.waiting() == [1]


async def test_the_queue_tells_who_waits_and_since_when(api: httpx.AsyncClient, hall: Hall) -> None:
    hall.begin_report()
    await hall.tell("转人工")
    await hall.tell("转人工", "web:b")
    hall.take(2)
    shown = (await api.get("/hotline/api/queue")).json()
    assert shown["open"] is True
    assert [h["id"] for h in shown["waiting"]] == [1]
    assert [h["taken_by"] for h in shown["taken"]] == ["小李"]
    assert shown["waiting"][0]["summary"]["category"] == "城乡建设"
    assert shown["waiting"][0]["waited_seconds"] > 0
    assert "web:a" not in repr(shown)


async def test_a_conversation_is_taken_answered_and_handed_back(
    api: httpx.AsyncClient, hall: Hall
) -> None:
    await hall.tell("我电话13812345678")
    await hall.tell("转人工")
    taken = await post(api, f"{ONE}/take", **BY)
    assert (taken["state"], taken["taken_by"]) == ("taken", "小李")
    first = await post(api, f"{ONE}/replies", **BY, text="您好", key="k1")
    assert await post(api, f"{ONE}/replies", **BY, text="您好", key="k1") == first
    lines = (await api.get(f"{ONE}/lines")).json()["lines"]
    assert [line["from"] for line in lines][-2:] == ["linli", "operator"]
    assert lines[0]["text"] == "我电话138****5678"
    later = (await api.get(f"{ONE}/lines", params={"after": first["line"] - 1})).json()["lines"]
    assert [line["text"] for line in later] == ["您好"]
    ticket = (await post(api, f"{ONE}/ticket", **BY, text="水管漏水"))["ticket"]
    assert (await post(api, f"{ONE}/ticket", **BY))["ticket"] == ticket
    over = await post(api, f"{ONE}/back", **BY)
    assert (over["state"], over["ending"]) == ("closed", "back")
    steps = [event["step"] for event in over["events"]]
    assert steps == ["began", "taken", "replied", "filed", "ended"]
    assert [h["id"] for h in (await api.get("/hotline/api/ended")).json()["ended"]] == [1]


async def test_a_settled_one_is_closed(api: httpx.AsyncClient, hall: Hall) -> None:
    await hall.tell("转人工")
    await post(api, f"{ONE}/take", **BY)
    assert (await post(api, f"{ONE}/close", **BY))["ending"] == "settled"


async def test_what_cannot_be_done_is_told(api: httpx.AsyncClient, hall: Hall) -> None:
    await hall.tell("转人工")
    refused = await api.post(f"{ONE}/replies", json={**BY, "text": "您好"})
    assert refused.status_code == 409
    assert "请先接待" in refused.json()["error"]["message"]
    missing = await api.post("/hotline/api/handovers/7/take", json=BY)
    assert missing.status_code == 404
    assert "7 号" in missing.json()["error"]["message"]
    for path in ("handovers/7", "handovers/7/lines"):
        assert (await api.get(f"/hotline/api/{path}")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"by": ""},
        {"by": " \u200b"},
        {"by": "李" * 3 + "x" * 60},
        {"by": 7},
        {"by": "小李", "text": "灯坏了" * 1000},
        {"by": "小李", "text": "您好", "key": "a b"},
        {"by": "小李"},
    ],
)
async def test_what_is_no_reply_is_refused(
    api: httpx.AsyncClient, hall: Hall, body: dict[str, Any]
) -> None:
    await hall.tell("转人工")
    hall.take()
    refused = await api.post(f"{ONE}/replies", json=body)
    assert refused.status_code == 422


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999"])
async def test_what_is_no_number_is_refused(api: httpx.AsyncClient, number: str) -> None:
    assert (await api.get(f"/hotline/api/handovers/{number}")).status_code == 422
