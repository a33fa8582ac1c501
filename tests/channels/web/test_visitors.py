"""Whose a conversation is, over HTTP."""

import base64
import io
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from pydantic import SecretStr

from channels.attachments import Attachments
from channels.errors import add_error_handlers
from channels.web.tokens import name_of
from tests.channels.house import House
from tests.channels.web.channel_of import LASTS, web_of

pytestmark = pytest.mark.anyio

MESSAGES = "/api/chat/messages"
CONVERSATIONS = "/api/chat/conversations"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Origin": "https://linli"}
NOT_THERE = (404, {"error": {"message": "没有这段对话。"}})

Browser = Callable[..., httpx.AsyncClient]


@pytest.fixture
def key() -> SecretStr | None:
    return None


@pytest.fixture
async def browser(house: House, tmp_path: Path, key: SecretStr | None) -> AsyncIterator[Browser]:
    """Makes browsers: each has its cookies."""
    app = FastAPI()
    web = web_of(house, Attachments(tmp_path, 5_000_000), key=key)
    app.include_router(web.routes(house.gateway()))
    add_error_handlers(app)
    clients = []

    def open_one(scheme: str = "https", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app)
        client = httpx.AsyncClient(
            transport=transport, base_url=f"{scheme}://linli", headers={**OWN_PAGE, **headers}
        )
        clients.append(client)
        return client

    yield open_one
    for client in clients:
        await client.aclose()


def photo() -> str:
    out = io.BytesIO()
    Image.new("RGB", (8, 6)).save(out, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


async def begun(client: httpx.AsyncClient) -> str:
    """The name of a conversation the client has the cookie of, with one message and a photo."""
    name = str((await client.post(CONVERSATIONS)).json()["conversation_id"])
    for message in ({"text": "路灯坏了"}, {"image": photo()}):
        said = await client.post(MESSAGES, json={"conversation_id": name, **message})
        assert (said.status_code, said.json()["conversation_id"]) == (200, name)
    return name


async def lines(client: httpx.AsyncClient, conversation: str, **more: Any) -> list[Any]:
    answer = await client.get(f"{CONVERSATIONS}/{conversation}/messages", **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: list[Any] = answer.json()["messages"]
    return found


def said(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


async def test_a_browser_reads_its_own_conversation_by_its_cookie(browser: Browser) -> None:
    client = browser()
    name = await begun(client)
    found = await lines(client, name)
    assert [line["from"] for line in found] == ["resident", "linli", "linli"] * 2
    shown = await client.get(found[3]["image"])
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")


async def test_no_script_sees_the_cookie_and_no_other_site_sends_or_plants_it(
    browser: Browser,
) -> None:
    cookie = (await browser().post(CONVERSATIONS)).headers["set-cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-linli=linli1.")
    assert set(attributes) == {
        "HttpOnly",
        "Secure",
        "SameSite=strict",
        "Path=/",
        f"Max-Age={LASTS.total_seconds():.0f}",
    }


async def test_without_https_the_cookie_says_so(browser: Browser) -> None:
    client = browser("http", Origin="http://linli")
    cookie = (await client.post(CONVERSATIONS)).headers["set-cookie"]
    assert cookie.startswith("linli=linli1.")
    assert "Secure" not in cookie


async def test_the_answer_does_not_hold_the_token(browser: Browser) -> None:
    answer = await browser().post(CONVERSATIONS)
    assert len(answer.json()["conversation_id"].split(".")) == 2


def whatever_a_stranger_may_try(name: str, token: str) -> list[str]:
    version, random, day, signature = token.split(".")
    return [
        name,
        token,
        f"{name}.{day}.{signature}",
        f"{name}.{day}.{'A' * 22}",
        f"{version}.{'A' * 22}",
        f"{version}.{'A' * 22}.{day}.{signature}",
        f"{version}.{random[:-1]}",
        f"{name}.",
        random,
        "a",
        "web",
    ]


async def test_a_stranger_reads_nothing_whatever_they_try_and_is_told_the_same_each_time(
    browser: Browser, house: House
) -> None:
    owner, stranger = browser(), browser()
    name = await begun(owner)
    own = await begun(stranger)
    token = next(iter(stranger.cookies.jar)).value
    assert token is not None
    image = (await lines(owner, name))[3]["image"].rpartition("/")[2]
    before = len(house.rows("transcript"))
    for tried in whatever_a_stranger_may_try(name, token):
        if name_of(tried) == own:
            continue
        for path in ("messages", "events", f"images/{image}"):
            answer = await stranger.get(f"{CONVERSATIONS}/{tried}/{path}")
            assert said(answer) == NOT_THERE, (tried, path)
        bearing = {"Authorization": f"Bearer {tried}"}
        assert said(await stranger.get(f"{CONVERSATIONS}/{name}/messages", headers=bearing)) == (
            NOT_THERE
        )
    for path in ("messages", "events", f"images/{image}"):
        nobody = await browser().get(f"{CONVERSATIONS}/{name}/{path}")
        assert said(nobody) == NOT_THERE
    assert len(house.rows("transcript")) == before


async def test_a_stranger_cannot_write_into_it(browser: Browser, house: House) -> None:
    name = await begun(browser())
    before = len(house.rows("transcript"))
    answer = await browser().post(MESSAGES, json={"conversation_id": name, "text": "我的工单"})
    assert said(answer) == NOT_THERE
    assert len(house.rows("transcript")) == before


async def test_the_record_holds_the_name_and_never_what_opens_it(
    browser: Browser, house: House
) -> None:
    client = browser()
    name = await begun(client)
    token = next(iter(client.cookies.jar)).value
    assert token is not None
    assert name in house.on_disk()
    assert token.rpartition(".")[2] not in house.on_disk()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://elsewhere"},
    ],
)
async def test_a_cookie_that_another_site_makes_the_browser_send_is_none(
    browser: Browser, house: House, headers: dict[str, str]
) -> None:
    client = browser()
    name = await begun(client)
    before = len(house.rows("transcript"))
    reading = await client.get(f"{CONVERSATIONS}/{name}/messages", headers=headers)
    writing = await client.post(
        MESSAGES, json={"conversation_id": name, "text": "撤销"}, headers=headers
    )
    assert said(reading) == said(writing) == NOT_THERE
    for path in (CONVERSATIONS, f"{CONVERSATIONS}/leave"):
        refused = await client.post(path, headers=headers)
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers
    assert len(house.rows("transcript")) == before


@pytest.mark.parametrize(
    ("origin", "status"), [("https://linli", 200), ("https://elsewhere", 404), ("null", 404)]
)
async def test_an_older_browser_tells_by_its_origin(
    browser: Browser, origin: str, status: int
) -> None:
    client = browser()
    name = await begun(client)
    del client.headers["Sec-Fetch-Site"]
    client.headers["Origin"] = origin
    answer = await client.post(MESSAGES, json={"conversation_id": name, "text": "你好"})
    assert answer.status_code == status


async def test_a_form_of_another_site_cannot_send_what_looks_like_a_message(
    browser: Browser, house: House
) -> None:
    client = browser()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        body = '{"text": "撤销工单"}'
        answer = await client.post(MESSAGES, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 422
    assert house.rows("inbound") == []


async def test_leaving_makes_the_browser_forget_and_only_it(browser: Browser) -> None:
    client = browser()
    name = await begun(client)
    token = next(iter(client.cookies.jar)).value
    left = await client.post(f"{CONVERSATIONS}/leave")
    assert left.status_code == 204
    assert list(client.cookies.jar) == []
    assert said(await client.get(f"{CONVERSATIONS}/{name}/messages")) == NOT_THERE
    bearing = {"Authorization": f"Bearer {token}"}
    assert len(await lines(client, name, headers=bearing)) == 6


async def test_who_comes_back_in_time_is_known_for_as_long_again(
    browser: Browser, house: House
) -> None:
    client = browser()
    name = await begun(client)
    for _ in range(3):
        house.now += LASTS - timedelta(days=1)
        assert len(await lines(client, name)) == 6
    house.now += LASTS + timedelta(days=1)
    assert said(await client.get(f"{CONVERSATIONS}/{name}/messages")) == NOT_THERE


async def test_a_cookie_of_today_is_not_written_again(browser: Browser) -> None:
    client = browser()
    name = await begun(client)
    answer = await client.get(f"{CONVERSATIONS}/{name}/messages")
    assert "set-cookie" not in answer.headers


async def test_a_client_without_a_browser_is_given_the_token_as_its_id(
    browser: Browser, house: House
) -> None:
    client = browser()
    first = (await client.post(MESSAGES, json={"text": "一"})).json()["conversation_id"]
    message = {"conversation_id": first, "message_id": "2", "text": "二"}
    again = (await client.post(MESSAGES, json=message)).json()["conversation_id"]
    assert again == first
    assert [line["text"] for line in await lines(client, first) if line["from"] == "resident"] == [
        "一",
        "二",
    ]
    bearing = {"Authorization": f"Bearer {first}"}
    assert await lines(client, name_of(first), headers=bearing)
    assert first.rpartition(".")[2] not in house.on_disk()


async def test_an_id_of_the_clients_own_may_be_written_to_and_not_read(browser: Browser) -> None:
    client = browser()
    message = {"conversation_id": "a", "message_id": "1", "text": "路灯坏了"}
    answer = await client.post(MESSAGES, json=message)
    assert answer.json()["conversation_id"] == "a"
    assert said(await client.get(f"{CONVERSATIONS}/a/messages")) == NOT_THERE
    assert said(await client.get(f"{CONVERSATIONS}/a/events")) == NOT_THERE


class TestTrustedClients:
    """Where the setting names a key."""

    @pytest.fixture
    def key(self) -> SecretStr:
        return SecretStr("key of the city's app")

    async def test_with_the_key_ids_of_ones_own_are_written_and_read(
        self, browser: Browser, key: SecretStr
    ) -> None:
        client = browser(Authorization=f"Bearer {key.get_secret_value()}")
        message = {"conversation_id": "a", "text": "路灯坏了"}
        assert (await client.post(MESSAGES, json=message)).status_code == 200
        assert next(line["text"] for line in await lines(client, "a")) == "路灯坏了"

    @pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", "Basic key"])
    async def test_without_it_they_are_neither(
        self, browser: Browser, house: House, shown: str
    ) -> None:
        client = browser(Authorization=shown)
        message = {"conversation_id": "a", "text": "路灯坏了"}
        refused = await client.post(MESSAGES, json=message)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert said(await client.get(f"{CONVERSATIONS}/a/messages")) == NOT_THERE
        assert house.rows("inbound") == []

    async def test_the_key_opens_no_conversation_that_belongs_to_a_token(
        self, browser: Browser, key: SecretStr
    ) -> None:
        name = await begun(browser())
        trusted = browser(Authorization=f"Bearer {key.get_secret_value()}")
        assert said(await trusted.get(f"{CONVERSATIONS}/{name}/messages")) == NOT_THERE

    async def test_the_page_goes_on_without_it(self, browser: Browser) -> None:
        client = browser()
        assert len(await lines(client, await begun(client))) == 6
