"""Emergencies: recognised before anything else, by two readers, without Rasa.

The first is a table of signs that anybody can read and mend (``nlu.emergency_table``). The second
has learnt from examples (``nlu.emergency_model``). A sign that no quiet example meets alarms by
itself, and so does one of self-harm in a letter; whether any other means something, and what the
table does not know, the second tells.
"""

from dataclasses import dataclass

from nlu.emergency_features import features
from nlu.emergency_kinds import (
    AMBULANCE,
    CALLS,
    FIRE,
    MIND,
    POLICE,
    POWER,
    TRAFFIC,
    Call,
    EmergencyKind,
)
from nlu.emergency_model import the_model
from nlu.emergency_table import read, sign_in

__all__ = [
    "AMBULANCE",
    "CALLS",
    "FIRE",
    "MIND",
    "POLICE",
    "POWER",
    "TRAFFIC",
    "Call",
    "Emergency",
    "EmergencyKind",
    "find_emergency",
]

READ = 1000
"""Characters read at either end of a message; nobody in need writes more."""
LETTER = 150
"""Characters. Nobody writes longer while the house burns: a letter must say that it is now."""


SIGNED, ALONE = 0.13, 0.45
"""How likely it must be for the second reader, with a sign and without. A sign it doubts may be
overruled, but not lightly. Chosen on the project's own lists: the first finds all of the 1,345
written phrasings that 0.345 had lost three of."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """What was recognised, where in the text, and whom to call, first the most urgent."""

    kind: EmergencyKind
    start: int
    end: int
    calls: tuple[Call, ...]


def find_emergency(text: str) -> Emergency | None:
    """The most urgent emergency that is happening now, or None.

    Args:
        text: what the resident wrote, as every reader reads it (``nlu.text.legible``).

    Returns:
        The kind that the table found first, in the order of ``CALLS``, or the likeliest. The span
        is of the last word of the sign, or of the character that told most.
    """
    letter = len(text) > LETTER
    if len(text) > 2 * READ:
        rest = len(text) - READ
        return found_in(text[:READ], 0, letter=letter) or found_in(text[rest:], rest, letter=letter)
    return found_in(text, 0, letter=letter)


def found_in(text: str, offset: int, *, letter: bool) -> Emergency | None:
    reading = read(text, letter=letter)
    sign = sign_in(reading)
    seen = features(reading, sign)
    model = the_model()
    if sign is None:
        least = max(ALONE, model.enough)
    elif sign.line in model.sure or (letter and sign.kind is EmergencyKind.SELF_HARM):
        least = 0.0
    else:
        least = SIGNED
    if model.probability(seen) < least:
        return None
    if sign:
        return Emergency(sign.kind, sign.start + offset, sign.end + offset, CALLS[sign.kind])
    told = model.telling(seen)
    if told is None:
        return None
    kind = model.kind(seen)
    return Emergency(kind, told + offset, told + offset + 1, CALLS[kind])
