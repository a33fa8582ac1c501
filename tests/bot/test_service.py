import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.database import migrate
from bot.service import Service, build, build_app
from bot.settings import Settings

pytestmark = pytest.mark.anyio

ACTIONS = "/internal/actions/webhook"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", body_limit=20_000)
    settings.models.mkdir(parents=True)
    (settings.models / "model.tar.gz").touch()
    migrate(settings.database)
    return settings


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    service = build(settings)
    yield service
    await service.engine.close()
    service.database.dispose()


@pytest.fixture
def app(service: Service) -> FastAPI:
    return build_app(service)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:
        yield client


def told(response: httpx.Response) -> str:
    return str(response.json()["error"]["message"])


async def test_without_a_model_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="linli nlu train"):
        build(Settings(home=tmp_path / "home"))


async def test_two_services_with_two_homes_share_nothing(tmp_path: Path) -> None:
    built = []
    for name in "ab":
        home = tmp_path / name
        (home / "models").mkdir(parents=True)
        (home / "models" / "model.tar.gz").touch()
        built.append(build(Settings(home=home)))
    one, other = built
    assert one.token != other.token
    assert one.engine.url != other.engine.url
    assert str(one.database.url) != str(other.database.url)
    assert one.vault.fingerprint("13800000000") != other.vault.fingerprint("13800000000")
    for service in built:
        await service.engine.close()
        service.database.dispose()


async def test_a_rasa_elsewhere_is_neither_started_nor_supervised(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"rasa_url": "http://127.0.0.1:1", "rasa_token": None})
    service = build(elsewhere)
    assert service.supervisor is None
    assert service.engine.url == "http://127.0.0.1:1"
    await service.engine.close()
    service.database.dispose()


async def test_it_is_alive_at_once_and_ready_only_when_everything_is(
    client: httpx.AsyncClient, service: Service
) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    before = await client.get("/readyz")
    assert before.status_code == 503
    assert before.json() == {"database": True, "knowledge": False, "started": False, "rasa": False}
    service.started.set()
    assert (await client.get("/readyz")).status_code == 503


async def test_without_its_tables_it_is_not_ready(
    client: httpx.AsyncClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.started.set()
    monkeypatch.setattr(Service, "knowledge_is_there", lambda self: True)
    assert (await client.get("/readyz")).status_code == 200
    monkeypatch.setattr(Service, "database_answers", lambda self: False)
    assert (await client.get("/readyz")).status_code == 503


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic token", "Bearer é"]
)
async def test_the_route_of_actions_is_not_there_for_others(
    client: httpx.AsyncClient, authorization: str | None
) -> None:
    headers: Any = {} if authorization is None else {"authorization": authorization.encode()}
    refused = await client.post(ACTIONS, json={"next_action": "action_greet"}, headers=headers)
    assert (refused.status_code, told(refused)) == (404, "没有这个页面。")
    assert (await client.get(ACTIONS)).status_code in {404, 405}


async def test_without_a_token_nobody_reaches_the_actions(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"rasa_url": "http://127.0.0.1:1", "rasa_token": None})
    service = build(elsewhere)
    transport = httpx.ASGITransport(build_app(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:
        refused = await client.post(ACTIONS, json={}, headers={"authorization": "Bearer "})
    assert refused.status_code == 404
    await service.engine.close()
    service.database.dispose()


async def test_rasa_reaches_the_actions_with_its_token(
    client: httpx.AsyncClient, service: Service
) -> None:
    message = await client.post("/api/chat/messages", json={"conversation_id": "a", "text": "😀"})
    assert message.status_code == 200
    headers = {"authorization": f"Bearer {service.token}"}
    tracker = {
        "sender_id": "web:a",
        "slots": {},
        "latest_message": {"intent": {"name": "greet"}, "metadata": {"message": 1}},
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
    }
    call = {"next_action": "action_greet", "sender_id": "web:a", "tracker": tracker, "domain": {}}
    answer = await client.post(ACTIONS, json=call, headers=headers)
    assert answer.status_code == 200
    assert set(answer.json()) == {"events", "responses"}


async def test_a_message_is_answered_while_rasa_is_not_there(client: httpx.AsyncClient) -> None:
    said = {"conversation_id": "a", "message_id": "1", "text": "三号楼二单元的路灯坏了一个星期"}
    answer = (await client.post("/api/chat/messages", json=said)).json()
    assert answer["replies"][0]["text"]
    assert (await client.post("/api/chat/messages", json=said)).json() == answer


async def test_an_emergency_is_answered_first_whatever_works(client: httpx.AsyncClient) -> None:
    said = {"text": "我家厨房着火了，快来人"}
    [reply] = (await client.post("/api/chat/messages", json=said)).json()["replies"]
    assert reply["urgent"] is True
    assert "119" in [call["number"] for call in reply["calls"]]


async def test_metrics_can_be_read_and_hold_nothing_said(
    client: httpx.AsyncClient,
) -> None:
    said = {"conversation_id": "c0nversation", "text": "张三反映路灯坏了 13800000000"}
    await client.post("/api/chat/messages", json=said)
    answer = await client.get("/metrics")
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"linli_messages_received", "linli_answer_seconds", "linli_degraded"} <= names
    for words in ("张三", "路灯", "13800000000", "c0nversation"):
        assert words not in answer.text


async def test_telegram_is_off_unless_a_token_is_set(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    update = {"update_id": 1, "message": {"message_id": 1, "date": 0, "text": "路灯坏了"}}
    update["message"] |= {"chat": {"id": 5001, "type": "private"}}  # type: ignore[operator]
    assert (await client.post("/channels/telegram", json=update)).status_code == 404
    secret = SecretStr("secret-of-the-webhook")
    told = {"telegram_token": SecretStr("7000001:key-of-the-bot"), "telegram_secret": secret}
    service = build(settings.model_copy(update=told))
    assert "telegram" in service.courier.writers
    assert "telegram" in service.gateway.fetchers
    transport = httpx.ASGITransport(build_app(service))
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret.get_secret_value()}
    async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:
        assert (await client.post("/channels/telegram", json=update)).status_code == 403
        taken = await client.post("/channels/telegram", json=update, headers=headers)
    assert taken.status_code == 200
    with service.sessions() as session:
        assert session.execute(text("SELECT channel FROM inbound")).scalars().all() == ["telegram"]
    await asyncio.gather(*service.gateway.running.values())
    await service.engine.close()
    await service.telegram.close()
    service.database.dispose()


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/nothing", 404, "没有这个页面。"),
        ("GET", "/docs", 404, "没有这个页面。"),
        ("GET", "/openapi.json", 404, "没有这个页面。"),
        ("DELETE", "/healthz", 405, "不能这样访问。"),
        ("POST", "/api/chat/messages", 422, "请求的格式不对：JSON"),
    ],
)
async def test_every_error_has_one_form(
    client: httpx.AsyncClient, method: str, path: str, status: int, message: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()) == (status, {"error": {"message": message}})


async def test_too_large_is_too_large_declared_or_not(client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 1000

    declared = await client.post("/api/chat/messages", content=b"x" * 30_000)
    undeclared = await client.post("/api/chat/messages", content=parts())
    assert declared.status_code == undeclared.status_code == 413
    assert told(declared) == told(undeclared)


async def test_a_fault_of_our_own_has_the_form_of_every_error(
    client: httpx.AsyncClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.gateway, "record", lambda said: 1 / 0)
    answer = await client.post("/api/chat/messages", json={"text": "路灯坏了"})
    assert answer.status_code == 500
    assert "路灯" not in answer.text
    assert told(answer)


async def test_the_page_is_served_with_the_communitys_name(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert (page.status_code, "云溪街道" in page.text) == (200, True)


async def test_deliveries_go_on_after_a_fault_of_the_database(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    def fail_first(self: Service) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("said in confidence", {}, Exception())

    monkeypatch.setattr(Service, "deliver_once", fail_first)
    monkeypatch.setattr("bot.service.asyncio.sleep", lambda seconds, real=asyncio.sleep: real(0))
    task = asyncio.create_task(service.deliver())
    async with asyncio.timeout(60):
        while len(calls) < 3:  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(0)
    task.cancel()
    assert "OperationalError" in caplog.text
    assert "confidence" not in caplog.text


async def test_from_one_address_behind_a_proxy_only_so_many_are_answered(
    settings: Settings,
) -> None:
    limited = settings.model_copy(update={"rate_per_address": "2/hour"})
    service = build(limited)
    app = ProxyHeadersMiddleware(build_app(service), list(limited.trusted_proxies))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:

        async def ask(forwarded: str) -> str:
            headers = {"X-Forwarded-For": forwarded} if forwarded else {}
            answer = await client.post(
                "/api/chat/messages", json={"text": "我的工单"}, headers=headers
            )
            return str(answer.json()["replies"][0]["text"])

        for forged in ("", "198.51.100.1, "):
            assert "跟不上" not in await ask(f"{forged}203.0.113.9")
        assert "跟不上" in await ask("198.51.100.2, 203.0.113.9")
        assert "跟不上" not in await ask("203.0.113.10")
        for _ in range(4):
            assert "跟不上" not in await ask("")
    await service.engine.close()
    service.database.dispose()
