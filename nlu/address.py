"""Addresses as residents say them, found in running text and taken apart.

A part is a name with the suffix of its level (…街道, …小区, …路, 5号楼); neighbouring parts make
one address. Levels follow the usual Chinese order, large to small (GB/T 23705-2009, digital
city geocoding).
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

import jieba

from nlu.address_words import (
    NAMED,
    NOT_NAMES,
    NUMBERED,
    ORDINARY,
    PARTICLES,
    PREMISES,
    RELATIVE,
    SPOT,
    known_places,
    plain_words,
)

LEVELS = (
    "province",
    "city",
    "district",
    "street",
    "community",
    "road",
    "number",
    "building",
    "unit",
    "room",
    "place",
)
"""Large to small. ``place`` is relative (东门, 楼下, 路口) or a landmark."""

NAMED_PATTERNS = tuple((level, least, re.compile(suffix)) for level, least, suffix in NAMED)
NUMBERED_PATTERNS = tuple((level, re.compile(pattern)) for level, pattern in NUMBERED)
SPOT_PATTERN, RELATIVE_PATTERN = re.compile(SPOT), re.compile(RELATIVE)
PREMISES_PATTERN = re.compile(PREMISES)
LONGEST_NAME = 12
JOINT = re.compile(r"[ _()（）·.\-]{0,2}|[ ]?[和与跟、][ ]?")
STEP_DOWN = re.compile(r"[，,的]")
TAIL_NUMBER = re.compile(
    r"[ -]?[A-Za-z]?\d{1,5}(?:-\d{1,5})*(?:室|房|号房|铺)?"
    r"(?![\d元块人户米次个年月日斤度点天:.%]|小时)"
)

NEVER_LAST = frozenset("跟给把被让向为和")
HARD = frozenset("我你他她的了着是在住到不没")


@dataclass(frozen=True, slots=True)
class AddressPart:
    """A part and its place in the text; ``level`` is one of ``LEVELS``."""

    level: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """An address in a text: its parts in the order said, ``text == source[start:end]``."""

    text: str
    start: int
    end: int
    parts: tuple[AddressPart, ...] = field(default=())

    def part(self, level: str) -> str | None:
        return next((p.text for p in self.parts if p.level == level), None)

    @property
    def is_findable(self) -> bool:
        """Whether a stranger could go there: an estate, road or village is named."""
        return any(p.level in {"community", "road"} for p in self.parts)


def parts_of(text: str) -> list[AddressPart]:
    """Every part that can be an address's, in order, none overlapping another."""
    return parts_among(text, Words(text))


def parts_among(text: str, words: "Words") -> list[AddressPart]:
    found: list[AddressPart] = []
    free = [True] * len(text)

    def take(level: str, start: int, end: int) -> None:
        if start < end and all(free[start:end]):
            found.append(AddressPart(level, text[start:end], start, end))
            free[start:end] = [False] * (end - start)

    for m in known_places().finditer(text):
        take(level_of(m.group(0)), m.start(), m.end())
    for level, pattern in NUMBERED_PATTERNS:
        for m in pattern.finditer(text):
            take(level, m.start(), m.end())
    for level, least, suffix in NAMED_PATTERNS:
        for m in suffix.finditer(text):
            start = words.name_start(m.start(), free)
            name = text[start : m.start()]
            if len(name) >= least and name not in NOT_NAMES and name not in ORDINARY:
                take(level, start, m.end())
    for pattern in (SPOT_PATTERN, RELATIVE_PATTERN):
        for m in pattern.finditer(text):
            take("place", m.start(), m.end())
    return sorted(found, key=lambda p: p.start)


def level_of(name: str) -> str:
    """The level that a known name's suffix tells; an estate's where it has none."""
    for level, _, suffix in NAMED_PATTERNS:
        if any(m.end() == len(name) for m in suffix.finditer(name)):
            return level
    return "community"


class Words:
    """A text cut into words, and where a name may run."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self.anywhere = [True] * len(text)
        self.starting: list[int] = []  # for each character, the index of its word
        self.stop = [not is_name_character(c) for c in text]
        plain = plain_words()
        for _, start, end in jieba.tokenize(text, HMM=False):
            # 在建国路 is 在 and 建国路, whatever the dictionary says
            cuts = (
                (start, start + 1, end)
                if end - start == 2 and text[start] in "在住"
                else (start, end)
            )
            for a, b in pairwise(cuts):
                self.starting += [len(self.spans)] * (b - a)
                self.spans.append((a, b))
                if text[a:b] in ORDINARY or text[a:b] in plain:
                    self.stop[a:b] = [True] * (b - a)

    def name_start(self, end: int, free: list[bool]) -> int:
        """Where the name that ends before ``end`` begins."""
        start, plain = end, plain_words()
        while start > 0:
            left, right = self.spans[self.starting[start - 1]]
            right = min(right, end)
            if end - left > LONGEST_NAME or not all(free[left:right]):
                break
            word, rest = self.text[left:right], end - right
            if not all(map(is_name_character, word)):
                break
            if word in plain or (word in ORDINARY and not self.is_in_name(left, rest)):
                break
            if word in NEVER_LAST and rest != 1:
                break
            if word in PARTICLES and rest >= 2 and not self.follows_name(left):
                break
            start = left
        return start

    def follows_name(self, at: int) -> bool:
        """Whether a road or a district ends there: after it, 有福里 is a name."""
        return at > 0 and self.text[at - 1] in "省市区县镇乡道路街巷"

    def is_in_name(self, at: int, rest: int) -> bool:
        """Whether the ordinary word at ``at`` is but a character of a name (来福里)."""
        left, right = self.spans[self.starting[at]]
        if right - left > 1 or self.text[at] in HARD:
            return False
        if rest and self.follows_name(at) and self.text[at] in PARTICLES:
            return True
        if rest > 1:
            return False
        before = self.spans[self.starting[at - 1]] if at else (0, 0)
        return rest == 1 or (before[1] - before[0] == 1 and not self.stop[before[0]])

    def run_end(self, start: int) -> int:
        """Where the run of name characters from ``start`` ends."""
        return next((i for i in range(start, len(self.stop)) if self.stop[i]), len(self.stop))

    def is_name(self, start: int, end: int) -> bool:
        """Whether nothing between the two places is an ordinary word or a mark."""
        return not any(self.stop[start:end])


def is_name_character(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or (character.isascii() and character.isalnum())


def find_addresses(text: str) -> tuple[FoundAddress, ...]:
    """Addresses in ``text`` (normalised), in order.

    A lone relative place (楼下), a lone number or a lone floor is no address.
    """
    words = Words(text)
    groups: list[list[AddressPart]] = []
    for part in parts_among(text, words):
        if RELATIVE_PATTERN.fullmatch(part.text):
            continue
        if groups and joins(groups[-1], part, text, words):
            groups[-1].append(part)
        else:
            groups.append([part])
    found: list[FoundAddress] = []
    for group in groups:
        address = whole(group, text, words, found[-1].end if found else 0)
        if found and address.start <= found[-1].end:
            before = found.pop()
            end = max(before.end, address.end)
            parts = (*before.parts, *address.parts)
            address = FoundAddress(text[before.start : end], before.start, end, parts)
            found.append(address)
        elif is_address(group):
            found.append(address)
    return tuple(found)


def joins(group: list[AddressPart], part: AddressPart, text: str, words: Words) -> bool:
    """Whether ``part`` goes on with the address begun in ``group``."""
    last = group[-1]
    between = text[last.end : part.start]
    if JOINT.fullmatch(between):
        return True
    if STEP_DOWN.fullmatch(between):
        return LEVELS.index(last.level) < LEVELS.index(part.level) < LEVELS.index("place")
    return len(between) <= LONGEST_NAME and words.is_name(last.end, part.start)


def is_address(group: list[AddressPart]) -> bool:
    """Whether more than a relative place, a number or a floor is said; 12-3-501 is enough."""
    levels = {p.level for p in group}
    return bool(levels - {"place", "number", "room"}) or any(
        p.level == "room" and p.text.count("-") == 2 for p in group
    )


def whole(group: list[AddressPart], text: str, words: Words, earliest: int) -> FoundAddress:
    """The parts with the names before, and the premises and numbers after, that are no parts."""
    start, end = group[0].start, tail_end(group[-1].end, text, words)
    levels = {p.level for p in group}
    if group[0].level in {"building", "number", "room"}:
        start = max(earliest, words.name_start(start, words.anywhere))
    if levels & {"number", "street"} or len(levels & {"province", "city", "district"}) > 1:
        run = words.run_end(end)
        end = run if run - end <= LONGEST_NAME else end
    return FoundAddress(text[start:end], start, end, tuple(group))


def tail_end(end: int, text: str, words: Words) -> int:
    """Where the shops and door numbers end that directly follow the last part."""
    while True:
        number = TAIL_NUMBER.match(text, end)
        premises = None
        for m in PREMISES_PATTERN.finditer(text, end, end + 2 * LONGEST_NAME):
            if words.is_name(end, m.end()):
                premises = m
        after = max((m.end() for m in (number, premises) if m), default=end)
        if after == end:
            return end
        end = after


def amend(said: str, correction: FoundAddress) -> str:
    """``said`` with the parts of the correction put in the place of those of the same level.

    A correction that names an estate or road replaces the address whole, since what lies
    below belongs to it. A new part is put where its level belongs.
    """
    if correction.is_findable:
        return correction.text
    parts = [p for found in find_addresses(said) for p in found.parts]
    result = said
    for new in correction.parts:
        old = next((p for p in parts if p.level == new.level), None)
        if old:
            result = result[: old.start] + new.text + result[old.end :]
        else:
            after = [p for p in parts if LEVELS.index(p.level) < LEVELS.index(new.level)]
            at = after[-1].end if after else len(result)
            result = result[:at] + new.text + result[at:]
        parts = [p for found in find_addresses(result) for p in found.parts]
    return result
