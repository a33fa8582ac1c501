from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet

from actions.reply import Button, Citation, PhoneNumber, Reply, TicketCard
from actions.turn import Location
from actions.vault import Unreadable, Vault
from channels.inbox import record_arrival
from channels.outgoing import tell
from channels.transcript import transcript
from tests.channels.house import OWNER, House, arrival, told

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
FULL = Reply(
    text="可以申请。",
    buttons=(Button("有帮助", "有帮助"),),
    citations=(Citation("示例办法", article="第一条", effective="2021-01-01"),),
    ticket=TicketCard("LL20301122-0042-7", "待受理", "路灯坏了", resolve_by="2030-11-28T16:00:00Z"),
    calls=(PhoneNumber("火警", "119"),),
    urgent=True,
)


def test_nothing_said_lies_on_the_disk_in_plain_text(house: House) -> None:
    place = Location(40.0, 116.3, "青禾社区")
    with house.sessions.begin() as session:
        told(house, session, arrival("张三，13800000000，路灯坏了", location=place), FULL)
        tell(session, "web:a", Reply("工单已办结"), house.vault, NOW)
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
        again = record_arrival(session, arrival(), house.vault, NOW, OWNER)
    assert (again.is_new, again.replies) == (False, (FULL, Reply("还有一句")))


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
        tell(session, "web:a", Reply("工单已办结"), house.vault, NOW)
    lines = house.lines()
    assert [line.external for line in lines] == ["web:a/1", "web:a/1", None]
    assert [line.id for line in lines] == sorted(line.id for line in lines)
