"""When something happened, as residents say it, found in a text; ``nlu.moment`` reads what it
means.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from nlu.dates import D
from nlu.days import NAMED_DAY
from nlu.hours import CLOCK, PART
from nlu.interval import Meaning, Recurrence
from nlu.lengths import LENGTH, read_length
from nlu.moment import NEXT_DAY, OPENS, RUN_OF_DAYS, TAIL, TO, UP_TO_NOW, read_time
from nlu.repeats import REPEAT

FUSED = r"[今昨前明][早晚夜](?:上|里|间)?(?![饭餐班报])"
SHORT = rf"(?<![每一点么])[早晚夜](?={CLOCK})"
HOURS_ALONE = rf"(?:(?:{PART}的?){{1,2}}{CLOCK}?|(?:{SHORT})?{CLOCK})"
OF_DAY = rf"(?:(?:的?{PART}){{1,2}}|的?[早晚夜](?![上里间高饭餐点班期会些安了报]))?(?:的?{CLOCK})?"
ANY_DAY = rf"(?:{FUSED}|{NAMED_DAY})"
BARE_CLOCK = (
    r"(?<![有早晚快慢好差大小多少高低远近第\d.一])(?!一点(?!钟|半|多|整|左右|\d|[到至-]))"
    rf"(?:{SHORT})?{CLOCK}"
)
UNTIL = (
    rf"(?:{TO}(?:{UP_TO_NOW}|{NEXT_DAY}?的?(?:{HOURS_ALONE})|{NEXT_DAY}|"
    rf"(?:{ANY_DAY}|{D}[号日](?!楼)){OF_DAY}))"
)
EVERY_SO_OFTEN = (
    rf"{REPEAT}(?:的|都)?(?:(?:的?{PART}){{1,2}}|{SHORT})?(?:的?{CLOCK})?"
    rf"(?:{TO}{NEXT_DAY}?{HOURS_ALONE})?"
)
SINCE = rf"(?:从?{ANY_DAY}{OPENS}?|{RUN_OF_DAYS})[，, ]?(?:都)?"
TIME = re.compile(
    rf"(?:{SINCE})?{EVERY_SO_OFTEN}(?:{OPENS}|左右|前后)?|"
    rf"{RUN_OF_DAYS}的?{HOURS_ALONE}|"
    rf"(?:{ANY_DAY}{OF_DAY}|(?:{PART}的?){{1,2}}{CLOCK}?|{BARE_CLOCK}){UNTIL}?{TAIL}?|"
    rf"{LENGTH}(?:(?<=前)的?{HOURS_ALONE}{UNTIL}?)?|一个?(?:春天|夏天|秋天|冬天)|好久"
)

HOURS_ONLY = re.compile(HOURS_ALONE)
DAY_ONLY = re.compile(rf"{ANY_DAY}(?:的?{PART})?")


@dataclass(frozen=True, slots=True)
class Said:
    """A time expression as it stands in the text."""

    text: str
    start: int
    end: int


def find_times(text: str) -> tuple[Said, ...]:
    """Expressions of time in ``text`` (normalised), in order, none overlapping another."""
    found: list[Said] = []
    for match in TIME.finditer(text):
        said = match.group(0).rstrip("，, 的都")
        if len(said) >= 2:
            found.append(Said(said, match.start(), match.start() + len(said)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Told:
    """An expression and what it means; None: that cannot be told."""

    said: Said
    meaning: Meaning | None


def read_times(text: str, now: datetime, *, ahead: bool = False) -> tuple[Told, ...]:
    """Every expression in ``text`` with its meaning; hours take the day said before them in the
    same sentence (“昨晚停电，十点多又停了”).

    Raises:
        ValueError: ``now`` is naive.
    """
    told: list[Told] = []
    day: Said | None = None
    for said in find_times(text):
        if day is not None and re.search(r"[。！？!?\n；;]", text[day.end : said.start]):
            day = None
        alone = HOURS_ONLY.match(said.text) is not None
        joined = read_time(day.text + said.text, now, ahead=ahead) if day and alone else None
        told.append(Told(said, joined or read_time(said.text, now, ahead=ahead)))
        if DAY_ONLY.fullmatch(said.text):
            day = said
    return tuple(told)


def most_telling(told: tuple[Told, ...]) -> Told | None:
    """The one that says when: what comes back, else the shortest interval, the first of equals;
    one whose meaning cannot be told only where there is no other."""
    return min(told, key=vagueness, default=None)


def vagueness(told: Told) -> tuple[int, timedelta]:
    meant = told.meaning
    if meant is None:
        return 3, timedelta()
    if isinstance(meant, Recurrence):
        return 0, timedelta()
    if meant.end is None:
        return 2 if read_length(told.said.text, meant.start) else 1, timedelta()
    if read_length(told.said.text, meant.start):
        return 2, timedelta()
    return 1, meant.end - meant.start
