"""Slips of sound put right: 居住正 is 居住证, 物叶 is 物业, 垃及 is 垃圾.

A character is taken for a slip where it belongs to no word, and another of the same or a near
sound makes of it and its neighbours a word that the project's own texts use. The text is weighed
both ways by how likely its words are (``nlu.likelihood``), and what is gained must be more than
the slip costs: the rarer a character, the less likely that it was hit by mistake.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby
from math import inf

from nlu.likelihood import Likelihood, likelihood
from nlu.sounds import folded, syllables
from nlu.usage import BEGIN, lexicon, urgent

RUN = re.compile(r"[\u4e00-\u9fff0-9]{2,}")
RUN_ON = re.compile(r"[\u4e00-\u9fff0-9](?:[\u4e00-\u9fff0-9]| (?! ))*")
SPOKEN = re.compile(r"[\u4e00-\u9fff0]+")
NUMBER_OR_ONE = re.compile(r"[0-9]+|.")
NUMERALS = frozenset("一二三四五六七八九十百千万亿零〇两幺0")
PARTICLES = frozenset("呢吗吧啊呀嘛")
"""What ends a clause is meant there."""
LENGTHS = (2, 3, 4)
SAME_SOUND = 4.0
NEAR_SOUND = 6.5
RARITY = 1.3
"""What a slip costs, and the weight of the rarity of what was hit. Chosen on real messages, so
that fewer than one character in a thousand of a clean text is put wrong."""
EASIER = 3.0
"""How much less is asked where the word is one of an emergency, which is not to be missed."""
ROUNDS = 4
SPOKEN_DIGITS = frozenset("零〇一二三四五六七八九两幺洞拐勾")
DIGITS = {
    folded(syllable): digit
    for syllable, digit in zip(
        ("ling", "yi", "er", "liang", "san", "si", "wu", "liu", "qi", "ba", "jiu", "yao"),
        "零一二两三四五六七八九幺",
        strict=True,
    )
}
"""Digits by how they sound."""
READ_OUT = re.compile(rf"[{''.join(SPOKEN_DIGITS)}]{{3}}")
FEWEST_READ_OUT = 7
COMPLETE = (11, 18)
"""How many digits a mobile number has, and that of an identity card."""
GOES_ON = frozenset("是就吧以已有又也这")
"""What comes behind a number as a word of its own, however it sounds."""
MISREAD = 1 / 4
"""The share of a number's digits that slips may have taken, at most."""


@dataclass(frozen=True, slots=True)
class Repair:
    start: int
    word: str
    gain: float


@dataclass(frozen=True, slots=True)
class Targets:
    """``marks`` stand for sounds, a private character each. ``words`` are those worth finding, by
    what they look like with a mark in the place of one of their characters."""

    marks: Mapping[str, str]
    words: Mapping[str, Sequence[str]]

    def sounds(self, character: str) -> tuple[str, ...]:
        """Marks of what the character may be taken for."""
        found = (self.marks.get(folded(syllable)) for syllable in syllables(character))
        return tuple(dict.fromkeys(mark for mark in found if mark))


def repaired(text: str) -> str:
    """``text`` (simplified) with slips of sound put right; of the same length.

    Only Chinese characters are put for Chinese characters; digits and letters stay.
    """
    text = _numbers_put_right(text)
    pieces = [*text]
    for run in RUN.finditer(text):
        said, places = _without_digits(run)
        for place, character in zip(places, _put_right(said, text), strict=True):
            if character != "0":
                pieces[place] = character
    return "".join(pieces)


def _numbers_put_right(text: str) -> str:
    """``text`` with slips in numbers that are read out digit by digit put right."""
    if not READ_OUT.search(text):
        return text
    pieces = [*text]
    for run in RUN_ON.finditer(text):
        places = [i for i in range(*run.span()) if text[i] != " "]
        read = [_read_out(text[i]) for i in places]
        for first, last in _numbers(read, [_is_digit(text[i]) for i in places]):
            for k in range(first, last):
                pieces[places[k]] = read[k]
    return "".join(pieces)


def _is_digit(character: str) -> bool:
    return character in SPOKEN_DIGITS or character.isdigit()


def _read_out(character: str) -> str:
    """The digit that it is or sounds like; nothing for any other character."""
    if character in GOES_ON:
        return ""
    if _is_digit(character):
        return character
    return next((DIGITS[s] for s in map(folded, syllables(character)) if s in DIGITS), "")


def _numbers(read: Sequence[str], certain: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where numbers begin and end among characters that may be ``read`` as digits.

    A number begins and ends with a digit that was ``certain``; one more that only sounds like a
    digit is taken where the number is complete with it.
    """
    for may_be, group in groupby(range(len(read)), key=lambda k: bool(read[k])):
        sure = [k for k in group if certain[k]] if may_be else []
        if len(sure) < FEWEST_READ_OUT:
            continue
        first, last = sure[0], sure[-1] + 1
        if last - first + 1 in COMPLETE:
            if first and read[first - 1]:
                first -= 1
            elif last < len(read) and read[last]:
                last += 1
        if last - first - len(sure) <= MISREAD * (last - first):
            yield first, last


def _without_digits(run: "re.Match[str]") -> tuple[str, list[int]]:
    """The run with ``0`` for every number, and the places its characters have in the text."""
    found = [(m.group(0), m.start() + run.start()) for m in NUMBER_OR_ONE.finditer(run.group(0))]
    return "".join("0" if said.isascii() else said for said, _ in found), [at for _, at in found]


def _put_right(said: str, text: str) -> str:
    """A run of characters put right, for as long as that makes it likelier."""
    likely = likelihood()
    words, cost = likely.cut(said)
    for _ in range(ROUNDS):
        meant, taken = said, set[int]()
        for repair in sorted(_repairs(said, words, text, likely), key=lambda r: -r.gain):
            places = range(repair.start, repair.start + len(repair.word))
            if taken.isdisjoint(places):
                taken.update(places)
                meant = meant[: places.start] + repair.word + meant[places.stop :]
        if meant == said:
            break
        words, after = likely.cut(meant)
        if after >= cost:
            break
        said, cost = meant, after
    return said


def _repairs(said: str, words: Sequence[str], text: str, likely: Likelihood) -> Iterator[Repair]:
    targets, n = _targets(), len(said)
    starts = [0, *accumulate(map(len, words))]
    for number, (word, place) in enumerate(zip(words, starts, strict=False)):
        if len(word) > 1 or word == "0" or _in_number(said, place):
            continue
        if word in PARTICLES and place == n - 1:
            continue
        for sound in targets.sounds(word):
            for length in LENGTHS:
                for start in range(max(0, place - length + 1), min(place, n - length) + 1):
                    key = said[start:place] + sound + said[place + 1 : start + length]
                    for meant in targets.words.get(key, ()):
                        if meant != said[start : start + length] and not _is_name(
                            said[start : start + length], meant, text
                        ):
                            gain = _gain(said, words, starts, number, start, meant, likely)
                            gain -= _slip(word, meant[place - start], likely)
                            if gain + (EASIER if meant in urgent() else 0) > 0:
                                yield Repair(start, meant, gain)


def _in_number(said: str, place: int) -> bool:
    beside = said[max(0, place - 1) : place + 2]
    return said[place] in NUMERALS and sum(c in NUMERALS for c in beside) > 1


def _is_name(said: str, meant: str, text: str) -> bool:
    """Whether it is a name rather than a slip: nobody slips twice in the same way."""
    return "0" not in said and text.count(said) > 1 and meant not in lexicon()


def _gain(
    said: str,
    words: Sequence[str],
    starts: Sequence[int],
    number: int,
    start: int,
    meant: str,
    likely: Likelihood,
) -> float:
    """What is gained by putting ``meant`` at ``start``, where it reaches word ``number``."""
    end, first, last = start + len(meant), number, number
    while starts[first] > start:
        first -= 1
    while starts[last + 1] < end:
        last += 1
    leading = words[first - 1] if first else BEGIN
    following = words[last + 1 : last + 2]
    before = _pieces(said[starts[first] : start], likely)
    after = _pieces(said[end : starts[last + 1]], likely)
    now = likely.of_chain([leading, *words[first : last + 1], *following])
    then = likely.of_chain([leading, *before, meant, *after, *following])
    return now - then


def _pieces(rest: str, likely: Likelihood) -> Sequence[str]:
    return [rest] if rest and likely.costs[rest] < inf else [*rest]


def _slip(hit: str, meant: str, likely: Likelihood) -> float:
    """What it costs to have hit one character for another."""
    same = not set(syllables(hit)).isdisjoint(syllables(meant))
    return (SAME_SOUND if same else NEAR_SOUND) + RARITY * likely.rarity(hit)


@cache
def _targets() -> Targets:
    marks: dict[str, str] = {}
    words: dict[str, list[str]] = defaultdict(list)
    for word in likelihood().own.words:
        if len(word) not in LENGTHS or not SPOKEN.fullmatch(word) or NUMERALS.issuperset(word):
            continue
        for place, character in enumerate(word):
            for syllable in syllables(character):
                mark = marks.setdefault(folded(syllable), chr(0xE000 + len(marks)))
                words[word[:place] + mark + word[place + 1 :]].append(word)
    return Targets(marks, words)
