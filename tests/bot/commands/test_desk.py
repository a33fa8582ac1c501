from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from actions.reply import Reply
from bot.cli import read_settings
from bot.commands.desk import desk, open_desk, told, waited
from bot.commands.desk_session import Session
from channels.arrival import Arrival
from channels.hotline.handover import Reason, State, begin, queue
from channels.hotline.operators import Line
from channels.hotline.summary import summarise
from channels.inbox import record_arrival, record_replies
from channels.tables import OutgoingState
from channels.transcript import OPERATOR, transcript
from nlu.clock import system_clock
from tests.bot.commands.running import fault, run

pytestmark = pytest.mark.usefixtures("home")

PHONE = "13812345678"


def write(text: str, external: str = "1", conversation: str = "web:a") -> int:
    """A resident's message that Linli has nothing to say to."""
    from actions.turn import Said

    with open_desk() as opened, opened.means.sessions.begin() as session:
        arrival = Arrival("web", "", f"{conversation}/{external}", conversation, Said(text))
        vault, now = opened.means.vault, system_clock()
        recorded = record_arrival(session, arrival, vault, now, "process")
        about = (conversation, recorded.id, (Reply("好"),), vault, now)
        record_replies(session, *about, awaited=True)
        return recorded.id


def hand_over(text: str = f"水管漏水，电话{PHONE}", conversation: str = "web:a") -> None:
    inbound = write(text, conversation=conversation)
    with open_desk() as opened, opened.means.sessions.begin() as session:
        begin(
            session,
            conversation,
            channel="web",
            inbound=inbound,
            reason=Reason.ASKED,
            summary=summarise(session, conversation, opened.means.vault, system_clock()),
            vault=opened.means.vault,
            now=system_clock(),
        )


def said(conversation: str = "web:a") -> list[tuple[str, str]]:
    with open_desk() as opened, opened.means.reading() as session:
        lines = transcript(session, conversation, opened.means.vault)
    return [(line.speaker, line.content["text"]) for line in lines]


def test_an_empty_queue_says_so() -> None:
    assert run(desk, "list") == "没有人。\n"
    assert run(desk, "list", "--ended") == "没有人。\n"


def test_the_list_tells_who_waits_for_what_without_phones() -> None:
    hand_over()
    lines = run(desk, "list").splitlines()
    assert lines[1].split()[:2] == ["1", "等候"]
    assert "水管漏水" in lines[1]
    assert PHONE not in lines[1]


def test_one_is_shown_taken_answered_and_handed_back() -> None:
    hand_over()
    run(desk, "take", 1, "--by", "小李")
    run(desk, "reply", 1, "在哪里？", "--by", "小李")
    shown = run(desk, "show", 1)
    assert "1 号　接待中，小李接待　居民要求　web" in shown
    assert "刚才说：水管漏水，电话138****5678" in shown
    assert "小李：在哪里？" in shown
    assert PHONE not in shown
    assert "工单 LL" in run(desk, "ticket", 1, "--text", "三单元漏水", "--by", "小李")
    run(desk, "back", 1, "--by", "小李")
    assert said()[-1][0] == "linli"
    assert "交还" in run(desk, "list", "--ended")
    assert "已结束（交还）" in run(desk, "show", 1)


def test_one_that_is_settled_is_closed() -> None:
    hand_over()
    run(desk, "take", 1, "--by", "小李")
    run(desk, "close", 1, "--by", "小李")
    assert "办结" in run(desk, "list", "--ended")


def test_what_cannot_be_done_is_one_line() -> None:
    assert fault(desk, "show", 7) == "没有 7 号会话"
    hand_over()
    assert "请先接待" in fault(desk, "reply", 1, "您好", "--by", "小李")
    run(desk, "take", 1, "--by", "小李")
    assert fault(desk, "take", 1, "--by", "老王") == "1 号会话由小李接待"
    assert "a name" in fault(desk, "back", 1, "--by", " ")
    assert "a name" in fault(desk, "back", 1, "--by", "小李王赵" * 13)


def test_sitting_at_the_desk_one_takes_answers_and_leaves() -> None:
    hand_over()
    hand_over("停电了", "web:b")
    typed = ["1", "在哪里？", "/ticket 三单元漏水", "/leave", "2", "/close", "1", "/back", "/quit"]
    result = CliRunner().invoke(desk, ["--by", "小李"], input="\n".join([*typed, "不该说的话\n"]))
    assert result.exit_code == 0, result.output
    assert "水管漏水" in result.output
    assert "1 号：已交还邻里" in result.output
    assert "2 号：已结束" in result.output
    assert (OPERATOR, "在哪里？") in said()
    assert "不该说的话" not in repr(said())
    assert run(desk, "list") == "没有人。\n"


def test_who_gives_no_name_is_asked() -> None:
    result = CliRunner().invoke(desk, input="小李\n/quit\n")
    assert result.exit_code == 0
    assert "小李，您好" in result.output


def test_the_end_of_the_input_is_leaving() -> None:
    hand_over()
    assert CliRunner().invoke(desk, ["--by", "小李"], input="1\n").exit_code == 0
    with open_desk() as opened, opened.means.reading() as session:
        assert queue(session, opened.means.vault)[0].state is State.TAKEN


def test_what_is_new_shows_by_itself() -> None:
    hand_over()
    shown: list[str] = []
    with open_desk() as opened:
        session = Session(opened, "小李", shown.append)
        session.begin()
        assert session.heed("1")
        write("在三单元", "2")
        hand_over("停电了", "web:b")
        shown.clear()
        session.look()
        assert any("在三单元" in line for line in shown)
        assert any("新来等候：2 号" in line for line in shown)
        shown.clear()
        session.look()
        assert shown == []


def test_what_has_ended_elsewhere_is_told() -> None:
    hand_over()
    shown: list[str] = []
    with open_desk() as opened:
        session = Session(opened, "小李", shown.append)
        session.heed("1")
        run(desk, "back", 1, "--by", "小李")
        session.look()
        assert "※ 1 号会话已经结束" in shown
        session.heed("还在吗")
        assert shown[-1].startswith("做不到")


def test_commands_that_are_none_get_help_and_words_without_a_conversation_go_nowhere() -> None:
    shown: list[str] = []
    with open_desk() as opened:
        session = Session(opened, "小李", shown.append)
        for line in ("/nonsense", "您好", "/back", "99", "9" * 30, "", "   "):
            assert session.heed(line)
    assert "/back" in shown[0]
    assert all("做不到" in line for line in shown[1:])
    assert len(shown) == 5


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0分00秒"), (200, "3分20秒"), (3900, "1时05分"), (-5, "0分00秒")]
)
def test_waiting_is_told_in_words(seconds: int, words: str) -> None:
    assert waited(timedelta(seconds=seconds)) == words


def test_a_line_tells_pictures_places_and_whether_it_arrived() -> None:
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    sent = Line(1, "operator", "小李", "您好\x1b", 0, "", at, OutgoingState.PENDING, "allowance")
    assert told(sent) == "11-23 10:00:00  小李：您好 〔待送 等居民再说话〕"
    seen = Line(2, "resident", "", "这里", 2, "东门", at, None, "")
    assert told(seen) == "11-23 10:00:00  居民：这里〔照片2张〕〔位置 东门〕"
    assert read_settings().desk_failures == 3
