"""Labelled sentences with addresses in them, made at random from ``addresses/grammar.yml``."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import jieba
import numpy as np
import yaml
from numpy.typing import NDArray

from nlu.address_divisions import Division, divisions, without_ending
from nlu.address_tagger import EXTRA, LEVELS

GRAMMAR = Path(__file__).with_name("addresses") / "grammar.yml"
SYMBOL = re.compile(r"<(?:(?P<label>[a-z]+):)?(?P<name>[\w-]+)(?:\?(?P<share>\d+))?>")
NUMBER = re.compile(r"[ndc](\d+)")
IN_CHARACTERS = 0.12
MEETING = re.compile(r"[0-9A-Za-z]{2}")
NUMERALS = "零一二三四五六七八九"
GIVEN_TAGS, MANNER_TAGS = ("ns", "nz", "nr"), ("a", "an", "z", "vn", "v", "i")
FUNCTION_TAGS = ("d", "c", "p", "r")
OFTEN = 300

Item = TypeVar("Item")
Piece = tuple[str | None, str]
"""A label (a level, ``EXTRA``, or None outside addresses) and a text."""


@dataclass(frozen=True, slots=True)
class Symbol:
    label: str | None
    name: str
    share: float


Production = tuple[str | Symbol, ...]


class Grammar:
    """Makes sentences; the same seed, examples and dictionary give the same sentences.

    Args:
        examples: messages without any address, for ``<message>`` and, cut up, ``<clause>``.
    """

    def __init__(self, examples: Sequence[str], seed: int) -> None:
        self.random = np.random.default_rng(seed)
        loaded = yaml.safe_load(GRAMMAR.read_text(encoding="utf-8"))
        self.words: dict[str, Sequence[str]] = {
            name: text.split() for name, text in loaded["words"].items()
        }
        self.words |= dictionary_words()
        self.words["message"] = examples
        self.words["clause"] = clauses(examples)
        self.rules = {name: read_rule(lines) for name, lines in loaded["rules"].items()}
        self.division = divisions()[0]

    def sentence(self) -> list[Piece]:
        """One sentence in labelled pieces; neighbouring pieces may have the same label."""
        return [piece for piece in self.expand("sentence") if piece[1]]

    def expand(self, name: str) -> list[Piece]:
        if name == "address":
            self.division = self.one_of(divisions())
            return kept_apart([(label or EXTRA, text) for label, text in self.follow(name)])
        return self.follow(name)

    def follow(self, name: str) -> list[Piece]:
        if name in self.rules:
            pieces: list[Piece] = []
            for part in self.production(name):
                if isinstance(part, str):
                    pieces.append((None, part))
                elif self.random.random() < part.share:
                    label = part.label or (part.name if part.name in LEVELS else None)
                    made = self.expand(part.name)
                    pieces += [(label, "".join(text for _, text in made))] if label else made
            return pieces
        return [(None, self.terminal(name))]

    def production(self, name: str) -> Production:
        bounds, productions = self.rules[name]
        return productions[int(np.searchsorted(bounds, self.random.random() * bounds[-1], "right"))]

    def terminal(self, name: str) -> str:
        if name in self.words:
            return self.one_of(self.words[name])
        if NUMBER.fullmatch(name):
            return self.number(name[0], int(name[1:]))
        return DIVISION_NAMES[name](self.division)

    def number(self, style: str, most: int) -> str:
        value = int(self.random.integers(1, most + 1))
        if style == "n" and value < 100:
            style = "c" if self.random.random() < IN_CHARACTERS else "d"
        return in_characters(value) if style == "c" else str(value)

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[int(self.random.integers(len(items)))]


DIVISION_NAMES: Mapping[str, Callable[[Division], str]] = {
    "province-name": lambda d: d.province,
    "province-short": lambda d: without_ending(d.province),
    "city-name": lambda d: d.city,
    "city-short": lambda d: without_ending(d.city),
    "district-name": lambda d: d.district,
    "district-short": lambda d: without_ending(d.district),
    "town-name": lambda d: d.town,
    "town-short": lambda d: without_ending(d.town),
}


def read_rule(lines: Sequence[str]) -> tuple[NDArray[Any], list[Production]]:
    weights, productions = [], []
    for line in lines:
        weight, _, text = str(line).partition(" ")
        weights.append(float(weight))
        productions.append(read_production(text))
    return np.array(list(accumulate(weights))), productions


def read_production(text: str) -> Production:
    parts: list[str | Symbol] = []
    end = 0
    for m in SYMBOL.finditer(text):
        parts.append(text[end : m.start()])
        parts.append(Symbol(m["label"], m["name"], int(m["share"] or 100) / 100))
        end = m.end()
    return tuple(part for part in (*parts, text[end:]) if part)


def kept_apart(pieces: Sequence[Piece]) -> list[Piece]:
    """With a hyphen between numbers that would run into one another."""
    kept: list[Piece] = []
    for label, text in pieces:
        if kept and text and MEETING.fullmatch(kept[-1][1][-1] + text[0]):
            kept.append((EXTRA, "-"))
        if text:
            kept.append((label, text))
    return kept


def in_characters(value: int) -> str:
    """十二, 三十; from a hundred on digit by digit, as house numbers are said."""
    if value > 99:
        return "".join(NUMERALS[int(digit)] for digit in str(value))
    tens, ones = divmod(value, 10)
    if not tens:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def clauses(texts: Sequence[str]) -> list[str]:
    cut = (clause for text in texts for clause in re.split(r"[，。！？、；：,!?;\s]", text))
    return [clause for clause in cut if 2 <= len(clause) <= 22]


@cache
def dictionary_words() -> dict[str, Sequence[str]]:
    """Words of jieba's dictionary, by the grammar's names for them: those that names are made of,
    and frequent ones that sentences go on with."""
    given, manner, noun, act, function = [], [], [], [], []
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, count, tag = line.decode("utf-8").split()
            if tag in FUNCTION_TAGS and len(word) < 3 and int(count) > OFTEN:
                function.append(word)
            elif tag == "v" and len(word) == 2 and int(count) > OFTEN:
                act.append(word)
            if len(word) not in (2, 3) or not all("\u4e00" <= c <= "\u9fff" for c in word):
                continue
            if tag in GIVEN_TAGS and (len(word) == 2 or tag != "nr"):
                given.append(word)
            elif tag in MANNER_TAGS and len(word) == 2 and int(count) > 20:
                manner.append(word)
            elif tag == "n" and len(word) == 2 and int(count) > 30:
                noun.append(word)
    return {"given": given, "manner": manner, "noun": noun, "act": act, "function": function}
