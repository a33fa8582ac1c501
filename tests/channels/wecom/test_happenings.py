from datetime import timedelta

import pytest

from channels.tables import OutgoingState
from channels.wecom.happenings import WELCOMES_WITHIN
from tests.channels.wecom.conftest import Scene

pytestmark = pytest.mark.anyio


async def test_whoever_comes_in_is_welcomed_once_with_choices_to_tap(scene: Scene) -> None:
    scene.platform.codes.add("wm1:code")
    await scene.platform.happen("wm1", "enter_session", welcome_code="wm1:code")
    await scene.platform.happen("wm1", "enter_session", welcome_code="wm1:code")
    await scene.settle()
    assert scene.platform.seen("wm1") == [scene.house.wording.text("greet")]
    [row] = scene.house.rows("transcript")
    assert row["speaker"] == "linli"
    await scene.platform.tap("wm1", 0)
    await scene.settle()
    assert scene.answerer.texts == [scene.house.wording.say("greet").buttons[0].text]


async def test_without_a_code_or_too_late_nobody_is_welcomed(scene: Scene) -> None:
    await scene.platform.happen("wm1", "enter_session")
    await scene.settle()
    scene.platform.codes.add("wm1:code")
    entered = scene.house.now - WELCOMES_WITHIN - timedelta(seconds=2)
    scene.platform.now = entered.timestamp
    await scene.platform.happen("wm1", "enter_session", welcome_code="wm1:code")
    await scene.settle()
    assert scene.platform.seen("wm1") == []


async def sent(scene: Scene) -> str:
    """The key of an answer that WeCom took."""
    await scene.platform.write("wm1", "您好")
    await scene.settle()
    return next(iter(scene.platform.sent))


@pytest.mark.parametrize("kind", [4, 5, 6])
async def test_what_did_not_arrive_goes_out_with_their_next_word(scene: Scene, kind: int) -> None:
    key = await sent(scene)
    await scene.platform.happen("wm1", "msg_send_fail", fail_msgid=key, fail_type=kind)
    await scene.settle()
    assert "\n".join(scene.platform.seen("wm1")).count("收到：您好\n\n第1句") == 1
    await scene.platform.write("wm1", "在吗")
    await scene.settle()
    assert "\n".join(scene.platform.seen("wm1")).count("收到：您好\n\n第1句") == 2
    await scene.platform.happen("wm1", "msg_send_fail", fail_msgid=key, fail_type=kind)
    await scene.settle()
    assert "\n".join(scene.platform.seen("wm1")).count("收到：您好\n\n第1句") == 2


@pytest.mark.parametrize(("kind", "reachable"), [(0, 1), (1, 1), (10, 0), (13, 1)])
async def test_what_can_never_arrive_is_given_up(scene: Scene, kind: int, reachable: int) -> None:
    key = await sent(scene)
    await scene.platform.happen("wm1", "msg_send_fail", fail_msgid=key, fail_type=kind)
    await scene.settle()
    states = [(row["state"], row["reason"]) for row in scene.house.rows("outgoing")]
    assert (OutgoingState.DEAD, f"fail_type {kind}") in states
    [row] = scene.house.rows("recipients", "conversation")
    assert row["reachable"] == reachable


@pytest.mark.parametrize("key", ["", "x", "1-", "999-abc", None])
async def test_a_failure_of_what_is_not_ours_changes_nothing(scene: Scene, key: str) -> None:
    await sent(scene)
    await scene.platform.happen("wm1", "msg_send_fail", fail_msgid=key, fail_type=10)
    await scene.settle()
    assert {row["state"] for row in scene.house.rows("outgoing")} == {OutgoingState.SENT}


@pytest.mark.parametrize("kind", ["servicer_status_change", "user_recall_msg", "hologram"])
async def test_other_events_change_nothing(scene: Scene, kind: str) -> None:
    await scene.platform.happen("wm1", kind, status=1)
    await scene.settle()
    assert scene.house.rows("transcript") == []
    assert scene.platform.seen("wm1") == []
