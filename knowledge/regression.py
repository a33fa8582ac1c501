"""A logistic regression whose every part may bend, and may be bound not to turn.

Each feature counts as it is and once more up to each of its knots, so that the first steps may
weigh more than the last; a sum of such parts is still read off in microseconds.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
"""Shape (rows, features)."""

KNOTS = (0.25, 0.5, 0.75, 0.9)
"""Where a feature may bend: at these quantiles of what it was seen to be."""

RIDGE = 0.3

ROUNDS = 400


@dataclass(frozen=True, slots=True)
class Regression:
    """The fitted one; ``mean``, ``scale`` and ``weights`` are of the bent features."""

    knots: tuple[tuple[float, ...], ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def sure(self, rows: Rows) -> NDArray[np.float64]:
        """Between 0 and 1, one for each row; features behind those it knows do not count."""
        if not self.weights:
            return np.full(len(rows), float(logistic(np.array(self.bias))))
        fitted = rows[:, : len(self.knots)]
        standard = (bent(fitted, self.knots) - np.array(self.mean)) / np.array(self.scale)
        return logistic(standard @ np.array(self.weights) + self.bias)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Regression":
        return cls(
            knots=tuple(tuple(knots) for knots in content["knots"]),
            mean=tuple(content["mean"]),
            scale=tuple(content["scale"]),
            weights=tuple(content["weights"]),
            bias=content["bias"],
        )


NEVER = Regression((), (), (), (), -30.0)
"""Sure of nothing."""


def fit(
    rows: Rows, right: Sequence[bool], share: Sequence[float], rising: Collection[int]
) -> Regression:
    """The regression that tells the right rows from the others.

    Args:
        share: how much each row counts.
        rising: these features may not be learnt to speak against a row.
    """
    from scipy.optimize import minimize

    knots = tuple(tuple(np.unique(np.quantile(column, KNOTS)).tolist()) for column in rows.T)
    parts = bent(rows, knots)
    mean, scale = parts.mean(axis=0), np.maximum(parts.std(axis=0), 1e-6)
    design = np.column_stack([(parts - mean) / scale, np.ones(len(rows))])
    target, counts = np.asarray(right, dtype=float), np.asarray(share, dtype=float)
    ridge = np.append(np.full(parts.shape[1], RIDGE), 1e-6)

    def loss(solution: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = design @ solution
        missed = counts * (np.logaddexp(0, odds) - target * odds)
        slope = design.T @ (counts * (logistic(odds) - target)) + ridge * solution
        return float(missed.sum() + (ridge * solution**2).sum() / 2), slope

    bound = [n in rising for n, own in enumerate(knots) for _ in range(len(own) + 1)]
    bounds = [(0 if rises else None, None) for rises in [*bound, False]]
    start, options = np.zeros(len(bounds)), {"maxiter": ROUNDS}
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return Regression(
        knots=knots,
        mean=tuple(mean.tolist()),
        scale=tuple(scale.tolist()),
        weights=tuple(solution[:-1].tolist()),
        bias=float(solution[-1]),
    )


def bent(rows: Rows, knots: Sequence[Sequence[float]]) -> Rows:
    """Every feature, followed by what of it lies below each of its knots."""
    columns = [
        column
        for feature, own in zip(rows.T, knots, strict=True)
        for column in (feature, *(np.minimum(feature, knot) for knot in own))
    ]
    return np.column_stack(columns)


def logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))
