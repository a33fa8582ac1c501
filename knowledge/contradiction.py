"""Whether two answers that rest on the same article say different things."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from knowledge.analysis import analyse
from knowledge.entry import Entry
from knowledge.figures import Figure, figures

SHARED, SAME = 0.5, 0.8
"""Two figures speak of the same thing where their clauses share this part of the shorter one's
words, and this part where one of the figures is in both answers."""

ENOUGH = 3
"""Characters of words that two clauses must have in common where their questions are not alike
(``=`` before a word does not count)."""

PLAIN = frozenset({"电话", "钟点"})
"""Measures of which one source has one figure, so that the same few words are enough."""


@dataclass(frozen=True)
class Statement:
    """What an answer says in figures; made once and compared with many."""

    entry: Entry

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        return figures(self.entry.answer)

    @cached_property
    def subjects(self) -> tuple[frozenset[str], ...]:
        """What each figure is about: the words of its clause."""
        return tuple(frozenset(analyse(f.clause).content) for f in self.figures)

    @cached_property
    def values(self) -> dict[str, set[float]]:
        """Of every measure, the values there are."""
        values = defaultdict[str, set[float]](set)
        for figure in self.figures:
            values[figure.measure].add(figure.value)
        return values

    @cached_property
    def asked(self) -> frozenset[str]:
        return frozenset(analyse(self.entry.question).content)


def differing(one: Statement, other: Statement) -> tuple[tuple[Figure, Figure], ...]:
    """Pairs of figures that measure the same thing and are not the same.

    A figure that the other answer has too is agreed upon; one that it has not contradicts those
    whose clauses speak of the same. Where the clauses are too short to tell, or the figures stand
    alone in their answers, the questions must be alike.
    """
    alike = _share(one.asked, other.asked) >= SHARED
    return tuple(
        (figure, against)
        for figure, subject in zip(one.figures, one.subjects, strict=True)
        for against, theme in zip(other.figures, other.subjects, strict=True)
        if figure.measure == against.measure
        and figure.value != against.value
        and _differ(
            (figure, subject, one.values[figure.measure]),
            (against, theme, other.values[figure.measure]),
            alike,
        )
    )


Stated = tuple[Figure, frozenset[str], set[float]]
"""A figure, what it is about, and all values of its measure in the same answer."""


def _differ(one: Stated, other: Stated, alike: bool) -> bool:
    """Whether two figures of one measure contradict; ``alike`` are the questions."""
    (figure, subject, values), (against, theme, others) = one, other
    agreed = {figure.value, against.value} & values & others
    if len(agreed) == 2:
        return False
    if alike and len(values) == len(others) == 1:
        return True
    if figure.measure in PLAIN and subject == theme:
        return True
    telling = alike or sum(len(word) - 1 for word in subject & theme) >= ENOUGH
    return telling and _share(subject, theme) >= (SAME if agreed else SHARED)


def in_force_together(one: Entry, other: Entry) -> bool:
    """Whether there is a day on which both are in force."""
    begins = max(one.effective, other.effective)
    return all(entry.expires is None or entry.expires >= begins for entry in (one, other))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Which part of the shorter one's words the other has too."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0
