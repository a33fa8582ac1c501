"""How Chinese characters sound, and which sounds are taken for one another."""

import os
import unicodedata
from collections.abc import Mapping
from functools import cache

READ_TWO_WAYS = frozenset(
    "长重行还都得了着地的乐觉调便朝传弹会和车单给校血露落薄剥厦大解盛省宿参藏曾称折卡模什没吓系巷降色率绿弄"
)
"""Characters whose second reading is as common; of all others the first counts, since the rest
are rare or bookish."""

SWAPPED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
SWAPPED_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
"""Pairs that southern speech, its transcription and hasty typing mix up."""


@cache
def syllables(character: str) -> tuple[str, ...]:
    """The syllables of a character without their tones; none for what is no Chinese character."""
    readings = _dictionary().get(ord(character), "")
    usual = readings.split(",")[: 2 if character in READ_TWO_WAYS else 1]
    return tuple(dict.fromkeys(map(_toneless, usual))) if readings else ()


@cache
def folded(syllable: str) -> str:
    """One name for all syllables that are taken for this one."""
    for one, other in SWAPPED_INITIALS:
        if syllable.startswith(one) and len(syllable) > len(one):
            syllable = other + syllable.removeprefix(one)
            break
    for one, other in SWAPPED_FINALS:
        if syllable.endswith(one):
            return syllable.removesuffix(one) + other
    return syllable


@cache
def near(syllable: str) -> tuple[str, ...]:
    """The syllables one confusion away, whether or not they exist."""
    found = []
    for pair in SWAPPED_INITIALS:
        # ch, not c, is what cha begins with
        for one, other in (pair, pair[::-1]):
            if _initial(syllable) == one:
                found.append(other + syllable.removeprefix(one))
    for long, short in SWAPPED_FINALS:
        if syllable.endswith(long):
            found.append(syllable.removesuffix(long) + short)
        elif syllable.endswith(short):
            found.append(syllable.removesuffix(short) + long)
    return tuple(found)


def _initial(syllable: str) -> str:
    return syllable[: 2 if syllable[1:2] == "h" else 1]


def _toneless(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(c for c in letters if not unicodedata.combining(c))


@cache
def _dictionary() -> Mapping[int, str]:
    """Readings by code point, separated by commas; without pypinyin's phrases, which take 45 MB."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT
