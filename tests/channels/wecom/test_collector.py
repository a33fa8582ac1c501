from datetime import timedelta
from typing import Any

import httpx
import pytest

from actions.reply import Button, Reply
from channels.handling import Heard
from channels.metrics import REFUSED
from channels.wecom.collector import Collector
from channels.wecom.cursors import BEFORE, EVERY, HOLD
from channels.wecom.standin import SERVICE
from tests.channels.house import until
from tests.channels.wecom.conftest import Scene

pytestmark = pytest.mark.anyio


def cursors(scene: Scene) -> dict[str, str]:
    rows = scene.house.rows("wecom_cursors", "open_kfid")
    return {row["open_kfid"]: row["cursor"] for row in rows if row["open_kfid"]}


async def test_a_customers_message_is_fetched_and_answered(scene: Scene) -> None:
    await scene.platform.write("wm1", "路灯坏了")
    await scene.settle()
    assert scene.platform.seen("wm1") == ["收到：路灯坏了\n\n第1句"]
    assert cursors(scene) == {SERVICE: "1"}
    assert "wm1" not in scene.house.on_disk() + repr(scene.house.rows("recipients", "heard"))


async def test_all_pages_are_fetched_and_nothing_twice(scene: Scene) -> None:
    scene.platform.page = 3
    for number in range(10):
        scene.platform.leave(f"wm{number}", msgtype="text", text={"content": f"第{number}件事"})
    await scene.platform.call()
    await scene.settle()
    await scene.platform.call()
    await scene.settle()
    assert sorted(scene.answerer.texts) == sorted(f"第{number}件事" for number in range(10))
    assert cursors(scene) == {SERVICE: "10"}
    assert [asked.get("cursor") for asked in scene.platform.asked] == [None, "3", "6", "9", "10"]


async def test_a_callback_that_names_no_account_asks_which_there_are(scene: Scene) -> None:
    scene.platform.names_service = False
    scene.platform.services.append("wkOther")
    await scene.platform.write("wm1", "路灯坏了")
    await scene.settle()
    await scene.collector.look_after()
    await scene.settle()
    assert scene.answerer.texts == ["路灯坏了"]
    await scene.platform.write("wm2", "井盖没了", "wkOther")
    await scene.settle()
    assert scene.answerer.texts == ["路灯坏了", "井盖没了"]
    assert scene.platform.calls["list"] == 1


@pytest.mark.parametrize("tag", ["OpenKfId", "OpenKfid", "open_kfid", "OPENKFID"])
async def test_tags_are_read_in_either_case(scene: Scene, tag: str) -> None:
    scene.platform.names_service = False
    scene.platform.leave("wm1", msgtype="text", text={"content": "路灯坏了"})
    await scene.platform.call(**{tag: SERVICE})
    await scene.settle()
    assert scene.answerer.texts == ["路灯坏了"]
    assert scene.platform.calls["list"] == 0


async def test_an_item_that_names_no_account_belongs_to_the_one_asked_for(scene: Scene) -> None:
    scene.platform.leave("wm1", msgtype="text", text={"content": "一"}, open_kfid=None)
    scene.platform.leave("wm1", MSGTYPE="text", msgtype="text", TEXT={"Content": "二"})
    await scene.platform.call()
    await scene.settle()
    assert scene.answerer.texts == ["一", "二"]
    assert len(scene.house.rows("recipients", "heard")) == 1


async def test_a_page_is_fetched_again_where_a_process_died_in_its_midst(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        scene.platform.leave("wm1", msgtype="text", text={"content": f"第{number}件事"})
    accept, taken = scene.gateway.accept, 0

    async def die_at_the_third(arrival: object) -> bool:
        nonlocal taken
        taken += 1
        if taken == 3:
            raise RuntimeError("killed")
        return await accept(arrival)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(scene.gateway, "accept", die_at_the_third)
        await scene.platform.call()
        await scene.settle()
    assert len(scene.answerer.heard) == 2
    assert cursors(scene) == {SERVICE: ""}
    await scene.collector.look_after()
    await scene.settle()
    assert len(scene.answerer.heard) == 2
    scene.house.now += HOLD
    await scene.collector.look_after()
    await scene.settle()
    assert scene.answerer.texts == [f"第{number}件事" for number in range(4)]
    assert len(scene.house.rows("inbound")) == 4
    shown = "\n\n".join(scene.platform.seen("wm1"))
    assert [shown.count(f"收到：第{number}件事") for number in range(4)] == [1] * 4


async def test_a_callback_during_a_collection_brings_another_one(scene: Scene) -> None:
    await scene.platform.write("wm1", "一")
    await scene.settle()
    give = scene.platform.give_page

    def one_more(given: dict[str, object]) -> dict[str, object]:
        page = give(given)
        if len(scene.platform.asked) == 2:
            scene.platform.leave("wm2", msgtype="text", text={"content": "三"})
        return page

    scene.platform.give_page = one_more  # type: ignore[method-assign]
    scene.wecom.clients["yunxi"].http._transport = httpx.ASGITransport(app=scene.platform.api())
    await scene.platform.write("wm1", "二")
    await scene.platform.call()
    await scene.settle()
    assert sorted(scene.answerer.texts) == sorted(["一", "二", "三"])


async def test_a_lost_callback_is_made_up_for_without_a_token(scene: Scene) -> None:
    await scene.platform.write("wm1", "一")
    await scene.settle()
    scene.platform.leave("wm1", msgtype="text", text={"content": "二"})
    await scene.collector.look_after()
    await scene.settle()
    assert scene.answerer.texts == ["一"]
    scene.house.now += EVERY * 2
    await scene.collector.look_after()
    await scene.settle()
    assert scene.answerer.texts == ["一", "二"]
    assert [asked.get("token") for asked in scene.platform.asked] == ["callback-token", None]


async def test_an_expired_token_is_left_out(scene: Scene) -> None:
    scene.platform.leave("wm1", msgtype="text", text={"content": "一"})
    await scene.platform.call(Token="stale")
    await scene.settle()
    assert scene.answerer.texts == ["一"]
    assert [asked.get("token") for asked in scene.platform.asked] == ["stale", None]


async def test_two_processes_fetch_a_message_once(scene: Scene) -> None:
    other = Collector(scene.wecom.clients, scene.house.gateway(scene.answerer))
    for number in range(5):
        scene.platform.leave("wm1", msgtype="text", text={"content": f"第{number}件事"})
    await scene.collector.called("yunxi", SERVICE, "callback-token")
    await other.called("yunxi", SERVICE, "callback-token")
    await until(lambda: not other.under_way)
    await scene.settle()
    assert sorted(scene.answerer.texts) == [f"第{number}件事" for number in range(5)]
    assert scene.platform.calls["sync_msg"] <= 2


async def test_what_was_said_before_linli_came_is_not_answered(scene: Scene) -> None:
    long_ago = int((scene.house.now - BEFORE - timedelta(minutes=1)).timestamp())
    scene.platform.leave("wm1", msgtype="text", text={"content": "三天前的事"}, send_time=long_ago)
    await scene.platform.write("wm1", "刚才的事")
    await scene.settle()
    assert scene.answerer.texts == ["刚才的事"]


async def test_what_does_not_say_when_it_was_said_is_answered(scene: Scene) -> None:
    scene.platform.leave("wm1", msgtype="text", text={"content": "一"}, send_time=None)
    await scene.platform.call()
    await scene.settle()
    assert scene.answerer.texts == ["一"]


async def test_what_was_said_while_linli_was_down_is_answered(scene: Scene) -> None:
    await scene.platform.write("wm1", "一")
    await scene.settle()
    scene.platform.leave("wm1", msgtype="text", text={"content": "二"})
    scene.house.now += timedelta(hours=20)
    await scene.collector.look_after()
    await scene.settle()
    assert scene.answerer.texts == ["一", "二"]


async def test_an_item_nothing_can_be_made_of_keeps_nobody_waiting(scene: Scene) -> None:
    counter = REFUSED.labels("wecom", "malformed")
    before = counter._value.get()
    nowhere = {"latitude": "北", "longitude": 1}
    lost = {"msgid": "1", "msgtype": "location", "location": nowhere, "origin": 3}
    spoilt: list[Any] = [None, 7, "x", [], {}, {"msgtype": "text"}, lost]
    scene.platform.said[SERVICE] += spoilt
    await scene.platform.write("wm1", "路灯坏了")
    await scene.settle()
    assert scene.answerer.texts == ["路灯坏了"]
    assert counter._value.get() - before == 7


@pytest.mark.parametrize("code", [40014, 42001, -1, 45009, 60020, 48002, 95017, 86001])
async def test_a_collection_that_fails_is_tried_again(scene: Scene, code: int) -> None:
    scene.platform.faults = [code, code]
    await scene.platform.write("wm1", "路灯坏了")
    await scene.settle()
    scene.platform.faults = []
    scene.house.now += timedelta(minutes=10)
    await scene.collector.look_after()
    await scene.settle()
    assert scene.answerer.texts == ["路灯坏了"]


async def test_a_page_without_a_next_cursor_is_not_fetched_for_ever(scene: Scene) -> None:
    scene.platform.give_page = lambda given: {"has_more": 1}  # type: ignore[method-assign]
    scene.wecom.clients["yunxi"].http._transport = httpx.ASGITransport(app=scene.platform.api())
    await scene.platform.call()
    await scene.settle()
    assert scene.platform.calls["sync_msg"] == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"msgtype": "voice", "voice": {"media_id": "m"}}, "voice_unheard"),
        ({"msgtype": "video", "video": {"media_id": "m"}}, "video_unseen"),
        ({"msgtype": "file", "file": {"media_id": "m"}}, "file_unread"),
        ({"msgtype": "link", "link": {"title": "看看", "url": "x"}}, "link_unread"),
        ({"msgtype": "business_card", "business_card": {"userid": "z"}}, "unknown_message"),
        ({"msgtype": "miniprogram", "miniprogram": {"appid": "z"}}, "unknown_message"),
        ({"msgtype": "image", "image": {"media_id": "gone"}}, "picture_lost"),
        ({"msgtype": "note"}, "unknown_message"),
    ],
)
async def test_what_cannot_be_read_gets_a_line_of_its_own(
    scene: Scene, content: dict[str, Any], line: str
) -> None:
    scene.platform.leave("wm1", **content)
    await scene.platform.call()
    await scene.settle()
    assert scene.platform.seen("wm1") == [scene.house.wording.text(line)]
    assert scene.answerer.heard == []


async def test_a_picture_is_fetched_and_kept(scene: Scene, picture: bytes) -> None:
    scene.platform.media["m1"] = picture
    scene.platform.leave("wm1", msgtype="image", image={"media_id": "m1"})
    await scene.platform.call()
    await scene.settle()
    [heard] = scene.answerer.heard
    assert scene.wecom.attachments.read(heard.said.images[0])[:2] == b"\xff\xd8"


async def test_a_place_keeps_its_datum_and_its_name(scene: Scene) -> None:
    where = {"latitude": 39.9, "longitude": 116.3, "name": "清河苑", "address": "清河路1号"}
    scene.platform.leave("wm1", msgtype="location", location=where)
    await scene.platform.call()
    await scene.settle()
    [heard] = scene.answerer.heard
    assert heard.said.location is not None
    told = (heard.said.location.latitude, heard.said.location.datum, heard.said.location.label)
    assert told == (39.9, "GCJ-02", "清河路1号 清河苑")


def answering(scene: Scene, *replies: Reply) -> None:
    async def answer(heard: Heard) -> tuple[Reply, ...]:
        await scene.answerer(heard)
        return replies

    scene.gateway.respond = answer


async def test_choices_are_a_menu_and_a_tap_says_what_it_stands_for(scene: Scene) -> None:
    answering(
        scene,
        Reply("您想问的是哪一个？", (Button("办证", "居住证怎么办"), Button("不用了", "不用了"))),
    )
    await scene.platform.write("wm1", "居住证")
    await scene.settle()
    assert [choice["content"] for choice in scene.platform.choices["wm1"]] == ["办证", "不用了"]
    await scene.platform.tap("wm1", 0)
    await scene.settle()
    assert scene.answerer.texts[-1] == "居住证怎么办"


async def test_a_menu_of_the_console_says_what_it_shows(scene: Scene) -> None:
    await scene.platform.write("wm1", "联系物业", menu_id="101")
    await scene.settle()
    assert scene.answerer.texts == ["联系物业"]


async def test_where_a_menu_does_not_fit_choices_are_answered_by_number(scene: Scene) -> None:
    answering(
        scene,
        Reply("很长的一段话。" * 60, (Button("有帮助", "有帮助"), Button("没解决", "没解决"))),
    )
    await scene.platform.write("wm1", "居住证")
    await scene.settle()
    assert scene.platform.seen("wm1")[0].endswith("1. 有帮助\n2. 没解决")
    await scene.platform.write("wm1", "2")
    await scene.settle()
    assert scene.answerer.texts[-1] == "没解决"


async def test_a_number_is_a_number_where_a_menu_was_shown(scene: Scene) -> None:
    answering(scene, Reply("几号楼？", (Button("不知道", "不知道"),)))
    await scene.platform.write("wm1", "路灯坏了")
    await scene.settle()
    await scene.platform.write("wm1", "1")
    await scene.settle()
    assert scene.answerer.texts[-1] == "1"
