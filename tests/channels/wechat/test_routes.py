import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.reply import Button, PhoneNumber, Reply, TicketCard
from channels.handling import Heard
from channels.replays import REPEATED_WITHIN, is_replayed
from channels.sealed import FRESH, signature
from channels.tables import Handed
from channels.wechat.standin import BROKEN, links
from tests.channels.house import House, until
from tests.channels.spoiling import spoilings
from tests.channels.wechat.conftest import Scene, account

pytestmark = pytest.mark.anyio


AT_ONCE = 0.01


def held(scene: Scene) -> asyncio.Event:
    """Every answer is late until this is set; the request is answered at once."""
    go = asyncio.Event()

    async def wait(heard: Heard) -> None:
        await go.wait()

    scene.answerer.before = wait
    scene.serve(within=AT_ONCE)
    return go


def before_delivery(scene: Scene, attempt: int, happen: Callable[[], None]) -> None:
    """Something happens just before WeChat brings a message for this time, counted from 0."""
    deliver = scene.platform.deliver

    async def brought(number: int, tried: int, *message: Any) -> str | None:
        if tried == attempt:
            happen()
        return await deliver(number, tried, *message)

    scene.platform.deliver = brought  # type: ignore[assignment,method-assign]


def answering(scene: Scene, *replies: Reply) -> None:
    async def answer(heard: Heard) -> tuple[Reply, ...]:
        return replies

    scene.gateway.respond = answer


async def finished(scene: Scene) -> None:
    await until(lambda: not scene.gateway.running)


async def test_a_message_is_answered_at_once(scene: Scene) -> None:
    await scene.platform.say("o1", "路灯坏了")
    assert scene.platform.seen("o1") == ["收到：路灯坏了\n\n第1句"]
    assert len(scene.platform.deliveries) == 1


async def test_plain_and_encrypted_messages_are_both_answered(house: House, tmp_path: Path) -> None:
    plain = Scene(house, tmp_path, account(aes_key=""))
    await plain.platform.say("o1", "路灯坏了")
    assert plain.platform.seen("o1") == ["收到：路灯坏了\n\n第1句"]
    await plain.close()


async def test_where_only_encrypted_messages_are_taken_a_plain_one_is_refused(
    house: House, tmp_path: Path
) -> None:
    safe = Scene(house, tmp_path, account(encrypted_only=True))
    safe.platform.account = account(aes_key="")
    await safe.platform.say("o1", "路灯坏了")
    assert [delivery.status for delivery in safe.platform.deliveries] == [403] * 3
    assert safe.answerer.heard == []
    await safe.close()


async def test_a_slow_answer_is_acknowledged_in_time_and_sent_afterwards(scene: Scene) -> None:
    go = held(scene)
    await scene.platform.say("o1", "路灯坏了")
    assert scene.platform.seen("o1") == []
    go.set()
    await finished(scene)
    await scene.courier.bring()
    await scene.courier.bring()
    assert scene.platform.seen("o1") == ["收到：路灯坏了", "第1句"]
    assert scene.platform.deliveries[-1].status == 200


async def test_an_account_that_may_not_write_first_answers_at_the_repeat(
    house: House, tmp_path: Path
) -> None:
    scene = Scene(house, tmp_path, account(writes_first=False))
    go = held(scene)

    def go_on() -> None:
        scene.serve()
        go.set()

    before_delivery(scene, 2, go_on)
    await scene.platform.say("o1", "路灯坏了")
    assert scene.platform.seen("o1") == ["收到：路灯坏了\n\n第1句"]
    assert len(scene.answerer.heard) == 1
    assert [delivery.status for delivery in scene.platform.deliveries] == [503, 503, 200]
    await scene.close()


async def test_an_answer_that_takes_longer_still_is_given_with_the_next_message(
    house: House, tmp_path: Path
) -> None:
    scene = Scene(house, tmp_path, account(writes_first=False))
    go = held(scene)
    await scene.platform.say("o1", "路灯坏了")
    assert scene.platform.seen("o1") == [house.wording.text("still_working")]
    go.set()
    await finished(scene)
    scene.serve()
    await scene.platform.say("o1", "好")
    assert scene.platform.seen("o1")[1].startswith("收到：路灯坏了\n\n第1句\n\n收到：好")
    assert BROKEN not in scene.platform.seen("o1")
    await scene.close()


async def test_the_same_message_brought_again_is_answered_the_same_and_done_once(
    scene: Scene,
) -> None:
    for _ in range(3):
        await scene.platform.say("o1", "路灯坏了", number=42)
    assert len(set(scene.platform.seen("o1"))) == 1
    assert len(scene.answerer.heard) == 1


async def test_choices_are_links_that_send_what_they_say(scene: Scene) -> None:
    answering(scene, Reply("您想问的是哪一个？", (Button("办证", "居住证怎么办"),)))
    await scene.platform.say("o1", "居住证")
    assert links(scene.platform.seen("o1")[0]) == [("办证", "居住证怎么办")]


async def test_what_a_resident_wrote_makes_no_link(scene: Scene) -> None:
    await scene.platform.say("o1", '<a href="http://evil.example">点我</a>]]><b>')
    [shown] = scene.platform.seen("o1")
    assert "<" not in shown
    assert "＜a" in shown


async def test_a_long_answer_is_read_on_with_more(scene: Scene) -> None:
    whole = "".join(f"这是第{number}句，说的是怎么办理居住证。" for number in range(200))
    answering(scene, Reply(whole))
    await scene.platform.say("o1", "居住证怎么办")
    scene.gateway.respond = scene.answerer
    while scene.house.wording.text("more") in scene.platform.seen("o1")[-1]:
        await scene.platform.say("o1", "更多")
    shown = [text.removesuffix(f"\n{scene.house.wording.text('more')}")
             for text in scene.platform.seen("o1")]  # fmt: skip
    assert "".join(shown) == whole
    assert all(len(text.encode()) <= 2048 for text in scene.platform.seen("o1"))
    assert all(text.endswith("。") for text in shown)


async def test_a_ticket_is_a_card(scene: Scene) -> None:
    card = TicketCard("LL20301122-0042-7", "待受理", "路灯坏了")
    answering(scene, Reply("已经提交", ticket=card))
    await scene.platform.say("o1", "确认提交")
    assert scene.platform.seen("o1") == ["已经提交"]


async def test_numbers_to_call_stand_in_the_text(scene: Scene) -> None:
    answering(scene, Reply("请马上打 119！", calls=(PhoneNumber("火警", "119"),), urgent=True))
    await scene.platform.say("o1", "着火了")
    assert "火警 119" in scene.platform.seen("o1")[0]


@pytest.mark.parametrize(
    ("content", "heard"),
    [
        ({"MsgType": "voice", "MediaId": "m", "Recognition": "路灯坏了。"}, "路灯坏了。"),
        ({"MsgType": "event", "Event": "CLICK", "EventKey": "我的工单"}, "我的工单"),
    ],
)
async def test_recognised_speech_and_menus_are_words(
    scene: Scene, content: dict[str, str], heard: str
) -> None:
    await scene.platform.bring("o1", None, **content)
    assert scene.answerer.texts == [heard]
    assert scene.answerer.heard[0].said.spoken == (content["MsgType"] == "voice")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"MsgType": "voice", "MediaId": "m"}, "voice_unheard"),
        ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}, "video_unseen"),
        ({"MsgType": "shortvideo", "MediaId": "m", "ThumbMediaId": "t"}, "video_unseen"),
        ({"MsgType": "link", "Title": "看看", "Description": "", "Url": "x"}, "link_unread"),
        ({"MsgType": "hologram"}, "unknown_message"),
        ({"MsgType": "image", "MediaId": "gone", "PicUrl": "x"}, "picture_lost"),
        ({"MsgType": "event", "Event": "subscribe", "EventKey": ""}, "greet"),
        ({"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_7"}, "greet"),
        ({"MsgType": "event", "Event": "SCAN", "EventKey": "7"}, "greet"),
    ],
)
async def test_what_cannot_be_read_gets_a_line_of_its_own(
    scene: Scene, content: dict[str, str], line: str
) -> None:
    await scene.platform.bring("o1", None, **content)
    [shown] = scene.platform.seen("o1")
    assert shown.startswith(scene.house.wording.text(line)[:20])
    assert scene.answerer.heard == []


async def test_a_picture_is_fetched_and_kept(scene: Scene, picture: bytes) -> None:
    scene.platform.media["m1"] = picture
    await scene.platform.bring("o1", None, MsgType="image", MediaId="m1", PicUrl="x")
    [heard] = scene.answerer.heard
    [name] = heard.said.images
    assert scene.wechat.attachments.read(name)[:2] == b"\xff\xd8"
    assert heard.said.media == ()


async def test_a_place_keeps_its_datum(scene: Scene) -> None:
    place = {"Location_X": "39.9", "Location_Y": "116.3", "Scale": "16", "Label": "清河苑"}
    await scene.platform.bring("o1", None, MsgType="location", **place)
    [heard] = scene.answerer.heard
    assert heard.said.location is not None
    assert (heard.said.location.latitude, heard.said.location.datum) == (39.9, "GCJ-02")


async def test_events_that_need_no_answer_get_none(scene: Scene) -> None:
    await scene.platform.send_event("o1", "VIEW", EventKey="https://linli.example/")
    await scene.platform.send_event("o1", "TEMPLATESENDJOBFINISH", Status="success")
    assert scene.platform.seen("o1") == []
    assert scene.house.rows("inbound") == []


async def test_who_has_left_is_not_written_to(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    await scene.platform.send_event("o1", "unsubscribe")
    [row] = scene.house.rows("recipients", "conversation")
    assert not row["reachable"]


async def test_the_address_is_verified(scene: Scene) -> None:
    token = scene.platform.account.token.get_secret_value()
    at = str(int(scene.house.now.timestamp()))
    query = {"timestamp": at, "nonce": "5", "echostr": "<b>98</b>"}
    url = scene.platform.urls[0]
    good = {**query, "signature": signature(token, at, "5")}
    answer = await scene.platform.http.get(url, params=good)
    assert (answer.status_code, answer.text) == (200, "<b>98</b>")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in ({}, {"signature": "0" * 40}, {"signature": "é"}):
        answer = await scene.platform.http.get(url, params={**query, **wrong})
        assert answer.status_code == 403
    assert (await scene.platform.http.get(url + "x", params=good)).status_code == 404


async def test_a_stale_signature_is_refused(scene: Scene) -> None:
    scene.house.now += FRESH + timedelta(seconds=60)
    await scene.platform.say("o1", "路灯坏了")
    assert {delivery.status for delivery in scene.platform.deliveries} == {403}
    assert scene.house.rows("inbound") == []


async def test_a_signature_serves_one_message_only(scene: Scene) -> None:
    fields = {
        "ToUserName": "gh",
        "FromUserName": "o1",
        "MsgType": "text",
        "CreateTime": "1700000000",
    }
    body, query = scene.platform.sealed({**fields, "Content": "一", "MsgId": "1"})
    url = scene.platform.urls[0]
    post = scene.platform.http.post
    assert (await post(url, params=query, content=body)).status_code == 200
    assert (await post(url, params=query, content=body)).status_code == 200
    other, other_query = scene.platform.sealed({**fields, "Content": "二", "MsgId": "2"})
    signed = {name: query[name] for name in ("timestamp", "nonce", "signature")}
    forged = {**other_query, **signed}
    assert (await post(url, params=forged, content=other)).status_code == 403
    scene.house.now += REPEATED_WITHIN + timedelta(seconds=1)
    assert (await post(url, params=query, content=body)).status_code == 403
    assert scene.answerer.texts == ["一"]


async def test_a_signature_is_forgotten_once_its_age_alone_refuses_it(scene: Scene) -> None:
    signed = ("yunxi/1/1", "yunxi/2/2")
    await scene.gateway.change(is_replayed, signed[0], "1", scene.house.now)
    later = scene.house.now + 2 * FRESH + timedelta(seconds=1)
    await scene.gateway.change(is_replayed, signed[1], "2", later)
    assert len(scene.house.rows("signatures", "key")) == 1


@pytest.fixture
def plain(house: House, tmp_path: Path) -> Iterator[tuple[asyncio.Runner, Scene]]:
    """A scene without encryption, for whole runs of malformed bodies."""
    with asyncio.Runner() as runner:

        async def made() -> Scene:
            return Scene(house, tmp_path, account(aes_key=""))

        scene = runner.run(made())
        yield runner, scene
        runner.run(scene.close())


VALID = (
    {"MsgType": "text", "Content": "路灯坏了", "MsgId": "1"},
    {"MsgType": "location", "Location_X": "39", "Location_Y": "116", "MsgId": "1"},
    {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_1"},
    {"MsgType": "voice", "MediaId": "m", "Recognition": "喂", "MsgId": "1"},
)


@given(data=st.data())
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
def test_malformed_bodies_break_nothing(
    plain: tuple[asyncio.Runner, Scene], data: st.DataObject
) -> None:
    """Made from valid ones by cutting, doubling and changing; each under a signature of its own."""
    runner, scene = plain
    content = {"FromUserName": "o1", "ToUserName": "gh", "CreateTime": "1700000000"}
    body, query = scene.platform.sealed({**content, **data.draw(st.sampled_from(VALID))})
    spoilt = data.draw(spoilings(body.encode()))
    post = scene.platform.http.post(scene.platform.urls[0], params=query, content=spoilt)
    assert runner.run(post).status_code < 500


async def test_an_answer_written_down_is_marked_as_given(scene: Scene) -> None:
    await scene.platform.say("o1", "路灯坏了")
    assert [row["handed"] for row in scene.house.rows("inbound")] == [Handed.GIVEN]


async def test_what_a_person_has_is_acknowledged_with_nothing_to_show(scene: Scene) -> None:
    async def stop(heard: Heard) -> tuple[Reply, ...]:
        return ()

    scene.gateway.stop = stop
    await scene.platform.say("o1", "路灯坏了")
    assert scene.platform.seen("o1") == []
    assert scene.answerer.heard == []
    assert [row["deliveries"] for row in scene.house.rows("inbound")] == [1]
    await scene.courier.bring()
    assert scene.platform.seen("o1") == []
