"""Questions asked in vain, put together by meaning.

Each joins the group whose middle it lies nearest to, or begins one, in the order in which they
were asked: what comes later never moves what came before, so a group keeps its number. Questions
that found the same entry, though not surely enough, are taken to lie nearer by ``SAME_ENTRY``.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from knowledge.encoder import Encoder, Vectors
from knowledge.gaps import GapKind, Noted
from nlu.fillers import without_fillers

NEAR = 0.65
"""So much alike two questions must be: of 739 questions on 369 entries, two and two, written as
residents write, 0.79 of the pairs put together belong together, and 0.47 of those that do are."""
SAME_ENTRY = 0.3
LIKELY = 0.3
"""How likely the entry must be for both."""
NEAREST = 3
"""Entries that a group is shown with."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one meaning.

    ``number`` is that of the one asked first; ``question`` the one nearest to all others;
    ``texts`` every wording, the commonest first; ``right`` the entry that operators say is right;
    ``before`` one that questions like these were made part of already.
    """

    number: int
    gaps: tuple[Noted, ...]
    question: str
    texts: tuple[str, ...]
    nearest: tuple[tuple[str, float], ...]
    right: str | None
    before: str | None

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(gap.number for gap in self.gaps)

    @property
    def first(self) -> datetime:
        return min(gap.at for gap in self.gaps)

    @property
    def last(self) -> datetime:
        return max(gap.at for gap in self.gaps)

    def count(self, kind: GapKind | None = None, since: datetime | None = None) -> int:
        """How often it was asked, in this way, since then."""
        return sum(
            kind in (None, noted.gap.kind) and (since is None or noted.at >= since)
            for noted in self.gaps
        )


def group(gaps: Sequence[Noted], encoder: Encoder, settled: Sequence[Noted] = ()) -> list[Group]:
    """The groups, what was asked most first, then what was asked last.

    Args:
        gaps: the oldest first.
        settled: what was settled before, to tell where it comes again.
    """
    vectors, past = vectors_of(gaps, encoder), vectors_of(settled, encoder)
    found = []
    for members in put_together(vectors, [likely(noted) for noted in gaps]):
        middle = vectors[members].mean(axis=0)
        close = [float(c) for c in vectors[members] @ middle]
        texts = Counter(gaps[i].gap.text for i in members)
        found.append(
            Group(
                number=gaps[members[0]].number,
                gaps=tuple(gaps[i] for i in members),
                question=gaps[members[int(np.argmax(close))]].gap.text,
                texts=tuple(text for text, _ in texts.most_common()),
                nearest=nearest_of([gaps[i] for i in members]),
                right=right_of([gaps[i] for i in members]),
                before=before_of(vectors[members[0]], past, settled),
            )
        )
    return sorted(found, key=lambda g: (-len(g.gaps), -g.last.timestamp(), g.number))


def put_together(vectors: Vectors, entries: Sequence[str | None]) -> list[list[int]]:
    """Places of the vectors of each group, in the order given.

    Args:
        vectors: of length 1 each.
        entries: the likely entry of each, if there is one.
    """
    groups: list[list[int]] = []
    sums = np.zeros_like(vectors)
    shown: list[set[str]] = []
    for place, (vector, entry) in enumerate(zip(vectors, entries, strict=True)):
        best, closest = NEAR, None
        if groups:
            middles = sums[: len(groups)]
            lengths = np.maximum(np.linalg.norm(middles, axis=1), 1e-12)
            alike = middles @ vector / lengths
            alike = alike + SAME_ENTRY * np.array([entry in known for known in shown])
            closest = int(alike.argmax())
            best = float(alike[closest])
        if closest is None or best < NEAR:
            closest = len(groups)
            groups.append([])
            shown.append(set())
        groups[closest].append(place)
        sums[closest] += vector
        if entry is not None:
            shown[closest].add(entry)
    return groups


def vectors_of(gaps: Sequence[Noted], encoder: Encoder) -> Vectors:
    return encoder.encode_queries([without_fillers(noted.gap.text) for noted in gaps])


def likely(noted: Noted) -> str | None:
    """The entry it found, where that is likely; the right one where an operator has said so."""
    gap = noted.gap
    if gap.kind is GapKind.CORRECTION:
        return gap.entry
    return gap.nearest[0][0] if gap.nearest and gap.nearest[0][1] >= LIKELY else None


def nearest_of(gaps: Sequence[Noted]) -> tuple[tuple[str, float], ...]:
    """Entries that were found, with their mean confidence over all questions, the highest first."""
    sums: Counter[str] = Counter()
    for noted in gaps:
        for id, confidence in noted.gap.nearest:
            sums[id] += confidence  # type: ignore[assignment]  # a counter of floats
    means = ((id, total / len(gaps)) for id, total in sums.items())
    return tuple(sorted(means, key=lambda pair: (-pair[1], pair[0]))[:NEAREST])


def right_of(gaps: Sequence[Noted]) -> str | None:
    said = Counter(n.gap.entry for n in gaps if n.gap.kind is GapKind.CORRECTION)
    return said.most_common(1)[0][0] if said else None


def before_of(vector: Vectors, past: Vectors, settled: Sequence[Noted]) -> str | None:
    if not len(past):
        return None
    alike = past @ vector
    place = int(alike.argmax())
    return settled[place].settled_as if alike[place] >= NEAR else None
