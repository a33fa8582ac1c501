"""What the learned reader of emergencies sees of a text.

Runs of one to three characters, without marks and blanks, which rough text lacks; a digit stands
for any number. A run that ends where nothing happens now (the past, risk, films, figures of
speech) is another feature than the same run told of now. So are the classes of words of the table,
which of the ways of speaking of other things occur, and what the table found.
"""

from collections.abc import Iterator

from nlu import emergency_talk as talk
from nlu.emergency_table import Found, Reading

LONGEST = 3
OPENING, CLOSING = (2, 3), (2, 3)
"""Lengths of the runs at either end that count once more."""

NOT_NOW = "~"
WAYS = {
    "asked": talk.ASK,
    "cry": talk.CRY,
    "fiction": talk.FICTION,
    "habit": talk.HABIT,
    "long_ago": talk.LONG_AGO,
    "nearly": talk.NEARLY,
    "now": talk.NOW,
    "others": talk.OTHERS,
    "over": talk.OVER,
    "past": talk.PAST,
    "plea": talk.PLEA,
    "risk": talk.RISK,
    "today": talk.TODAY,
}

Features = dict[str, int]
"""Each feature with the place of its last character in the text; -1 where it has none."""


def features(reading: Reading, found: Found | None) -> Features:
    """The features of a text, and where each stands first."""
    live = reading.present & ~reading.blank
    spoken, places = condensed(reading.said)
    seen: Features = {}
    for last, place in enumerate(places):
        told = "" if live >> place & 1 else NOT_NOW
        for length in range(1, min(LONGEST, last + 1) + 1):
            seen.setdefault(told + spoken[last + 1 - length : last + 1], place)
    for name in aside(reading, spoken, found, live):
        seen[name] = -1
    return seen


def condensed(said: str) -> tuple[str, list[int]]:
    """The letters and numbers of a text, each number as one 0, and the place of each."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(said):
        if character.isdigit():
            if characters and characters[-1] == "0":
                continue
            character = "0"
        elif not character.isalnum():
            continue
        characters.append(character.lower()[0])
        places.append(place)
    return "".join(characters), places


def aside(reading: Reading, spoken: str, found: Found | None, live: int) -> Iterator[str]:
    """Features of the whole text. Their names hold a colon, which no run does."""
    for length in OPENING:
        yield f"opens:{spoken[:length]}"
    for length in CLOSING:
        yield f"closes:{spoken[-length:]}"
    for words, by_length in reading.marks.words.items():
        if words.isidentifier() and words.isascii():
            at = 0
            for starts in by_length.values():
                at |= starts
            yield f"words:{words}" if at & live else f"{NOT_NOW}words:{words}"
    for way, pattern in WAYS.items():
        if pattern.search(reading.said):
            yield f"way:{way}"
    if not reading.present:
        yield "way:nothing now"
    yield f"sign:{found.kind.value if found else None}"
    if found:
        yield "sign:any"
    yield f"length:{len(spoken).bit_length()}"
