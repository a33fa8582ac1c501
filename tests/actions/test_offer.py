import pytest

from actions.offer import Offer, OfferKind, last_offer, make_offer, withdraw_offer
from actions.tables import OfferRow
from tests.actions.stage import Stage


def make(stage: Stage, kind: OfferKind, **about: object) -> None:
    with stage.means.sessions.begin() as session:
        make_offer(session, stage.conversation, Offer(kind, about), stage.means.vault, stage.now)


def test_an_offer_comes_back_as_it_was_made(stage: Stage) -> None:
    make(stage, OfferKind.WHICH, question="证", entries=["a", "b"])
    assert stage.offer() == Offer(OfferKind.WHICH, {"question": "证", "entries": ["a", "b"]})


def test_a_new_offer_takes_the_place_of_the_last(stage: Stage) -> None:
    make(stage, OfferKind.REPORT, question="甲")
    make(stage, OfferKind.WITHDRAW, number="乙")
    assert stage.offer() == Offer(OfferKind.WITHDRAW, {"number": "乙"})


@pytest.mark.parametrize(("hours", "seconds", "stands"), [(12, 0, True), (12, 1, False)])
def test_an_offer_stands_for_half_a_day(
    stage: Stage, hours: int, seconds: int, stands: bool
) -> None:
    make(stage, OfferKind.RESUME)
    stage.wait(hours=hours, seconds=seconds)
    assert (stage.offer() is not None) is stands


def test_what_is_withdrawn_is_gone_and_may_be_withdrawn_again(stage: Stage) -> None:
    make(stage, OfferKind.RESUME)
    for _ in range(2):
        with stage.means.sessions.begin() as session:
            withdraw_offer(session, stage.conversation)
    assert stage.offer() is None


def test_an_offer_is_made_to_one_conversation_only(stage: Stage) -> None:
    make(stage, OfferKind.RESUME)
    with stage.means.sessions() as session:
        assert last_offer(session, "web:2", stage.means.vault, stage.now) is None


def test_what_was_asked_is_sealed(stage: Stage) -> None:
    make(stage, OfferKind.REPORT, question="低保怎么申请")
    with stage.means.sessions() as session:
        row = session.get_one(OfferRow, stage.conversation)
    assert "低保" not in row.sealed
