from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from actions.reply import Button, Citation, PhoneNumber, Reply, TicketCard
from actions.turn import Location, Said
from actions.vault import Unreadable, Vault
from channels.tables import InboundRow
from channels.transcript import (
    Arrival,
    recall,
    record_arrival,
    record_replies,
    record_unasked,
    transcript,
)
from tests.channels.house import House, arrival

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
FULL = Reply(
    text="可以申请。",
    buttons=(Button("有帮助", "有帮助"),),
    citations=(Citation("示例办法", article="第一条", effective="2021-01-01"),),
    ticket=TicketCard("LL20301122-0042-7", "待受理", "路灯坏了", resolve_by="2030-11-28T16:00:00Z"),
    calls=(PhoneNumber("火警", "119"),),
    urgent=True,
)


def told(house: House, session: Session, message: Arrival, *replies: Reply) -> int:
    recorded = record_arrival(session, message, house.vault, NOW)
    record_replies(session, recorded.id, replies, house.vault, NOW)
    return recorded.id


def test_nothing_said_lies_on_the_disk_in_plain_text(house: House) -> None:
    place = Location(40.0, 116.3, "青禾社区")
    with house.sessions.begin() as session:
        told(house, session, arrival("张三，13800000000，路灯坏了", location=place), FULL)
        record_unasked(session, "web:a", Reply("工单已办结"), house.vault, NOW)
    lying = house.on_disk()
    for words in (
        "张三",
        "13800000000",
        "路灯",
        "116.3",
        "青禾",
        "可以申请",
        "LL2030",
        "办结",
        "\\u",
    ):
        assert words not in lying


def test_another_key_opens_no_line(house: House) -> None:
    with house.sessions.begin() as session:
        told(house, session, arrival())
    with house.sessions() as session, pytest.raises(Unreadable):
        transcript(session, "web:a", Vault(Fernet.generate_key()))


def test_a_reply_comes_back_as_it_was_given(house: House) -> None:
    with house.sessions.begin() as session:
        told(house, session, arrival(), FULL, Reply("还有一句"))
    with house.sessions.begin() as session:
        again = record_arrival(session, arrival(), house.vault, NOW)
    assert (again.is_new, again.replies) == (False, (FULL, Reply("还有一句")))


def test_an_answer_of_no_words_is_an_answer(house: House) -> None:
    with house.sessions.begin() as session:
        told(house, session, arrival())
        assert record_arrival(session, arrival(), house.vault, NOW).replies == ()


def test_a_second_answer_is_dropped(house: House) -> None:
    with house.sessions.begin() as session:
        number = told(house, session, arrival(), Reply("第一"))
        stands = record_replies(session, number, (Reply("第二"),), house.vault, NOW)
    assert stands == (Reply("第一"),)
    assert house.said()[1:] == [("linli", "第一")]


def test_times_are_kept_as_one_moment_whatever_their_zone(house: House) -> None:
    with house.sessions.begin() as session:
        shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
        recorded = record_arrival(session, arrival(), house.vault, shanghai)
        record_replies(session, recorded.id, (Reply("一"),), house.vault, NOW)
    with house.sessions() as session:
        row = session.get_one(InboundRow, recorded.id)
        assert (row.received, row.answered) == (NOW, NOW)
    assert [line.at for line in house.lines()] == [NOW, NOW]


def test_one_message_has_one_record_and_one_line(house: House) -> None:
    with house.sessions.begin() as session:
        first = record_arrival(session, arrival("一"), house.vault, NOW)
        second = record_arrival(session, arrival("二"), house.vault, NOW)
    assert (first.is_new, second.is_new) == (True, False)
    assert (second.id, second.said) == (first.id, Said("一"))
    assert house.said() == [("resident", "一")]


@pytest.mark.parametrize(
    "other",
    [
        Arrival("wechat", "", "web:a/1", "web:a", Said("一")),
        Arrival("web", "gh_1", "web:a/1", "web:a", Said("一")),
        Arrival("web", "", "web:a/2", "web:a", Said("一")),
    ],
)
def test_channel_account_and_number_together_make_a_message(house: House, other: Arrival) -> None:
    with house.sessions.begin() as session:
        record_arrival(session, arrival("一"), house.vault, NOW)
        assert record_arrival(session, other, house.vault, NOW).is_new


@pytest.mark.parametrize(
    "said",
    [
        Said("路灯坏了"),
        Said("", Location(40.0, 116.3)),
        Said("这里", Location(0.0, 0.0, "青禾社区", "WGS-84"), ("a.jpg", "b.jpg")),
        Said(""),
    ],
)
def test_what_was_said_is_recalled_until_it_is_answered(house: House, said: Said) -> None:
    message = Arrival("web", "", "1", "web:a", said)
    with house.sessions.begin() as session:
        number = record_arrival(session, message, house.vault, NOW).id
        assert recall(session, number, house.vault) == said
        record_replies(session, number, (), house.vault, NOW)
        assert recall(session, number, house.vault) is None
        with pytest.raises(LookupError):
            recall(session, number + 1, house.vault)


def test_a_transcript_is_read_page_by_page_oldest_first(house: House) -> None:
    with house.sessions.begin() as session:
        for number in range(5):
            told(house, session, arrival(f"问{number}", str(number)), Reply(f"答{number}"))
    with house.sessions() as session:
        seen: list[str] = []
        after = 0
        while page := transcript(session, "web:a", house.vault, after=after, limit=3):
            assert len(page) <= 3
            seen += [line.content["text"] for line in page]
            after = page[-1].id
    assert seen == [f"{kind}{number}" for number in range(5) for kind in "问答"]


def test_a_transcript_is_of_one_conversation(house: House) -> None:
    with house.sessions.begin() as session:
        told(house, session, arrival("甲的话", conversation="web:a"), Reply("答甲"))
        told(house, session, arrival("乙的话", conversation="web:b"), Reply("答乙"))
    assert [text for _, text in house.said("web:a")] == ["甲的话", "答甲"]
    assert house.lines("web:c") == []


def test_lines_of_a_turn_carry_its_number_and_what_is_unasked_none(house: House) -> None:
    with house.sessions.begin() as session:
        told(house, session, arrival("一"), Reply("答"))
        record_unasked(session, "web:a", Reply("工单已办结"), house.vault, NOW)
    lines = house.lines()
    assert [line.external for line in lines] == ["web:a/1", "web:a/1", None]
    assert [line.id for line in lines] == sorted(line.id for line in lines)
