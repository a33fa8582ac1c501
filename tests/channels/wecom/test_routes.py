import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.reply import Button, PhoneNumber, Reply
from channels.handling import Heard
from channels.replays import REPEATED_WITHIN
from channels.sealed import FRESH
from channels.tables import Handed
from channels.wecom.standin import SERVICE
from tests.channels.house import Answerer, House, until
from tests.channels.spoiling import spoilings
from tests.channels.wecom.conftest import Scene, account

pytestmark = pytest.mark.anyio


def answering(scene: Scene, *replies: Reply) -> Answerer:
    async def answer(heard: Heard) -> tuple[Reply, ...]:
        await scene.answerer(heard)
        return replies

    scene.gateway.respond = answer
    return scene.answerer


async def test_a_members_message_is_answered_at_once(scene: Scene) -> None:
    await scene.platform.say("zhangsan", "路灯坏了")
    assert scene.platform.seen("zhangsan") == ["收到：路灯坏了\n\n第1句"]
    assert [row["handed"] for row in scene.house.rows("inbound")] == [Handed.GIVEN]


async def test_a_slow_answer_is_acknowledged_in_time_and_sent_afterwards(
    house: House, tmp_path: Path
) -> None:
    scene, go = Scene(house, tmp_path, account(), within=0.01), asyncio.Event()

    async def wait(heard: Heard) -> None:
        await go.wait()

    scene.answerer.before = wait
    await scene.platform.say("zhangsan", "路灯坏了")
    assert scene.platform.seen("zhangsan") == []
    go.set()
    await scene.settle()
    assert scene.platform.seen("zhangsan") == ["收到：路灯坏了\n\n第1句"]
    assert scene.platform.deliveries[-1].status == 200
    await scene.close()


async def test_the_same_message_brought_again_is_done_once(scene: Scene) -> None:
    for _ in range(3):
        await scene.platform.say("zhangsan", "路灯坏了", number=42)
    assert len(set(scene.platform.seen("zhangsan"))) == 1
    assert len(scene.answerer.heard) == 1


async def test_choices_have_numbers_and_a_number_says_what_it_stands_for(scene: Scene) -> None:
    choices = (Button("办证", "居住证怎么办"), Button("没了", "没了"))
    answering(scene, Reply("您想问的是哪一个？", choices))
    await scene.platform.say("zhangsan", "居住证")
    [shown] = scene.platform.seen("zhangsan")
    assert shown.endswith("回复数字就行：\n1. 办证\n2. 没了")
    await scene.platform.say("zhangsan", "１")
    await scene.platform.say("zhangsan", "第2个。")
    await scene.platform.say("zhangsan", "3")
    assert scene.answerer.texts == ["居住证", "居住证怎么办", "没了", "3"]


async def test_choices_behind_a_list_of_their_own_get_no_numbers(scene: Scene) -> None:
    answering(scene, Reply("像哪一类？\n1. 物业\n2. 噪声", (Button("都不是", "都不是"),)))
    await scene.platform.say("zhangsan", "有事")
    assert scene.platform.seen("zhangsan")[0].endswith("也可以回复“都不是”。")
    await scene.platform.say("zhangsan", "1")
    assert scene.answerer.texts[-1] == "1"


async def test_a_number_after_a_plain_answer_is_a_number(scene: Scene) -> None:
    answering(scene, Reply("您想问的是哪一个？", (Button("办证", "居住证怎么办"),)))
    await scene.platform.say("zhangsan", "居住证")
    answering(scene, Reply("几号楼？"))
    await scene.platform.say("zhangsan", "路灯坏了")
    await scene.platform.say("zhangsan", "1")
    assert scene.answerer.texts[-1] == "1"


async def test_a_long_answer_is_read_on_with_more(scene: Scene) -> None:
    whole = "".join(f"这是第{number}句，说的是怎么办理居住证。" for number in range(120))
    answering(scene, Reply(whole))
    await scene.platform.say("zhangsan", "居住证怎么办")
    more = scene.house.wording.text("more")
    while more in scene.platform.seen("zhangsan")[-1]:
        await scene.platform.say("zhangsan", "更多")
    shown = [text.removesuffix(f"\n{more}") for text in scene.platform.seen("zhangsan")]
    assert "".join(shown) == whole
    assert all(len(text.encode()) <= 2048 for text in scene.platform.seen("zhangsan"))


async def test_what_a_resident_wrote_makes_no_link(scene: Scene) -> None:
    await scene.platform.say("zhangsan", '<a href="http://evil.example">点我</a>]]><b>')
    [shown] = scene.platform.seen("zhangsan")
    assert "<" not in shown


async def test_numbers_to_call_stand_in_the_text(scene: Scene) -> None:
    answering(scene, Reply("请马上打 119！", calls=(PhoneNumber("火警", "119"),), urgent=True))
    await scene.platform.say("zhangsan", "着火了")
    assert "火警 119" in scene.platform.seen("zhangsan")[0]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"MsgType": "voice", "MediaId": "m", "Format": "amr"}, "voice_unheard"),
        ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}, "video_unseen"),
        ({"MsgType": "link", "Title": "看看", "Url": "x"}, "link_unread"),
        ({"MsgType": "hologram"}, "unknown_message"),
        ({"MsgType": "image", "MediaId": "gone", "PicUrl": "x"}, "picture_lost"),
        ({"MsgType": "event", "Event": "subscribe"}, "greet"),
        ({"MsgType": "event", "Event": "enter_agent", "EventKey": ""}, "greet"),
    ],
)
async def test_what_cannot_be_read_gets_a_line_of_its_own(
    scene: Scene, content: dict[str, str], line: str
) -> None:
    await scene.platform.bring("zhangsan", None, **content)
    [shown] = scene.platform.seen("zhangsan")
    assert shown.startswith(scene.house.wording.text(line)[:20])
    assert scene.answerer.heard == []


async def test_whoever_opens_the_application_again_is_not_greeted_again(scene: Scene) -> None:
    for number in range(3):
        about = {"CreateTime": str(1700000000 + number), "EventKey": ""}
        await scene.platform.bring("zhangsan", None, MsgType="event", Event="enter_agent", **about)
    assert len(scene.platform.seen("zhangsan")) == 1


async def test_menus_are_words_and_places_keep_their_datum(scene: Scene) -> None:
    click = {"MsgType": "event", "Event": "click", "EventKey": "我的工单"}
    await scene.platform.bring("zhangsan", None, **click)
    where = {"Location_X": "39.9", "Location_Y": "116.3", "Scale": "16", "Label": "清河苑"}
    await scene.platform.bring("zhangsan", None, MsgType="location", **where)
    first, second = scene.answerer.heard
    assert first.said.text == "我的工单"
    assert second.said.location is not None
    assert (second.said.location.latitude, second.said.location.datum) == (39.9, "GCJ-02")


async def test_a_picture_is_fetched_and_kept(scene: Scene, picture: bytes) -> None:
    scene.platform.media["m1"] = picture
    await scene.platform.bring("zhangsan", None, MsgType="image", MediaId="m1", PicUrl="x")
    [heard] = scene.answerer.heard
    assert scene.wecom.attachments.read(heard.said.images[0])[:2] == b"\xff\xd8"


async def test_events_that_need_no_answer_get_none(scene: Scene) -> None:
    for event in ("view", "LOCATION", "template_card_event", "kf_account_auth_change"):
        await scene.platform.bring("zhangsan", None, MsgType="event", Event=event)
    assert scene.platform.seen("zhangsan") == []
    assert scene.house.rows("inbound") == []


async def test_who_has_left_is_not_written_to(scene: Scene) -> None:
    await scene.platform.say("zhangsan", "您好")
    await scene.platform.bring("zhangsan", None, MsgType="event", Event="unsubscribe")
    [row] = scene.house.rows("recipients", "conversation")
    assert not row["reachable"]


async def test_an_account_for_customers_only_takes_no_members(house: House, tmp_path: Path) -> None:
    scene = Scene(house, tmp_path, account(agent_id=None))
    await scene.platform.say("zhangsan", "您好")
    assert scene.house.rows("inbound") == []
    assert [delivery.status for delivery in scene.platform.deliveries] == [200]
    await scene.close()


async def test_the_address_is_verified(scene: Scene) -> None:
    echo, signed = scene.platform.encrypted("1616140317555161061")
    url, get = scene.platform.urls[0], scene.platform.http.get
    answer = await get(url, params={**signed, "echostr": echo})
    assert (answer.status_code, answer.text) == (200, "1616140317555161061")
    for wrong in ({"msg_signature": "0" * 40}, {"echostr": echo[:-4]}, {"nonce": "1"}):
        answer = await get(url, params={**signed, "echostr": echo, **wrong})
        assert answer.status_code == 403
    assert (await get(url)).status_code == 403
    assert (await get(url + "x", params={**signed, "echostr": echo})).status_code == 404


async def test_what_was_encrypted_for_another_enterprise_is_refused(scene: Scene) -> None:
    scene.platform.account = account(corp_id="ww-other")
    await scene.platform.say("zhangsan", "路灯坏了")
    assert {delivery.status for delivery in scene.platform.deliveries} == {403}
    assert scene.house.rows("inbound") == []


async def test_a_stale_signature_is_refused(scene: Scene) -> None:
    scene.platform.now = time.time
    scene.house.now += FRESH + timedelta(seconds=60)
    await scene.platform.say("zhangsan", "路灯坏了")
    await scene.platform.write("wm1", "路灯坏了")
    assert {delivery.status for delivery in scene.platform.deliveries} == {403}
    assert scene.house.rows("inbound") == []
    assert scene.platform.asked == []


async def test_a_recorded_request_is_not_taken_later(scene: Scene) -> None:
    fields = {"FromUserName": "zhangsan", "CreateTime": "1700000000", "MsgType": "text"}
    body, query = scene.platform.sealed({**fields, "Content": "一", "MsgId": "1"})
    post, url = scene.platform.http.post, scene.platform.urls[0]
    assert (await post(url, params=query, content=body)).status_code == 200
    assert (await post(url, params=query, content=body)).status_code == 200
    other = scene.platform.sealed({**fields, "Content": "二", "MsgId": "2"})[0]
    assert (await post(url, params=query, content=other)).status_code == 403
    scene.house.now += REPEATED_WITHIN + timedelta(seconds=1)
    assert (await post(url, params=query, content=body)).status_code == 403
    assert scene.answerer.texts == ["一"]


async def test_a_plain_message_is_refused(scene: Scene) -> None:
    _, query = scene.platform.sealed({"MsgType": "text"})
    body = "<xml><MsgType>text</MsgType><Content>一</Content><MsgId>1</MsgId></xml>"
    answer = await scene.platform.http.post(scene.platform.urls[0], params=query, content=body)
    assert answer.status_code == 403


@pytest.fixture
def still(house: House, tmp_path: Path) -> Iterator[tuple[asyncio.Runner, Scene]]:
    """A scene for whole runs of malformed bodies."""
    with asyncio.Runner() as runner:

        async def made() -> Scene:
            return Scene(house, tmp_path, account())

        scene = runner.run(made())
        yield runner, scene
        runner.run(scene.close())


VALID = (
    {"MsgType": "text", "Content": "路灯坏了", "MsgId": "1"},
    {"MsgType": "location", "Location_X": "39", "Location_Y": "116", "MsgId": "1"},
    {"MsgType": "event", "Event": "click", "EventKey": "1"},
    {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "t", "OpenKfId": SERVICE},
)


@given(data=st.data())
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_bodies_spoilt_after_they_were_signed_are_refused(
    still: tuple[asyncio.Runner, Scene], data: st.DataObject
) -> None:
    runner, scene = still
    content = {"FromUserName": "u1", "ToUserName": "ww", "CreateTime": "1700000000"}
    body, query = scene.platform.sealed({**content, **data.draw(st.sampled_from(VALID))})
    spoilt = data.draw(spoilings(body.encode()))
    post = scene.platform.http.post(scene.platform.urls[0], params=query, content=spoilt)
    assert runner.run(post).status_code in {200, 403}
    assert set(scene.answerer.texts) <= {"路灯坏了", "1", ""}  # what was signed, or nothing


@given(data=st.data())
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
def test_malformed_messages_under_a_right_signature_break_nothing(
    still: tuple[asyncio.Runner, Scene], data: st.DataObject
) -> None:
    runner, scene = still
    content = {"FromUserName": "u1", "ToUserName": "ww", "CreateTime": "1700000000"}
    inner = scene.platform.plain({**content, **data.draw(st.sampled_from(VALID))})
    spoilt = data.draw(spoilings(inner.encode())).decode("utf-8", "replace")
    sealed, query = scene.platform.encrypted(spoilt)
    body = f"<xml><Encrypt>{sealed}</Encrypt></xml>"
    post = scene.platform.http.post(scene.platform.urls[0], params=query, content=body)
    assert runner.run(post).status_code < 500


async def test_a_callback_is_answered_before_anything_is_fetched(scene: Scene) -> None:
    go = asyncio.Event()
    call = scene.wecom.clients["yunxi"].call

    async def slow(path: str, body: object) -> dict[str, object]:
        await go.wait()
        return await call(path, body)  # type: ignore[arg-type]

    scene.wecom.clients["yunxi"].call = slow  # type: ignore[method-assign]
    await scene.platform.write("wm1", "路灯坏了")
    [delivery] = scene.platform.deliveries
    assert delivery.status == 200
    go.set()
    await until(lambda: scene.answerer.heard)
    await scene.settle()
