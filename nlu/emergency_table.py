"""The first reader of emergencies: a table of signs, and how people speak of what is not there.

Each kind has signs of an emergency that is happening. A sentence that speaks of risk, the past,
habit, drills, films or rules is no emergency, unless it also cries for help.
"""

import re
from dataclasses import dataclass

from nlu import emergency_signs as signs
from nlu import emergency_talk as talk
from nlu.emergency_kinds import CALLS, EmergencyKind
from nlu.emergency_words import WORDS
from nlu.word_signs import Marks, find, mark, sign, stretch, vocabulary

TABLE = {kind: getattr(signs, kind.name) for kind in CALLS}
SIGNS = {kind: {line: sign(line) for line in TABLE[kind]} for kind in CALLS}
HELP = {line: sign(line) for line in signs.HELP}
KNOWN = vocabulary(
    WORDS | signs.TALK,
    [*HELP.values(), *(each for kind in SIGNS.values() for each in kind.values())],
)
SLIPS = re.compile("|".join(talk.SLIPS))
CLAUSE = re.compile(r"[^，,、：:。！？!?；;\n …]+")
CLAUSE_END = re.compile(r"[，,、：:。！？!?；;\n …]")
WHENEVER = {EmergencyKind.SELF_HARM, EmergencyKind.LOST}
"""Who speaks of dying, or misses a person since yesterday, is in need whenever it began."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, and what of it tells of now. Bit i of a number is character i of the text.

    ``whenever`` are the characters that tell of wishes to die or missing people, also of
    yesterday; ``blank`` those that only sound like an emergency.
    """

    said: str
    marks: Marks
    present: int
    whenever: int
    blank: int
    letter: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A sign, and where its last word stands. ``line`` is its notation in the table."""

    kind: EmergencyKind
    line: str
    start: int
    end: int


def read(text: str, *, letter: bool) -> Reading:
    """Reads a text once.

    Args:
        text: as every reader reads it (``nlu.text.legible``).
        letter: it comes from one too long for anybody in need.
    """
    said = SLIPS.sub(lambda m: talk.SLIPS[m.group(0)], text)
    blank = 0
    for figure in talk.FIGURES.finditer(said):
        blank |= stretch(figure.start(), figure.end())
    heard = talk.FIGURES.sub(lambda m: "〇" * len(m.group(0)), said)
    marks = mark(heard, KNOWN, denied=talk.DENIED, noun=talk.NOUN)
    present, whenever = spoken_as_present(heard, marks, letter=letter)
    return Reading(said, marks, present, whenever, blank, letter)


def sign_in(reading: Reading) -> Found | None:
    """The first kind, in the order of ``CALLS``, of which some sentence speaks as present.

    A bare cry for help counts as a crime, since the police can send anybody.
    """
    for kind, lines in SIGNS.items():
        allowed = reading.whenever if kind in WHENEVER else reading.present
        for line, each in lines.items() if allowed else ():
            if span := find(each, reading.marks, allowed):
                return Found(kind, line, *span)
    for line, each in HELP.items() if reading.present and not reading.letter else ():
        if span := find(each, reading.marks, reading.present):
            return Found(EmergencyKind.CRIME, line, *span)
    return None


def spoken_as_present(said: str, marks: Marks, *, letter: bool) -> tuple[int, int]:
    """The characters that tell what happens now, and those that tell of it whenever it began."""
    present = whenever = 0
    for start, end in marks.spans:
        sentence = said[start:end]
        if not sentence or talk.FICTION.search(sentence):
            continue
        if not letter and talk.CRY.search(sentence):
            present |= stretch(start, end)
            whenever |= stretch(start, end)
            continue
        if talk.PLEA.search(sentence) or talk.OVER.search(sentence):
            continue
        now = clauses_of_now(sentence, start)
        open_to = stretch(start + end_of_asking(sentence), end)
        risk = talk.RISK.search(sentence)
        for clause in CLAUSE.finditer(sentence):
            if talk.NEARLY.search(clause.group(0)):
                open_to &= ~stretch(clause.start() + start, clause.end() + start)
        sure = open_to & (stretch(start, start + risk.start()) | now) if risk else open_to
        if letter:
            present |= now & sure
            whenever |= now & sure
            continue
        present |= sure & (stretch(start + end_of_past(sentence), end) | now)
        told = talk.HABIT.search(sentence) and talk.OTHERS.search(sentence)
        if not told and not talk.LONG_AGO.search(sentence):
            whenever |= open_to
    return present, whenever


def end_of_asking(sentence: str) -> int:
    """Where the clause ends in which a rule, paper or price was asked for last, or 0."""
    end = 0
    for asked in talk.ASK.finditer(sentence):
        end = asked.end()
    stop = CLAUSE_END.search(sentence, end)
    return 0 if not end else stop.start() if stop else len(sentence)


def end_of_past(sentence: str) -> int:
    """Where talk of the past and of habit gives way to today: 0 without such talk."""
    end = 0
    for pattern in (talk.PAST, talk.HABIT):
        for told in pattern.finditer(sentence):
            end = max(end, told.end())
    today = talk.TODAY.search(sentence, end)
    return 0 if not end else today.start() if today else len(sentence)


def clauses_of_now(sentence: str, offset: int) -> int:
    found = 0
    for clause in CLAUSE.finditer(sentence):
        if talk.NOW.search(clause.group(0)):
            found |= stretch(clause.start() + offset, clause.end() + offset)
    return found
