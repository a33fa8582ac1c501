from dataclasses import replace
from datetime import timedelta

import pytest

from actions.reply import Reply, TicketCard
from channels.courier import NotNow
from channels.inbox import record_arrival, record_replies
from channels.outgoing import tell
from channels.tables import OutgoingState
from channels.wechat.standin import ALLOWED
from tests.channels.house import OWNER, arrival
from tests.channels.wechat.conftest import Scene

pytestmark = pytest.mark.anyio

NEWS = Reply("您的工单有新进展", ticket=TicketCard("LL20301122-0042-7", "已办结", ""))


def say(scene: Scene, *replies: Reply) -> None:
    [row] = scene.house.rows("recipients", "conversation")
    with scene.house.sessions.begin() as session:
        for reply in replies:
            tell(session, row["conversation"], reply, scene.house.vault, scene.house.clock())


async def bring(scene: Scene, times: int = 1) -> None:
    for _ in range(times):
        scene.house.now += timedelta(milliseconds=1)
        await scene.courier.bring()


def outgoing(scene: Scene) -> list[tuple[str, str]]:
    return [(row["state"], row["reason"]) for row in scene.house.rows("outgoing")]


async def test_news_is_sent_within_two_days_of_a_message(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    say(scene, NEWS)
    await bring(scene)
    assert scene.platform.screens["o1"][-1].how == "pushed"
    assert scene.platform.seen("o1")[-1] == "您的工单有新进展"


async def test_beyond_two_days_news_comes_as_a_notice(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    scene.house.now += timedelta(hours=49)
    say(scene, NEWS)
    await bring(scene)
    assert scene.platform.screens["o1"][-1].how == "notice"
    assert "LL20301122-0042-7 已办结" in scene.platform.seen("o1")[-1]


async def test_the_allowance_is_kept_and_begins_anew_with_the_next_message(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    say(scene, *(Reply(f"第{number}条") for number in range(ALLOWED + 1)))
    await bring(scene, ALLOWED + 2)
    assert scene.platform.calls["send"] == ALLOWED
    assert outgoing(scene)[-1] == (OutgoingState.PENDING, "allowance")
    scene.house.now += timedelta(seconds=1)
    await scene.platform.say("o1", "在吗")
    await bring(scene)
    assert scene.platform.seen("o1")[-1] == f"第{ALLOWED}条"


async def test_the_last_message_allowed_waits_for_the_answers_still_being_made(
    scene: Scene,
) -> None:
    await scene.platform.say("o1", "您好")
    say(scene, *(Reply(f"第{number}条") for number in range(ALLOWED)))
    await bring(scene, ALLOWED - 1)
    [first] = scene.house.rows("inbound")
    asking = replace(arrival("在吗", external="late"), conversation=first["conversation"])
    with scene.house.sessions.begin() as session:
        asked = record_arrival(session, asking, scene.house.vault, scene.house.now, OWNER).id
    await bring(scene)
    assert outgoing(scene)[-1] == (OutgoingState.PENDING, "the last one waits for all answers")
    with scene.house.sessions.begin() as session:
        answer = (Reply("在"),)
        now, vault = scene.house.now, scene.house.vault
        record_replies(session, asking.conversation, asked, answer, vault, now, awaited=True)
    scene.house.now += timedelta(seconds=2)
    await bring(scene)
    assert scene.platform.seen("o1")[-1] == f"第{ALLOWED - 1}条"


async def test_after_a_menu_only_a_minute_is_allowed(scene: Scene) -> None:
    await scene.platform.send_event("o1", "CLICK", EventKey="我的工单")
    scene.house.now += timedelta(minutes=2)
    say(scene, Reply("补一句"))
    await bring(scene)
    assert outgoing(scene) == [(OutgoingState.PENDING, "allowance")]


@pytest.mark.parametrize("code", [40001, 42001, 40014])
async def test_a_refused_token_is_renewed_and_the_line_sent(scene: Scene, code: int) -> None:
    await scene.platform.say("o1", "您好")
    await scene.wechat.apis["yunxi"].passes.token()
    scene.platform.expire_token()
    scene.platform.faults = [code]
    say(scene, Reply("一"))
    await bring(scene)
    assert scene.platform.seen("o1")[-1] == "一"
    assert outgoing(scene) == [(OutgoingState.SENT, "")]


@pytest.mark.parametrize("code", [45015, 45047, 45009, 45011, -1])
async def test_a_code_that_asks_to_wait_is_no_failure(scene: Scene, code: int) -> None:
    await scene.platform.say("o1", "您好")
    await scene.wechat.apis["yunxi"].passes.token()
    scene.platform.faults = [code]
    say(scene, Reply("一"))
    await bring(scene)
    [row] = scene.house.rows("outgoing")
    assert (row["state"], row["failures"]) == (OutgoingState.PENDING, 0)
    assert str(code) in row["reason"]


@pytest.mark.parametrize("code", [48001, 43004, 40003])
async def test_a_code_that_says_never_buries_the_line(scene: Scene, code: int) -> None:
    await scene.platform.say("o1", "您好")
    scene.platform.faults = [code]
    say(scene, Reply("一"))
    await bring(scene)
    [(state, reason)] = outgoing(scene)
    assert state == OutgoingState.DEAD
    assert str(code) in reason
    [row] = scene.house.rows("recipients", "conversation")
    assert bool(row["reachable"]) == (code != 43004)


async def test_any_other_code_is_a_failure_and_tried_again(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    await scene.wechat.apis["yunxi"].passes.token()
    scene.platform.faults = [47001]
    say(scene, Reply("一"))
    await bring(scene)
    [row] = scene.house.rows("outgoing")
    assert (row["state"], row["failures"], row["reason"]) == (
        OutgoingState.PENDING,
        1,
        "ApiError",
    )
    scene.house.now += timedelta(seconds=2)
    await bring(scene)
    assert scene.platform.seen("o1")[-1] == "一"


async def test_a_reply_that_does_not_fit_is_read_on_with_more(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    whole = "".join(f"第{number}句话说完了。" for number in range(150))
    say(scene, Reply(whole))
    await bring(scene)
    more = scene.house.wording.text("more")
    first = scene.platform.seen("o1")[-1]
    assert first.endswith(more)
    await scene.platform.say("o1", "更多")
    assert first.removesuffix(f"\n{more}") + scene.platform.seen("o1")[-1] == whole


async def test_the_secret_is_asked_for_once(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    say(scene, Reply("一"), Reply("二"))
    await bring(scene, 2)
    assert scene.platform.calls["token"] == 1


async def test_without_a_window_an_account_without_a_notice_waits(scene: Scene) -> None:
    await scene.platform.say("o1", "您好")
    scene.house.now += timedelta(hours=49)
    say(scene, Reply("一句不是工单的话"))
    with pytest.raises(NotNow):
        await send_first(scene)


async def send_first(scene: Scene) -> None:
    errand = scene.courier.take()[0]
    assert errand.recipient is not None
    await scene.wechat.writer.send(
        errand.recipient, errand.reply, inbound=errand.inbound, key=errand.key
    )
