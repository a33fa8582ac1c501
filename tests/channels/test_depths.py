from datetime import timedelta

from prometheus_client import REGISTRY

from actions.reply import Reply
from channels.depths import note_depths
from channels.inbox import record_arrival
from channels.outgoing import give_up, tell
from channels.tables import Late, PassRow
from tests.channels.house import OWNER, House, arrival, told


def gauge(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_what_waits_is_told_by_channel(house: House) -> None:
    with house.sessions.begin() as session:
        begun = house.now
        record_arrival(session, arrival(external="1"), house.vault, begun, OWNER)
        later = begun + timedelta(seconds=30)
        record_arrival(session, arrival(external="2"), house.vault, later, OWNER)
        told(house, session, arrival(conversation="web:b"), Reply("好"))
        note_depths(session, ("web", "wechat"), begun + timedelta(seconds=40))
    assert gauge("linli_inbox", channel="web") == 2
    assert gauge("linli_inbox_oldest_seconds", channel="web") == 40
    assert gauge("linli_inbox", channel="wechat") == 0
    assert gauge("linli_inbox_oldest_seconds", channel="wechat") == 0


def test_what_is_answered_waits_no_more(house: House) -> None:
    with house.sessions.begin() as session:
        record_arrival(session, arrival(), house.vault, house.now, OWNER)
        note_depths(session, ("web",), house.now)
        assert gauge("linli_inbox", channel="web") == 1
        told(house, session, arrival(), Reply("好"))
        note_depths(session, ("web",), house.now)
    assert gauge("linli_inbox", channel="web") == 0


def test_lines_to_be_sent_are_told_by_channel_and_state(house: House) -> None:
    with house.sessions.begin() as session:
        told(house, session, arrival(late=Late.PUSH, recipient="openid"), Reply("好"))
        for text in ("一", "二"):
            tell(session, "web:a", Reply(text), house.vault, house.now)
        session.flush()
        give_up(session, 1, "left", house.now)
        note_depths(session, ("wechat",), house.now)
    assert gauge("linli_outgoing", channel="web", state="pending") == 1
    assert gauge("linli_outgoing", channel="web", state="dead") == 1
    assert gauge("linli_outgoing", channel="web", state="sending") == 0
    assert gauge("linli_outgoing", channel="wechat", state="pending") == 0


def test_a_token_is_told_by_its_age_and_the_seconds_it_holds(house: House) -> None:
    expires = house.now + timedelta(seconds=7000)
    with house.sessions.begin() as session:
        row = PassRow(account="wechat:a", expires=expires, renewing_until=house.now, sealed="x")
        row.renewed = house.now - timedelta(seconds=200)
        session.add(row)
        note_depths(session, (), house.now)
        assert gauge("linli_pass_seconds_left", account="wechat:a") == 7000
        assert gauge("linli_pass_age_seconds", account="wechat:a") == 200
        note_depths(session, (), expires + timedelta(seconds=5))
    assert gauge("linli_pass_seconds_left", account="wechat:a") == -5
    assert gauge("linli_pass_age_seconds", account="wechat:a") == 7205


def test_of_a_token_of_before_ages_were_kept_the_age_is_not_told(house: House) -> None:
    with house.sessions.begin() as session:
        session.add(PassRow(account="old", expires=house.now, renewing_until=house.now, sealed="x"))
        note_depths(session, (), house.now)
    assert gauge("linli_pass_seconds_left", account="old") == 0
    assert REGISTRY.get_sample_value("linli_pass_age_seconds", {"account": "old"}) is None


def test_a_turn_that_somebody_has_is_no_token(house: House) -> None:
    with house.sessions.begin() as session:
        session.add(PassRow(account="turn", expires=house.now, renewing_until=house.now, sealed=""))
        note_depths(session, (), house.now)
    assert REGISTRY.get_sample_value("linli_pass_seconds_left", {"account": "turn"}) is None
