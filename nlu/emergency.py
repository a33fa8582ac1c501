"""Emergencies: recognised before anything else, by a table, without any model.

Each kind has signs of an emergency that is happening, and the numbers to call. A sentence that
speaks of risk, the past, habit, drills, films or rules is no emergency, unless it also cries
for help. Numbers: 110, 119, 120, 122 are the national lines; 12356 is the national
psychological help line (National Health Commission, in use since 1 January 2025); 95598 is
the State Grid's repair line.
"""

import re
from dataclasses import dataclass
from enum import Enum

from nlu import emergency_signs as signs
from nlu import emergency_talk as talk
from nlu.emergency_words import WORDS
from nlu.word_signs import Marks, find, mark, sign, stretch, vocabulary


class EmergencyKind(Enum):
    FIRE = "fire"
    GAS = "gas"
    TRAPPED = "trapped"
    CRIME = "crime"
    MEDICAL = "medical"
    TRAFFIC = "traffic"
    ELECTRIC = "electric"
    SELF_HARM = "self_harm"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Call:
    """A number to dial."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """What was recognised, where in the text, and whom to call, first the most urgent."""

    kind: EmergencyKind
    start: int
    end: int
    calls: tuple[Call, ...]


POLICE, FIRE, AMBULANCE = Call("报警", "110"), Call("消防救援", "119"), Call("医疗急救", "120")
TRAFFIC, MIND = Call("交通事故", "122"), Call("心理援助热线", "12356")
POWER = Call("电力抢修", "95598")

CALLS = {
    EmergencyKind.SELF_HARM: (MIND, AMBULANCE, POLICE),
    EmergencyKind.TRAFFIC: (AMBULANCE, TRAFFIC, FIRE),
    EmergencyKind.ELECTRIC: (POWER, FIRE, AMBULANCE),
    EmergencyKind.TRAPPED: (FIRE, AMBULANCE, POLICE),
    EmergencyKind.FIRE: (FIRE, AMBULANCE),
    EmergencyKind.GAS: (FIRE, AMBULANCE),
    EmergencyKind.LOST: (POLICE,),
    EmergencyKind.CRIME: (POLICE, AMBULANCE),
    EmergencyKind.MEDICAL: (AMBULANCE,),
}
"""Whom to call, by kind.

Of several kinds the first here is told: causes before what they do to people, whose numbers
have the ambulance among them.
"""

TABLE = {kind: getattr(signs, kind.name) for kind in CALLS}
SIGNS = {kind: tuple(sign(line) for line in TABLE[kind]) for kind in CALLS}
HELP = tuple(sign(line) for line in signs.HELP)
KNOWN = vocabulary(WORDS | signs.TALK, [*HELP, *(s for kind in SIGNS.values() for s in kind)])
SLIPS = re.compile("|".join(talk.SLIPS))
CLAUSE = re.compile(r"[^，,、：:。！？!?；;\n …]+")
CLAUSE_END = re.compile(r"[，,、：:。！？!?；;\n …]")
READ = 1000
"""Characters read at either end of a message; nobody in need writes more."""
LETTER = 150
"""Characters. Nobody writes longer while the house burns: a letter must say that it is now."""
WHENEVER = {EmergencyKind.SELF_HARM, EmergencyKind.LOST}
"""Who speaks of dying, or misses a person since yesterday, is in need whenever it began."""


def find_emergency(text: str) -> Emergency | None:
    """The most urgent emergency that is happening now, or None.

    Args:
        text: what the resident wrote, as every reader reads it (``nlu.text.legible``).

    Returns:
        The first kind, in the order of ``CALLS``, of which some sentence speaks as present.
        A bare cry for help counts as a crime, since the police can send anybody.
    """
    letter = len(text) > LETTER
    if len(text) > 2 * READ:
        rest = len(text) - READ
        return found_in(text[:READ], 0, letter=letter) or found_in(text[rest:], rest, letter=letter)
    return found_in(text, 0, letter=letter)


def found_in(text: str, offset: int, *, letter: bool) -> Emergency | None:
    said = SLIPS.sub(lambda m: talk.SLIPS[m.group(0)], text)
    said = talk.FIGURES.sub(lambda m: "〇" * len(m.group(0)), said)
    marks = mark(said, KNOWN, denied=talk.DENIED, noun=talk.NOUN)
    present, whenever = spoken_as_present(said, marks, letter=letter)
    for kind, lines in SIGNS.items():
        allowed = whenever if kind in WHENEVER else present
        for line in lines if allowed else ():
            if span := find(line, marks, allowed):
                return Emergency(kind, span[0] + offset, span[1] + offset, CALLS[kind])
    for line in HELP if present and not letter else ():
        if span := find(line, marks, present):
            start, end = span[0] + offset, span[1] + offset
            return Emergency(EmergencyKind.CRIME, start, end, CALLS[EmergencyKind.CRIME])
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
