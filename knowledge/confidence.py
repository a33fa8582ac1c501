"""How sure a hit is: a logistic regression over what the search saw.

It is fitted when publishing, on questions whose right entry is known and on things said that have
none, so the number means the same whatever the entries and the encoder are.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Index, Query, Ranking

Features = NDArray[np.float64]
"""Shape (hits, features)."""

CONSIDERED = 3
"""How many of the best items get a confidence."""

FEATURES = 14
SPEAKING_FOR = 11
"""The first so many features are the higher the better a hit is."""

COVERED = 9
"""The feature that tells which share of the query's content words the item has."""

RIDGE = 0.3


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted regression and the two thresholds of the decision."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    answer_at: float
    ask_at: float

    def confidence(self, features: Features) -> NDArray[np.float64]:
        """Between 0 and 1, one for each hit; without a content word in common half of that."""
        standard = (features - np.array(self.mean)) / np.array(self.scale)
        sure = _logistic(standard @ np.array(self.weights) + self.bias)
        return np.where(features[:, COVERED] > 0, sure, sure / 2)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Calibration":
        return cls(
            mean=tuple(content["mean"]),
            scale=tuple(content["scale"]),
            weights=tuple(content["weights"]),
            bias=content["bias"],
            answer_at=content["answer_at"],
            ask_at=content["ask_at"],
        )


UNSURE = Calibration((0.0,) * FEATURES, (1.0,) * FEATURES, (0.0,) * FEATURES, -30.0, 1.0, 1.0)
"""Never answers; of a snapshot without entries."""


def features(
    index: Index, query: Query, ranking: Ranking, rest: tuple[int, frozenset[str]] | None = None
) -> Features:
    """What speaks for and against each of the first ``CONSIDERED`` hits.

    Args:
        rest: an item of which only these terms count, because one of its texts is left out.
    """
    items = ranking.items[:CONSIDERED]
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
    return np.column_stack(
        [
            ranking.wording[: len(items)],
            ranking.matter[: len(items)],
            ranking.cosine[: len(items)],
            ranking.overlap[: len(items)],
            ranking.overlap[: len(items)] ** 2,
            _ahead(ranking.scores, len(items)),
            _ahead(ranking.wording, len(items)),
            _ahead(ranking.matter, len(items)),
            _ahead(ranking.cosine, len(items)),
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


def fit(rows: Features, right: Sequence[bool], share: Sequence[float]) -> Calibration:
    """A logistic regression with a ridge; thresholds are left at 0.5.

    What speaks for a hit may not be learnt to speak against it, or a question in an entry's own
    words would be less sure than one in other words.

    Args:
        share: how much each row counts.
    """
    from scipy.optimize import minimize

    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    design = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    target, counts = np.asarray(right, dtype=float), np.asarray(share, dtype=float)
    ridge = np.append(np.full(FEATURES, RIDGE), 1e-6)

    def loss(solution: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = design @ solution
        missed = counts * (np.logaddexp(0, odds) - target * odds)
        slope = design.T @ (counts * (_logistic(odds) - target)) + ridge * solution
        return float(missed.sum() + (ridge * solution**2).sum() / 2), slope

    free = (None, None)
    bounds = [(0, None)] * SPEAKING_FOR + [free] * (FEATURES - SPEAKING_FOR + 1)
    start = np.zeros(FEATURES + 1)
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Calibration(
        mean=tuple(mean.tolist()),
        scale=tuple(scale.tolist()),
        weights=tuple(solution[:-1].tolist()),
        bias=float(solution[-1]),
        answer_at=0.5,
        ask_at=0.5,
    )


def _logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))
