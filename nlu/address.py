"""Addresses as residents say them, found in running text and taken apart.

Levels follow the usual Chinese order, large to small (GB/T 23705-2009, digital city geocoding).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nlu.address_tagger import EXTRA, LEVELS, Tagged, tag
from nlu.address_words import GENERIC, PLACE, UNSEEN
from nlu.pauses import fluent

__all__ = ["LEVELS", "AddressPart", "FoundAddress", "amend", "find_addresses", "parts_of"]

SENTENCE = re.compile(r"[^。！？；\n]+")
EDGES = re.compile(r"[\s，,、:：.!?;“”\"'()（）《》\[\]【】_-]+")
LONE_NUMBER = re.compile(r"[\d一二三四五六七八九十]+号?")
DIVISIONS = frozenset(("province", "city", "district"))
NOT_ALONE = frozenset(("place", "number", "floor", "room"))
FINDABLE = frozenset(("community", "road"))


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
    def plain(self) -> str:
        """The address to be kept: without the hesitation in it."""
        return fluent(self.text).text

    @property
    def is_findable(self) -> bool:
        """Whether a stranger could go there: an estate, road or village is named."""
        return any(p.level in FINDABLE for p in self.parts)


def find_addresses(text: str) -> tuple[FoundAddress, ...]:
    """Addresses in ``text`` (normalised), in order.

    A lone relative place (楼下), number or floor is no address, nor a province, city or district
    by itself; 12-3-501 is one.
    """
    return tuple(
        address
        for sentence in SENTENCE.finditer(text)
        for address in addresses_in(sentence.group(), sentence.start(), text)
    )


def addresses_in(sentence: str, offset: int, text: str) -> Iterator[FoundAddress]:
    for group in joined(tag(sentence)):
        start, end = without_edges(sentence, group[0].start, group[-1].end)
        parts = tuple(
            AddressPart(t.label, sentence[t.start : t.end], offset + t.start, offset + t.end)
            for t in group
            if t.label != EXTRA and start <= t.start and t.end <= end
        )
        if is_address(parts):
            start, end = offset + start, offset + end
            yield FoundAddress(text[start:end], start, end, parts)


def joined(tagged: list[Tagged]) -> Iterator[list[Tagged]]:
    """Those that directly follow one another, together."""
    group: list[Tagged] = []
    for piece in tagged:
        if group and group[-1].end != piece.start:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def without_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without marks and blanks at either side."""
    while start < end and EDGES.match(text[start]):
        start += 1
    while start < end and EDGES.match(text[end - 1]):
        end -= 1
    return start, end


def is_address(parts: tuple[AddressPart, ...]) -> bool:
    levels = {part.level for part in parts if names(part.text)}
    if len(parts) == 1:
        return not levels <= NOT_ALONE | DIVISIONS and not LONE_NUMBER.fullmatch(parts[0].text)
    return bool(levels - NOT_ALONE)


def names(text: str) -> bool:
    return text not in GENERIC and UNSEEN.fullmatch(text) is None


def parts_of(text: str) -> list[AddressPart]:
    """The parts of every address in ``text``, and the relative places beside them, in order."""
    parts = [part for address in find_addresses(text) for part in address.parts]
    taken = {i for part in parts for i in range(part.start, part.end)}
    places = [
        AddressPart("place", m.group(), m.start(), m.end())
        for m in PLACE.finditer(text)
        if taken.isdisjoint(range(m.start(), m.end()))
    ]
    return sorted([*parts, *places], key=lambda part: part.start)


def amend(said: str, correction: FoundAddress) -> str:
    """``said`` with the parts of the correction put in the place of those of the same level.

    A correction that names an estate or road replaces the address whole, since what lies
    below belongs to it. A new part is put where its level belongs.
    """
    if correction.is_findable:
        return correction.plain
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
