"""Addresses found in labelled rows, and their parts against the right ones.

Parts come with the labels of the data set of Li, Lu, Xie and Li (“Neural Chinese Address
Parsing”, NAACL 2019), which real address data often follows, or with Linli's own levels.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from actions.reading import best_address
from bot.commands.labelled import LabelledRow
from nlu.address import LEVELS, FoundAddress, find_addresses
from nlu.evaluation import Span, fit
from nlu.text import legible, normalise

PART_LABELS = {
    "prov": "province",
    "town": "street",
    "roadno": "number",
    "houseno": "building",
    "cellno": "unit",
    "floorno": "floor",
    "roomno": "room",
} | {level: level for level in LEVELS}
"""The level that a label of the data means. Labels that cut finer or otherwise than levels do
(poi, subpoi, devZone, subRoad, assist, person, redundant …) are not measured."""

PartScore = tuple[float, float, float, int]
"""Precision, recall, F1, and how many parts there are."""


def best_in(text: str) -> FoundAddress | None:
    """The address that says most in ``text``, read as the conversation reads it.

    Its places are those in ``text``, and its words those that stand there.
    """
    read = legible(text)
    found = best_address(find_addresses(read.text))
    if found is None:
        return None
    start, end = read.written_span(found.start, found.end)
    parts = []
    for part in found.parts:
        first, last = read.written_span(part.start, part.end)
        parts.append(replace(part, text=text[first:last], start=first, end=last))
    return FoundAddress(text[start:end], start, end, tuple(parts))


def score_parts(rows: Sequence[LabelledRow]) -> dict[str, PartScore]:
    """How well each label's parts are found: place and level must be right, no character off.

    Only rows with parts count, and only labels that stand in them; a part found in such a row
    where none of its level is told counts against its label.
    """
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    names: dict[str, str] = {}
    for row in rows:
        if not row.parts:
            continue
        told = set()
        for label, span in spans_of(row):
            level = PART_LABELS.get(label)
            if level:
                names.setdefault(level, label)
                told.add((level, span))
        address = best_in(row.text)
        read = {(p.level, (p.start, p.end)) for p in address.parts} if address else set()
        wanted.update(level for level, _ in told)
        found.update(level for level, _ in read)
        hits.update(level for level, _ in told & read)
    return {
        names[level]: (*fit(hits[level], found[level], wanted[level]), wanted[level])
        for level in LEVELS
        if level in names
    }


def spans_of(row: LabelledRow) -> Iterator[tuple[str, Span]]:
    """Each part's label and its place in the row's text.

    Parts are looked for one after the other within the address, so blanks between are no matter.
    """
    at = max(row.text.find(row.label or ""), 0)
    for label, written in row.parts:
        part = normalise(written)
        start = row.text.find(part, at) if part else -1
        if start >= 0:
            at = start + len(part)
            yield label, (start, at)
