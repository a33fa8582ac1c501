"""How far a confidence can be believed: of what is held for 80 % likely, 80 % should be right."""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10
"""Equally wide, as in Guo et al., On Calibration of Modern Neural Networks (ICML 2017)."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies from ``low`` to ``high``, which belongs to the bin above.

    ``confidence`` is their mean confidence, ``accuracy`` the share that is right; both 0 where
    there are none.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def calibration(answers: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """The bins from 0 to 1 of ``(confidence, right)`` pairs; 1 itself lies in the last."""
    filled: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in answers:
        filled[min(max(int(confidence * BINS), 0), BINS - 1)].append((confidence, right))
    return tuple(
        Bin(
            low=place / BINS,
            high=(place + 1) / BINS,
            n=len(inside),
            confidence=sum(c for c, _ in inside) / max(1, len(inside)),
            accuracy=sum(right for _, right in inside) / max(1, len(inside)),
        )
        for place, inside in enumerate(filled)
    )


def expected_error(bins: Sequence[Bin]) -> float:
    """Mean distance of confidence and accuracy, each bin weighing as much as it holds (ECE)."""
    n = sum(b.n for b in bins)
    return sum(b.n * abs(b.confidence - b.accuracy) for b in bins) / n if n else 0.0
