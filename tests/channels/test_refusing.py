import pytest

from actions.turn import Location, Said
from actions.wording import load_wording
from channels.refusing import cries_for_help, refusal_of
from tests.channels.house import FACTS

WORDING = load_wording(FACTS)
FIRE = "我家厨房着火了，快来人"
LONG = "楼道里的灯坏了" * 20


@pytest.mark.parametrize(
    ("text", "cries"),
    [(FIRE, True), ("厨房着着着火了了！！！快来人", True), (LONG, False), (f"{LONG}{FIRE}", False)],
)
def test_a_cry_for_help_is_heard_within_what_is_read(text: str, cries: bool) -> None:
    assert cries_for_help(Said(text), 100) is cries


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (Said(""), "empty"),
        (Said("？！"), "empty"),
        (Said("路灯坏了"), ""),
        (Said("", images=("a.jpg",)), ""),
        (Said("", Location(40.0, 116.3, None, "WGS-84")), ""),
        (Said(f"{FIRE}{LONG}"), ""),
    ],
)
def test_what_says_nothing_gets_a_word(said: Said, key: str) -> None:
    assert refusal_of(said, 100, WORDING) == (WORDING.say(key) if key else None)


def test_what_is_too_long_gets_the_numbers() -> None:
    refused = refusal_of(Said(LONG), 100, WORDING)
    assert refused == WORDING.say("too_long", limit=100, length=len(LONG))
