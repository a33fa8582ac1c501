import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from pydantic import SecretStr

from actions.reply import Button, Citation, PhoneNumber, Reply, TicketCard
from channels.attachments import Attachments
from channels.errors import add_error_handlers
from channels.outgoing import tell
from channels.tables import InboundRow
from channels.web.tokens import name_of
from tests.channels.house import Answerer, House
from tests.channels.web.channel_of import web_of

pytestmark = pytest.mark.anyio

MESSAGES = "/api/chat/messages"
KEY = "key of a trusted client"
URGENT = Reply(
    text="请马上离开。",
    buttons=(Button("好", "好"),),
    citations=(Citation("示例办法", article="第一条"),),
    ticket=TicketCard("LL20301122-0042-7", "待受理", "路灯坏了", resolve_by="2030-11-28T16:00:00Z"),
    calls=(PhoneNumber("火警", "119"),),
    urgent=True,
)


def photo(size: tuple[int, int] = (8, 6)) -> str:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


@pytest.fixture
def attachments(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path / "attachments", 5_000_000)


@pytest.fixture
def app(house: House, attachments: Attachments) -> FastAPI:
    app = FastAPI()
    app.include_router(web_of(house, attachments, key=SecretStr(KEY)).routes(house.gateway()))
    add_error_handlers(app)
    return app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    bearing = {"Authorization": f"Bearer {KEY}"}
    return httpx.AsyncClient(transport=transport, base_url="http://linli", headers=bearing)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


async def post(client: httpx.AsyncClient, **message: Any) -> httpx.Response:
    return await client.post(MESSAGES, json=message)


async def rows(client: httpx.AsyncClient, conversation: str, after: int = 0) -> list[Any]:
    path = f"/api/chat/conversations/{conversation}/messages"
    answer = await client.get(path, params={"after": after})
    assert answer.status_code == 200
    found: list[Any] = answer.json()["messages"]
    return found


def told(response: httpx.Response) -> str:
    """The message of an error, which has no other form."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message"}
    return str(body["error"]["message"])


async def test_a_message_gets_its_conversation_and_the_replies(client: httpx.AsyncClient) -> None:
    response = await post(client, conversation_id="a", message_id="1", text="路灯坏了")
    assert response.status_code == 200
    assert response.json() == {
        "conversation_id": "a",
        "replies": [{"text": "收到：路灯坏了"}, {"text": "第1句"}],
    }


async def test_a_conversation_without_an_id_is_given_one(client: httpx.AsyncClient) -> None:
    first = (await post(client, text="一")).json()["conversation_id"]
    second = (await post(client, text="一")).json()["conversation_id"]
    assert first != second
    assert (await post(client, conversation_id=first, text="二")).json()["conversation_id"] == first
    assert [row["text"] for row in await rows(client, first) if row["from"] == "resident"] == [
        "一",
        "二",
    ]


async def test_a_repeated_message_is_answered_once_and_one_without_a_number_anew(
    client: httpx.AsyncClient, house: House
) -> None:
    first = await post(client, conversation_id="a", message_id="1", text="一")
    again = await post(client, conversation_id="a", message_id="1", text="一")
    assert first.json() == again.json()
    await post(client, conversation_id="a", text="一")
    await post(client, conversation_id="a", text="一")
    await post(client, conversation_id="b", message_id="1", text="一")
    assert len(house.answerer.heard) == 4


async def test_every_part_of_a_reply_arrives_and_stays_in_the_transcript(house: House) -> None:
    class Alarmed(Answerer):
        async def __call__(self, heard: object) -> tuple[Reply, ...]:
            return (URGENT,)

    app = FastAPI()
    web = web_of(house, Attachments(Path("none"), 1), key=SecretStr(KEY))
    app.include_router(web.routes(house.gateway(Alarmed())))
    async with client_of(app) as client:
        given = (await post(client, conversation_id="a", message_id="1", text="着火了")).json()
        assert given["replies"] == [
            {
                "text": "请马上离开。",
                "buttons": [{"title": "好", "text": "好"}],
                "citations": [{"title": "示例办法", "article": "第一条"}],
                "ticket": {
                    "number": "LL20301122-0042-7",
                    "status": "待受理",
                    "title": "路灯坏了",
                    "resolve_by": "2030-11-28T16:00:00Z",
                },
                "calls": [{"name": "火警", "number": "119"}],
                "urgent": True,
            }
        ]
        line = (await rows(client, "a"))[1]
        assert line == {"id": line["id"], "from": "linli", "message_id": "1", **given["replies"][0]}


async def test_a_transcript_has_growing_numbers_and_both_sides_of_a_turn(
    client: httpx.AsyncClient, house: House
) -> None:
    await post(client, conversation_id="a", message_id="m.1", text="一")
    with house.sessions.begin() as session:
        tell(session, "web:a", Reply("工单已办结"), house.vault, house.clock())
    found = await rows(client, "a")
    assert [(row["from"], row["message_id"], row["text"]) for row in found] == [
        ("resident", "m.1", "一"),
        ("linli", "m.1", "收到：一"),
        ("linli", "m.1", "第1句"),
        ("linli", None, "工单已办结"),
    ]
    numbers = [row["id"] for row in found]
    assert all(type(number) is int for number in numbers)
    assert numbers == sorted(set(numbers))
    assert await rows(client, "a", after=numbers[1]) == found[2:]
    assert await rows(client, "a", after=numbers[-1]) == []


async def test_a_long_transcript_comes_whole_page_by_page(
    client: httpx.AsyncClient, house: House
) -> None:
    for number in range(70):
        await post(client, conversation_id="a", message_id=str(number), text=f"第{number}")
    seen: list[Any] = []
    while page := await rows(client, "a", after=seen[-1]["id"] if seen else 0):
        seen += page
    assert len(seen) == 210


async def test_a_conversation_not_begun_has_no_lines(client: httpx.AsyncClient) -> None:
    assert await rows(client, "nobody") == []


async def test_a_place_is_heard_with_its_datum(client: httpx.AsyncClient, house: House) -> None:
    place = {"latitude": 40.05, "longitude": 116.3, "label": "青禾社区"}
    await post(client, conversation_id="a", location=place)
    location = house.answerer.heard[0].said.location
    assert location is not None
    assert (location.latitude, location.longitude) == (40.05, 116.3)
    assert (location.label, location.datum) == ("青禾社区", "WGS-84")


async def test_a_photo_is_heard_kept_and_shown_to_its_conversation_only(
    client: httpx.AsyncClient, house: House, attachments: Attachments
) -> None:
    await post(client, conversation_id="a", message_id="1", image=photo())
    await post(client, conversation_id="b", message_id="1", text="路灯坏了")
    [name] = house.answerer.heard[0].said.images
    row = (await rows(client, "a"))[0]
    assert row["image"] == f"/api/chat/conversations/a/images/{name}"
    assert (row["text"], "images" in row) == ("", False)
    shown = await client.get(row["image"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.content == attachments.read(name)
    for elsewhere in ("b", "nobody"):
        refused = await client.get(f"/api/chat/conversations/{elsewhere}/images/{name}")
        assert refused.status_code == 404
        assert "照片" in told(refused)


async def test_a_photo_is_still_shown_after_a_long_conversation(
    client: httpx.AsyncClient, house: House
) -> None:
    for number in range(60):
        await post(client, conversation_id="a", message_id=str(number), text=f"第{number}")
    await post(client, conversation_id="a", message_id="photo", image=photo())
    name = house.answerer.heard[-1].said.images[0]
    assert (await client.get(f"/api/chat/conversations/a/images/{name}")).status_code == 200


async def test_a_photo_that_is_gone_from_the_disk_is_not_found(
    client: httpx.AsyncClient, house: House, attachments: Attachments
) -> None:
    await post(client, conversation_id="a", image=photo())
    name = house.answerer.heard[0].said.images[0]
    (attachments.folder / name).unlink()
    assert (await client.get(f"/api/chat/conversations/a/images/{name}")).status_code == 404


@pytest.mark.parametrize("name", ["..%2Fkeys%2Fvault.key", "%2e%2e/vault.key", "a.jpg", "%00"])
async def test_no_name_of_a_photo_leads_elsewhere(client: httpx.AsyncClient, name: str) -> None:
    await post(client, conversation_id="a", image=photo())
    response = await client.get(f"/api/chat/conversations/a/images/{name}")
    assert response.status_code == 404


async def test_a_photo_sent_again_is_kept_once(
    client: httpx.AsyncClient, attachments: Attachments
) -> None:
    for _ in range(3):
        await post(client, conversation_id="a", message_id="1", image=photo())
    assert len(list(attachments.folder.iterdir())) == 1


async def test_what_is_no_photo_is_refused_in_words(
    client: httpx.AsyncClient, house: House
) -> None:
    svg = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()
    for image in ("photo.jpg", f"data:image/svg+xml;base64,{svg}", f"data:image/png;base64,{svg}"):
        refused = await post(client, conversation_id="a", image=image)
        assert refused.status_code == 422
        assert told(refused) == house.wording.text("picture_refused", limit=5)
    assert house.rows("inbound") == []


@pytest.mark.parametrize("message", [{}, {"text": ""}, {"text": "😀"}, {"text": None, "image": ""}])
async def test_what_says_nothing_gets_a_word(
    client: httpx.AsyncClient, house: House, message: dict[str, Any]
) -> None:
    response = await post(client, **message)
    assert response.json()["replies"] == [house.wording.say("empty").to_json()]


async def test_half_a_character_is_taken(client: httpx.AsyncClient, house: House) -> None:
    """JavaScript cuts text in the middle of an emoji, and JSON can carry the half."""
    body = rb'{"text": "\ud83d\u8def\u706f", "location": {"latitude": 1, "longitude": 1, "label": "\udc00"}}'  # noqa: E501
    headers = {"content-type": "application/json"}
    response = await client.post(MESSAGES, content=body, headers=headers)
    assert response.status_code == 200
    assert house.answerer.texts == ["?路灯"]


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({"text": 5}, "text"),
        ({"text": ["路灯"]}, "text"),
        ({"text": "长" * 200_001}, "text"),
        ({"conversation_id": ""}, "conversation_id"),
        ({"conversation_id": "a/b"}, "conversation_id"),
        ({"conversation_id": "a\n"}, "conversation_id"),
        ({"conversation_id": "会话"}, "conversation_id"),
        ({"conversation_id": "a" * 65}, "conversation_id"),
        ({"conversation_id": 5}, "conversation_id"),
        ({"message_id": "../1"}, "message_id"),
        ({"message_id": "a" * 65}, "message_id"),
        ({"location": "这里"}, "location"),
        ({"location": {}}, "location.latitude、location.longitude"),
        ({"location": {"latitude": 91, "longitude": 0}}, "location.latitude"),
        ({"location": {"latitude": 0, "longitude": -181}}, "location.longitude"),
        (
            {"location": {"latitude": 0, "longitude": 0, "label": "长" * 201}},
            "location.label",
        ),
        ({"image": {}}, "image"),
    ],
)
async def test_a_wrong_field_is_named_and_what_was_sent_is_not_said_back(
    client: httpx.AsyncClient, house: House, message: dict[str, Any], field: str
) -> None:
    refused = await post(client, **message)
    assert refused.status_code == 422
    assert told(refused) == f"请求的格式不对：{field}"
    assert house.rows("inbound") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b'{"text": "\xff\xfe"}',
        b'{"location": {"latitude": NaN, "longitude": 0}}',
        b'{"location": {"latitude": 0, "longitude": Infinity}}',
        b'{"location": {"latitude": ' + b"9" * 5000 + b', "longitude": 0}}',
        b'{"location": {"latitude": 1e999, "longitude": 0}}',
        b'{"text": ' + b"9" * 5000 + b"}",
        b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"location": ' * 50_000 + b"1" + b"}" * 50_000,
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_hostile_json_is_refused_in_words(
    client: httpx.AsyncClient, house: House, body: bytes
) -> None:
    refused = await client.post(
        MESSAGES, content=body, headers={"content-type": "application/json"}
    )
    assert refused.status_code in {400, 413, 422}
    assert any("\u4e00" <= c <= "\u9fff" for c in told(refused))
    assert house.rows("inbound") == []


async def test_unknown_fields_are_passed_over(client: httpx.AsyncClient, house: House) -> None:
    response = await post(client, text="一", **{"__proto__": {"a": 1}, "is_admin": True})
    assert response.status_code == 200
    name = name_of(response.json()["conversation_id"])
    assert house.lines(f"web:{name}")[0].content == {"text": "一"}


@pytest.mark.parametrize("after", ["-1", "x", "1.5", str(2**63), "9" * 5000])
async def test_a_transcript_is_asked_for_from_a_number(
    client: httpx.AsyncClient, after: str
) -> None:
    response = await client.get(f"/api/chat/conversations/a/messages?after={after}")
    assert (response.status_code, told(response)) == (422, "请求的格式不对：after")


@pytest.mark.parametrize("conversation", ["a%2Fb", "a%0A", "会话", "a" * 65])
async def test_an_id_that_is_none_has_no_transcript(
    client: httpx.AsyncClient, conversation: str
) -> None:
    response = await client.get(f"/api/chat/conversations/{conversation}/messages")
    assert response.status_code in {404, 422}
    assert told(response)


async def test_the_longest_ids_fit_their_columns(client: httpx.AsyncClient, house: House) -> None:
    """PostgreSQL refuses what is longer, SQLite does not."""
    await post(client, conversation_id="a" * 64, message_id="b" * 64, text="一")
    [row] = house.rows("inbound")
    for column in ("external", "conversation"):
        most = InboundRow.__table__.c[column].type.length  # type: ignore[attr-defined]
        assert len(row[column]) <= most


async def test_a_method_or_path_that_is_none_is_said_so(client: httpx.AsyncClient) -> None:
    assert told(await client.get("/api/chat/nothing")) == "没有这个页面。"
    refused = await client.delete(MESSAGES)
    assert (refused.status_code, told(refused)) == (405, "不能这样访问。")
    assert "POST" in refused.headers["allow"]


async def test_a_fault_of_our_own_is_said_in_words_and_the_same_message_can_be_sent_again(
    client: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(house.vault, "seal", lambda text: 1 / 0)
        failed = await post(client, conversation_id="a", message_id="1", text="一")
    assert failed.status_code == 500
    assert any("\u4e00" <= c <= "\u9fff" for c in told(failed))
    again = await post(client, conversation_id="a", message_id="1", text="一")
    assert again.json()["replies"][0] == {"text": "收到：一"}


async def test_many_at_once_all_get_their_own_answers(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(
            post(client, conversation_id=f"c{n % 5}", message_id=str(n), text=f"第{n}")
            for n in range(40)
        )
    )
    assert [json.loads(a.content)["replies"][0]["text"] for a in answers] == [
        f"收到：第{n}" for n in range(40)
    ]
