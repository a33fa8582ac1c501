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
    EmergencyKind.MEDICAL: (AMBULANCE,),
    EmergencyKind.FIRE: (FIRE, AMBULANCE),
    EmergencyKind.GAS: (FIRE, AMBULANCE),
    EmergencyKind.CRIME: (POLICE, AMBULANCE),
    EmergencyKind.TRAFFIC: (TRAFFIC, AMBULANCE),
    EmergencyKind.ELECTRIC: (POWER, FIRE),
    EmergencyKind.TRAPPED: (FIRE, POLICE),
    EmergencyKind.LOST: (POLICE,),
}
"""Whom to call, by kind; the order of the kinds is their order of urgency."""

SIGNS = {
    EmergencyKind.SELF_HARM: signs.SELF_HARM,
    EmergencyKind.MEDICAL: signs.MEDICAL,
    EmergencyKind.FIRE: signs.FIRE,
    EmergencyKind.GAS: signs.GAS,
    EmergencyKind.CRIME: signs.CRIME,
    EmergencyKind.TRAFFIC: signs.TRAFFIC,
    EmergencyKind.ELECTRIC: signs.ELECTRIC,
    EmergencyKind.TRAPPED: signs.TRAPPED,
    EmergencyKind.LOST: signs.LOST,
}
HELP = re.compile("|".join(signs.HELP))
COMPILED = {kind: tuple(re.compile(sign) for sign in SIGNS[kind]) for kind in CALLS}
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]?")
CLAUSE_END = re.compile(r"[，,、。！？!?；; ]")
FIGURES = re.compile("|".join(signs.FIGURES))
ELSEWHERE = re.compile("|".join(signs.ELSEWHERE))
RISK, PAST, HABIT = re.compile(signs.RISK), re.compile(signs.PAST), re.compile(signs.HABIT)
OVER, NOW, CRY = re.compile(signs.OVER), re.compile(signs.NOW), re.compile(signs.CRY)
LETTER = 120
"""Characters. Nobody writes longer while the house burns: a letter must say that it is now."""
FIRST_PERSON = re.compile(r"我(?!们)|俺|自己")


def find_emergency(text: str) -> Emergency | None:
    """The most urgent emergency that is happening now, or None.

    Args:
        text: what the resident wrote, normalised (``nlu.text.normalise``).

    Returns:
        The first kind, in the order of ``CALLS``, of which some sentence speaks as present.
        A bare cry for help counts as a crime, since the police can send anybody.
    """
    found: dict[EmergencyKind, Emergency] = {}
    alone: Emergency | None = None
    letter = len(text) > LETTER
    for sentence in SENTENCE.finditer(text):
        said = FIGURES.sub(lambda m: "〇" * len(m.group(0)), sentence.group(0))
        cries = not letter and CRY.search(said) is not None
        if not cries and ELSEWHERE.search(said):
            continue
        if not letter and alone is None and (cry := HELP.search(said)):
            start, end = sentence.start() + cry.start(), sentence.start() + cry.end()
            alone = Emergency(EmergencyKind.CRIME, start, end, CALLS[EmergencyKind.CRIME])
        for kind, patterns in COMPILED.items():
            if kind in found:
                continue
            for match in (m for p in patterns for m in p.finditer(said)):
                if cries or is_present(kind, said, match, letter=letter):
                    start = sentence.start() + match.start()
                    end = sentence.start() + match.end()
                    found[kind] = Emergency(kind, start, end, CALLS[kind])
                    break
    return next((found[kind] for kind in CALLS if kind in found), alone)


def is_present(kind: EmergencyKind, said: str, match: "re.Match[str]", *, letter: bool) -> bool:
    """Whether the sentence says that the matched thing happens, not that it may or did.

    Who speaks of dying, or misses a person since yesterday, is in need whenever it began.
    """
    if kind is EmergencyKind.SELF_HARM:
        return not letter or FIRST_PERSON.search(said) is not None
    if OVER.search(said):
        return False
    start = max((m.end() for m in CLAUSE_END.finditer(said, 0, match.start())), default=0)
    end = CLAUSE_END.search(said, match.end())
    if NOW.search(said, start, end.start() if end else len(said)):
        return True
    if letter:
        return False
    if RISK.search(said[start : match.start()]):
        return False
    return kind is EmergencyKind.LOST or not (PAST.search(said) or HABIT.search(said))
