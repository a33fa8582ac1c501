from datetime import UTC, datetime, timedelta, timezone

import pytest

from actions.reply import Reply
from actions.turn import Location, Said
from channels.arrival import Arrival
from channels.hearing import recall
from channels.inbox import record_arrival, record_replies
from channels.tables import InboundRow
from tests.channels.house import OWNER, House, arrival, told

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_an_answer_of_no_words_is_an_answer(house: House) -> None:
    with house.sessions.begin() as session:
        told(house, session, arrival())
        assert record_arrival(session, arrival(), house.vault, NOW, OWNER).replies == ()


def test_a_second_answer_is_dropped(house: House) -> None:
    with house.sessions.begin() as session:
        number = told(house, session, arrival(), Reply("第一"))
        stands, _ = record_replies(
            session, "web:a", number, (Reply("第二"),), house.vault, NOW, awaited=True
        )
    assert stands == (Reply("第一"),)
    assert house.said()[1:] == [("linli", "第一")]


def test_times_are_kept_as_one_moment_whatever_their_zone(house: House) -> None:
    with house.sessions.begin() as session:
        shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
        recorded = record_arrival(session, arrival(), house.vault, shanghai, OWNER)
        record_replies(
            session, "web:a", recorded.id, (Reply("一"),), house.vault, NOW, awaited=True
        )
    with house.sessions() as session:
        row = session.get_one(InboundRow, recorded.id)
        assert (row.received, row.answered) == (NOW, NOW)
    assert [line.at for line in house.lines()] == [NOW, NOW]


def test_one_message_has_one_record_and_one_line(house: House) -> None:
    with house.sessions.begin() as session:
        first = record_arrival(session, arrival("一"), house.vault, NOW, OWNER)
        second = record_arrival(session, arrival("二"), house.vault, NOW, OWNER)
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
        record_arrival(session, arrival("一"), house.vault, NOW, OWNER)
        assert record_arrival(session, other, house.vault, NOW, OWNER).is_new


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
        number = record_arrival(session, message, house.vault, NOW, OWNER).id
        assert recall(session, number, house.vault) == said
        record_replies(session, "web:a", number, (), house.vault, NOW, awaited=True)
        assert recall(session, number, house.vault) is None
        with pytest.raises(LookupError):
            recall(session, number + 1, house.vault)
