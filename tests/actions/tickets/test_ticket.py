import pytest

from actions.tickets.ticket import (
    KIND_NAMES,
    URGENCY_NAMES,
    Address,
    Amendment,
    Datum,
    Kind,
    NewTicket,
    Urgency,
)
from tests.actions.tickets.desk import NEW


def test_every_kind_and_urgency_has_a_chinese_name() -> None:
    assert set(KIND_NAMES) == set(Kind)
    assert set(URGENCY_NAMES) == set(Urgency)


def test_a_ticket_shows_neither_contact_nor_words_in_a_log() -> None:
    shown = repr(NEW)
    for private in (NEW.contact_phone, NEW.contact_name, NEW.description, "云溪家园"):
        assert private not in shown


def test_a_photo_alone_is_enough_but_nothing_is_not() -> None:
    NewTicket(
        kind=Kind.REPORT, description="", channel="web", conversation="c", attachments=("a.jpg",)
    )
    with pytest.raises(ValueError, match="description or an attachment"):
        NewTicket(kind=Kind.REPORT, description=" \n", channel="web", conversation="c")


def test_a_ticket_needs_its_conversation() -> None:
    with pytest.raises(ValueError, match="conversation"):
        NewTicket(kind=Kind.REPORT, description="路灯坏了", channel="web", conversation="")


@pytest.mark.parametrize("category", [("a", "b", "c", "d"), ("a", "", "c")])
def test_a_category_has_at_most_three_levels_without_gap(category: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="three levels"):
        Amendment(category=category)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_lies_within_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        Amendment(confidence=confidence)


@pytest.mark.parametrize(
    ("latitude", "longitude", "datum"),
    [
        (39.9, None, Datum.GCJ02),
        (None, 116.4, Datum.GCJ02),
        (39.9, 116.4, None),
        (91.0, 116.4, Datum.GCJ02),
        (39.9, 181.0, Datum.GCJ02),
        (float("nan"), 116.4, Datum.GCJ02),
    ],
)
def test_coordinates_are_whole_and_on_the_globe(
    latitude: float | None, longitude: float | None, datum: Datum | None
) -> None:
    with pytest.raises(ValueError, match=r"coordinates|no such place"):
        Address("东门", latitude=latitude, longitude=longitude, datum=datum)
