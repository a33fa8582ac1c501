from datetime import timedelta

import pytest

from actions.reply import Reply
from channels.outgoing import tell
from channels.tables import OutgoingState
from channels.wecom.standin import ALLOWED, WITH_A_PERSON
from channels.wecom.writer import MEMBER_LIMITS
from tests.channels.wecom.conftest import Scene

pytestmark = pytest.mark.anyio


def say(scene: Scene, *texts: str) -> None:
    [row] = scene.house.rows("recipients", "conversation")
    with scene.house.sessions.begin() as session:
        for text in texts:
            tell(session, row["conversation"], Reply(text), scene.house.vault, scene.house.clock())


def outgoing(scene: Scene) -> list[tuple[str, int]]:
    return [(row["state"], row["failures"]) for row in scene.house.rows("outgoing")]


def reasons(scene: Scene) -> str:
    return " ".join(row["reason"] for row in scene.house.rows("outgoing"))


async def test_a_member_is_written_to_at_any_time(scene: Scene) -> None:
    await scene.platform.say("zhangsan", "您好")
    scene.house.now += timedelta(days=30)
    say(scene, "工单有新进展")
    await scene.settle()
    assert scene.platform.screens["zhangsan"][-1].how == "pushed"
    assert scene.platform.seen("zhangsan")[-1] == "工单有新进展"


async def test_no_more_is_sent_to_a_member_than_is_let_through(scene: Scene) -> None:
    await scene.platform.say("zhangsan", "您好")
    _, most = MEMBER_LIMITS[0]
    say(scene, *(f"第{number}条" for number in range(most + 1)))
    await scene.settle()
    assert len(scene.platform.seen("zhangsan")) == most + 1  # and one in the response
    scene.house.now += timedelta(minutes=1, seconds=1)
    await scene.settle()
    assert scene.platform.seen("zhangsan")[-1] == f"第{most}条"


async def test_a_customer_is_written_to_five_times_until_they_write_again(scene: Scene) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    say(scene, *(f"第{number}条" for number in range(ALLOWED)))
    await scene.settle()
    assert len(scene.platform.seen("wm1")) == ALLOWED
    scene.house.now += timedelta(hours=1)
    await scene.platform.write("wm1", "在吗")
    await scene.settle()
    assert scene.platform.seen("wm1")[ALLOWED] == "第4条"
    assert scene.platform.seen("wm1")[-1].startswith("收到：在吗")


async def test_beyond_48_hours_a_customer_is_not_written_to(scene: Scene) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    scene.house.now += timedelta(hours=49)
    say(scene, "工单有新进展")
    await scene.settle()
    assert scene.platform.calls["send_msg"] == 1
    assert outgoing(scene)[-1] == (OutgoingState.PENDING, 0)


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_and_the_line_sent(scene: Scene, code: int) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    scene.platform.expire_token()
    scene.platform.faults = [code]
    say(scene, "一")
    await scene.settle()
    assert scene.platform.seen("wm1")[-1] == "一"


@pytest.mark.parametrize(
    "code", [-1, 45009, 45033, 95001, 95002, 60020, 48002, 301002, 40056, 95000, 95017]
)
async def test_a_code_that_asks_to_wait_or_to_be_set_right_loses_nothing(
    scene: Scene, code: int
) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    scene.platform.faults = [code]
    say(scene, "一")
    await scene.settle()
    assert outgoing(scene)[-1] == (OutgoingState.PENDING, 0)
    assert str(code) in reasons(scene)
    scene.house.now += timedelta(minutes=10)
    await scene.platform.write("wm1", "在吗")
    await scene.settle()
    assert "一" in scene.platform.seen("wm1")


async def test_a_fault_of_the_console_says_what_to_set_right(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.platform.say("zhangsan", "您好")
    scene.platform.faults = [60020]
    say(scene, "一")
    await scene.settle()
    assert "errcode 60020: this server's address is missing" in caplog.text


async def test_a_member_out_of_reach_is_not_written_to_any_more(scene: Scene) -> None:
    await scene.platform.say("zhangsan", "您好")
    scene.platform.strangers.add("zhangsan")
    say(scene, "一")
    await scene.settle()
    assert outgoing(scene) == [(OutgoingState.DEAD, 0)]
    [row] = scene.house.rows("recipients", "conversation")
    assert not row["reachable"]


async def test_any_other_code_is_a_failure_and_tried_again(scene: Scene) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    scene.platform.faults = [47001]
    say(scene, "一")
    await scene.settle()
    assert outgoing(scene)[-1] == (OutgoingState.PENDING, 1)
    scene.house.now += timedelta(seconds=2)
    await scene.settle()
    assert scene.platform.seen("wm1")[-1] == "一"


async def test_a_line_that_wecom_took_already_is_not_shown_twice_and_holds_up_no_other(
    scene: Scene,
) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    say(scene, "一", "二")
    errand = scene.courier.take()[0]
    assert errand.recipient is not None
    await scene.wecom.writer.send(errand.recipient, errand.reply, inbound=None, key=errand.key)
    scene.house.now += timedelta(minutes=1)  # the process that sent it died before it noted so
    await scene.settle()
    assert scene.platform.seen("wm1")[1:] == ["一", "二"]
    assert {state for state, _ in outgoing(scene)} == {OutgoingState.SENT}


async def test_while_a_servicer_holds_the_session_linli_is_silent(scene: Scene) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    scene.platform.states["wm1"] = WITH_A_PERSON
    await scene.platform.happen("wm1", "session_status_change", change_type=1)
    await scene.platform.write("wm1", "跟您说个事")
    await scene.settle()
    say(scene, "工单有新进展")
    await scene.settle()
    assert scene.answerer.texts == ["您好"]
    assert len(scene.platform.seen("wm1")) == 1
    scene.platform.states["wm1"] = 4
    await scene.platform.happen("wm1", "session_status_change", change_type=3)
    scene.platform.states["wm1"] = 0
    await scene.platform.write("wm1", "我又来了")
    scene.house.now += timedelta(hours=1)
    await scene.settle()
    assert scene.answerer.texts == ["您好", "我又来了"]
    assert "工单有新进展" in scene.platform.seen("wm1")


async def test_what_a_servicer_writes_says_that_they_are_at_it(scene: Scene) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    scene.platform.states["wm1"] = WITH_A_PERSON
    scene.platform.leave("wm1", origin=5, msgtype="text", text={"content": "我来处理"})
    await scene.platform.write("wm1", "谢谢")
    await scene.settle()
    assert scene.answerer.texts == ["您好"]


async def test_a_missed_end_of_a_session_is_found_out_with_the_next_message(scene: Scene) -> None:
    await scene.platform.happen("wm1", "session_status_change", change_type=1)
    scene.platform.states["wm1"] = 0
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    assert scene.answerer.texts == ["您好"]


async def test_a_servicer_who_came_unnoticed_is_noticed_when_wecom_refuses(scene: Scene) -> None:
    scene.platform.states["wm1"] = WITH_A_PERSON
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    assert scene.platform.seen("wm1") == []
    assert {state for state, _ in outgoing(scene)} == {OutgoingState.DEAD}
    await scene.platform.write("wm1", "在吗")
    await scene.settle()
    assert scene.answerer.texts == ["您好"]


async def test_a_session_that_has_ended_waits_for_a_word_of_theirs(scene: Scene) -> None:
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    scene.platform.states["wm1"] = 4
    say(scene, "工单有新进展")
    await scene.settle()
    assert outgoing(scene)[-1] == (OutgoingState.PENDING, 0)
    scene.platform.states["wm1"] = 0
    scene.house.now += timedelta(hours=1)
    await scene.platform.write("wm1", "在吗")
    await scene.settle()
    assert "工单有新进展" in scene.platform.seen("wm1")
