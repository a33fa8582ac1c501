"""Trial questions, asked when publishing, of which it is known what is right.

They are wordings whose entry is known and which neither the index nor the encoder has seen (the
tests of the entries), variants that the encoder has not learnt, each left out of the search while
it is asked, the standard questions themselves, the tests once more with their entry taken away,
and what may be asked of a document's passages (``knowledge.cropping``). An entry that names an
article of an imported law tells by its wordings how residents ask for that article, too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from knowledge.analysis import matter
from knowledge.confidence import Considered, consider
from knowledge.cropping import cropped
from knowledge.encoder import Encoder
from knowledge.entry import Entry
from knowledge.index import Index, Query, Ranking

T = TypeVar("T")

TRIALS = 1500
"""At most so many wordings of each kind are tried, spread evenly."""

KNOWN = ("tested", "left out")
"""Kinds of trials with a right entry, which say what share is answered wrongly."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The best hits of one question, and which of them is right.

    Attributes:
        resting: whether it is known which passages are right, too: its entry names them.
    """

    found: Considered
    right: tuple[bool, ...]
    kind: str
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Entries with their index, of which trial questions are asked.

    Attributes:
        resting: numbers of the passages that entries rest on, see ``knowledge.citing``.
    """

    entries: Sequence[Entry]
    index: Index
    encoder: Encoder
    resting: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def tested(self) -> list[Trial]:
        """The test wordings of the entries."""
        wordings = [(n, text) for n, entry in enumerate(self.entries) for text in entry.tests]
        return [self._asked(text, number, "tested") for number, text in _spread(wordings)]

    def written(self) -> list[Trial]:
        """The standard questions, just as they stand; passages of documents have none."""
        asked = [(n, entry.question) for n, entry in enumerate(self.entries) if not entry.quoted]
        return [self._asked(text, number, "written") for number, text in _spread(asked)]

    def left_out(self, chosen: Callable[[str], bool] | None = None) -> list[Trial]:
        """Variants, searched as though they had not been written down; by default every one."""
        places = [
            (number, place)
            for number, entry in enumerate(self.entries)
            for place, text in enumerate(entry.variants)
            if not entry.quoted and (chosen is None or chosen(text))
        ]
        trials = []
        for number, place in _spread(places):
            entry = self.entries[number]
            others = [text for n, text in enumerate(entry.variants) if n != place]
            rest = "\n".join((entry.question, *others, entry.answer))
            query = self.index.query(entry.variants[place], self.encoder)
            unseen = (int(self.index.starts[number]) + 1 + place, rest)
            ranking = self.index.rank(query, unseen=unseen)
            terms = (number, frozenset(matter(rest)))
            trials.append(self._trial(query, ranking, number, "left out", terms))
        return trials

    def absent(self) -> list[Trial]:
        """Wordings whose entry is taken away: of what is left, only what it rests on answers."""
        wordings = [(n, text) for n, entry in enumerate(self.entries) for text in entry.tests[:1]]
        return [
            self._asked(text, number, "absent", without=number)
            for number, text in _spread(wordings)
        ]

    def passages(self) -> list[Trial]:
        """What may be asked of passages of documents, and the same with the passage taken away."""
        quoted = [(number, entry) for number, entry in enumerate(self.entries) if entry.quoted]
        trials = []
        for number, entry in _spread(quoted):
            if text := cropped(entry):
                trials.append(self._asked(text, number, "passage"))
                trials.append(self._asked(text, number, "passage absent", without=number))
        return trials

    def said(self, texts: Sequence[str], kind: str) -> list[Trial]:
        """Sayings to which no entry is the right answer."""
        return [self._asked(text, -1, kind) for text in texts]

    def _asked(self, text: str, number: int, kind: str, without: int | None = None) -> Trial:
        query = self.index.query(text, self.encoder)
        return self._trial(query, self.index.rank(query, without=without), number, kind)

    def _trial(
        self,
        query: Query,
        ranking: Ranking,
        number: int,
        kind: str,
        rest: tuple[int, frozenset[str]] | None = None,
    ) -> Trial:
        found = consider(self.index, query, ranking, rest)
        items = ranking.items[found.places].tolist()
        right = {number, *self.resting.get(number, ())}
        rests = np.array([[other in self.resting.get(n, ()) for other in items] for n in items])
        return Trial(
            found=replace(found, rests=rests.reshape(len(items), len(items))),
            right=tuple(item in right for item in items),
            kind=kind,
            resting=number in self.resting,
        )


def _spread(things: Sequence[tuple[int, T]]) -> list[tuple[int, T]]:
    step = max(1, -(-len(things) // TRIALS))
    return list(things[::step])
