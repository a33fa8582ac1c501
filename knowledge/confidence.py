"""How sure a hit is: a regression over what the search saw.

It is fitted when publishing, on questions whose right entry is known and on things said that have
none, so the number means the same whatever the entries and the encoder are. Passages of documents
are asked for in other ways than entries with questions of their own, and have a regression of
their own. Of an entry it also counts how sure the passages beside it are: those it rests on speak
for it, others against it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Index, Numbers, Query, Ranking
from knowledge.regression import NEVER, Regression

Features = NDArray[np.float64]
"""Shape (hits, features)."""

Mask = NDArray[np.bool_]

CONSIDERED = 3
"""How many of the best items of each kind get a confidence."""

FEATURES = 14
SPEAKING_FOR = 11
"""The first so many features are the higher the better a hit is."""

RISING = (*range(SPEAKING_FOR), FEATURES, FEATURES + 1)
"""The same, with what the passages beside an entry say of it."""

COVERED = 9
"""The feature that tells which share of the query's content words the item has."""


@dataclass(frozen=True, slots=True)
class Considered:
    """The hits that get a confidence, in the order of the ranking.

    Attributes:
        rows: the features of each.
        places: where each stands in the ranking.
        written: which of them have no questions, only passages.
        rests: which of them rests on which of them, shape (hits, hits); None where none does.
    """

    rows: Features
    places: Numbers
    written: Mask
    rests: Mask | None = None

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted regressions and the two thresholds of the decision."""

    spoken: Regression
    written: Regression
    answer_at: float
    ask_at: float

    def confidence(self, found: Considered) -> NDArray[np.float64]:
        """Between 0 and 1, one for each hit; without a content word in common half of that."""
        sure = self._sure(self.written, found.rows)
        if not found.written.all():
            spoken = self._sure(self.spoken, self.rows(found))
            sure = np.where(found.written, sure, spoken)
        return sure

    def rows(self, found: Considered) -> Features:
        """The features of hits, and how sure the passages are that speak for and against each."""
        passages = np.where(found.written, self._sure(self.written, found.rows), 0.0)
        rests = np.zeros((len(found),) * 2, dtype=bool) if found.rests is None else found.rests
        agreed = (rests * passages).max(axis=1, initial=0.0)
        against = (~rests * passages).max(axis=1, initial=0.0)
        return np.column_stack([found.rows, agreed, -against])

    @staticmethod
    def _sure(regression: Regression, rows: Features) -> NDArray[np.float64]:
        sure = regression.sure(rows)
        return np.where(rows[:, COVERED] > 0, sure, sure / 2)

    def to_json(self) -> dict[str, Any]:
        return {
            "spoken": self.spoken.to_json(),
            "written": self.written.to_json(),
            "answer_at": self.answer_at,
            "ask_at": self.ask_at,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Calibration":
        """What ``to_json`` wrote.

        Raises:
            KeyError: another version of the program wrote it.
        """
        return cls(
            spoken=Regression.from_json(content["spoken"]),
            written=Regression.from_json(content["written"]),
            answer_at=content["answer_at"],
            ask_at=content["ask_at"],
        )


UNSURE = Calibration(NEVER, NEVER, 1.0, 1.0)
"""Never answers; of a snapshot without entries."""


def consider(
    index: Index, query: Query, ranking: Ranking, rest: tuple[int, frozenset[str]] | None = None
) -> Considered:
    """What speaks for and against each of the first ``CONSIDERED`` hits of each kind.

    An entry competes with entries and a passage with passages: what is known of one kind makes
    nobody less sure of the other.

    Args:
        rest: an item of which only these terms count, because one of its texts is left out.
    """
    written = ~index.spoken(ranking.items)
    kinds = [np.flatnonzero(written == kind) for kind in (False, True)]
    parts = [_features(index, query, ranking, places, rest) for places in kinds]
    places = np.concatenate([kind[:CONSIDERED] for kind in kinds])
    order = np.argsort(places, kind="stable")
    return Considered(np.concatenate(parts)[order], places[order], written[places[order]])


def _features(
    index: Index,
    query: Query,
    ranking: Ranking,
    places: Numbers,
    rest: tuple[int, frozenset[str]] | None,
) -> Features:
    """Of the first of these places of the ranking, which are of one kind."""
    items = ranking.items[places[:CONSIDERED]]
    if not len(items):
        return np.zeros((0, FEATURES))
    content = list(dict.fromkeys(query.analysed.content))
    rarity = np.array([index.matters.rarity(term) for term in content])
    holds = index.matters.holds(content, items)
    if rest is not None and rest[0] in items:
        holds[:, list(items).index(rest[0])] = [term in rest[1] for term in content]
    covered = rarity @ holds / max(rarity.sum(), 1e-9)
    strange = rarity[rarity >= index.matters.rarest].sum()
    unknown = strange / rarity.sum() if content else 1.0
    wording, matter, cosine, overlap, scores = (
        values[places]
        for values in (
            ranking.wording, ranking.matter, ranking.cosine, ranking.overlap, ranking.scores
        )
    )  # fmt: skip
    return np.column_stack(
        [
            wording[: len(items)],
            matter[: len(items)],
            cosine[: len(items)],
            overlap[: len(items)],
            overlap[: len(items)] ** 2,
            _ahead(scores, len(items)),
            _ahead(wording, len(items)),
            _ahead(matter, len(items)),
            _ahead(cosine, len(items)),
            covered,
            _ahead(covered, len(items)),
            np.full(len(items), unknown),
            np.full(len(items), float(query.analysed.asks)),
            np.full(len(items), np.log1p(len(content))),
        ]
    ).astype(np.float64)


def _ahead(values: NDArray[Any], count: int) -> NDArray[np.float64]:
    """By how much each of the first ``count`` is ahead of the best other one."""
    return np.array([values[n] - max(np.delete(values, n), default=0.0) for n in range(count)])
