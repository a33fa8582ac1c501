"""Scores of what was understood against what was right. Shares are between 0 and 1.

A share of nothing counts as 0, except where it would say something untrue: then it is None.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nlu.calibration import calibration, expected_error
from nlu.confusions import NONE, Confusion, Group, confusions

BEST = 3
"""Classes that count as found in ``top3``."""

EMERGENCY = "emergency"

Span = tuple[int, int]
"""Start and end of a piece of text, the end not included."""


@dataclass(frozen=True, slots=True)
class Fit:
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ClassScore:
    """``n`` rows are of the class; ``found`` were taken for it, rightly or not."""

    n: int
    found: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Labels of one class a row. ``macro_f1`` is the mean over the classes that have rows."""

    n: int
    accuracy: float
    macro_f1: float
    classes: dict[str, ClassScore]


@dataclass(frozen=True, slots=True)
class RankedScores:
    """``ece``: expected calibration error; ``top3``: share of rows with the right one of three."""

    n: int
    accuracy: float
    macro_f1: float
    classes: dict[str, ClassScore]
    ece: float
    top3: float


@dataclass(frozen=True, slots=True)
class NamedScores:
    """``confusions``: those that hurt, both ways."""

    n: int
    accuracy: float
    macro_f1: float
    classes: dict[str, ClassScore]
    confusions: tuple[Confusion, ...]


@dataclass(frozen=True, slots=True)
class AlarmScores:
    """``recall`` is None where no row is an emergency; ``false_alarms`` is a count."""

    n: int
    accuracy: float
    macro_f1: float
    classes: dict[str, ClassScore]
    recall: float | None
    false_alarms: int


@dataclass(frozen=True, slots=True)
class PartScore:
    """Of ``n`` parts of one level (road, number, …)."""

    n: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class SpanScores:
    """A row is right (``accuracy``) if the very span was found, or rightly none.

    ``parts`` by the label they have in the rows; empty where rows have none.
    """

    n: int
    accuracy: float
    exact: Fit
    overlap: Fit
    parts: dict[str, PartScore] = field(default_factory=dict)


Scores = ClassScores | RankedScores | NamedScores | AlarmScores | SpanScores

Ranking = Sequence[tuple[str, float]]
"""Classes with their probability, the likeliest first; empty where there is none."""


def score_classes(pairs: Sequence[tuple[str | None, str | None]]) -> ClassScores:
    """Scores of ``(right, found)`` pairs; None is the class ``none``.

    The classes are ordered by their number of rows, those that were only found coming last.

    Raises:
        ValueError: there are no pairs.
    """
    named = [(right or NONE, found or NONE) for right, found in need(pairs)]
    rows = Counter(right for right, _ in named)
    taken = Counter(found for _, found in named)
    hits = Counter(right for right, found in named if right == found)
    classes = {
        name: ClassScore(rows[name], taken[name], *fit(hits[name], taken[name], rows[name]))
        for name in sorted(rows | taken, key=lambda name: (-rows[name], name))
    }
    return ClassScores(
        n=len(named),
        accuracy=share(hits.total(), len(named)),
        macro_f1=share(sum(c.f1 for c in classes.values() if c.n), len(rows)),
        classes=classes,
    )


def score_ranked(pairs: Sequence[tuple[str | None, Ranking]]) -> RankedScores:
    """Scores of ``(right, ranking)`` pairs; the likeliest class is the one found.

    Raises:
        ValueError: there are no pairs.
    """
    scores = score_classes(
        [(right, ranking[0][0] if ranking else None) for right, ranking in pairs]
    )
    sure = [
        (ranking[0][1], right == ranking[0][0]) if ranking else (0.0, right is None)
        for right, ranking in pairs
    ]
    among = sum(
        right in [name for name, _ in ranking[:BEST]] if ranking else right is None
        for right, ranking in pairs
    )
    return RankedScores(
        n=scores.n,
        accuracy=scores.accuracy,
        macro_f1=scores.macro_f1,
        classes=scores.classes,
        ece=expected_error(calibration(sure)),
        top3=share(among, len(pairs)),
    )


def score_named(
    pairs: Sequence[tuple[str | None, str | None]], table: Sequence[tuple[Group, Group]]
) -> NamedScores:
    """Scores of ``(right, found)`` pairs, with the confusions of a table.

    Raises:
        ValueError: there are no pairs.
    """
    scores = score_classes(pairs)
    named = [(right or NONE, found or NONE) for right, found in pairs]
    return NamedScores(
        n=scores.n,
        accuracy=scores.accuracy,
        macro_f1=scores.macro_f1,
        classes=scores.classes,
        confusions=confusions(named, table),
    )


def score_alarms(pairs: Sequence[tuple[bool, bool]]) -> AlarmScores:
    """Scores of ``(is an emergency, was taken for one)`` pairs.

    Raises:
        ValueError: there are no pairs.
    """
    scores = score_classes(
        [(EMERGENCY if right else None, EMERGENCY if found else None) for right, found in pairs]
    )
    is_any = any(right for right, _ in pairs)
    return AlarmScores(
        n=scores.n,
        accuracy=scores.accuracy,
        macro_f1=scores.macro_f1,
        classes=scores.classes,
        recall=scores.classes[EMERGENCY].recall if is_any else None,
        false_alarms=sum(found and not right for right, found in pairs),
    )


def score_spans(pairs: Sequence[tuple[Sequence[Span], Span | None]]) -> SpanScores:
    """Scores of ``(right, found)`` pairs.

    Args:
        pairs: the right span wherever it occurs in the text, empty where there is none; and the
            one found, None where none was.

    Raises:
        ValueError: there are no pairs.
    """
    need(pairs)
    wanted = sum(bool(right) for right, _ in pairs)
    found = sum(span is not None for _, span in pairs)
    exact = sum(span in right for right, span in pairs)
    overlapping = sum(
        span is not None and any(overlaps(span, place) for place in right) for right, span in pairs
    )
    rightly_none = sum(not right and span is None for right, span in pairs)
    return SpanScores(
        n=len(pairs),
        accuracy=share(exact + rightly_none, len(pairs)),
        exact=Fit(*fit(exact, found, wanted)),
        overlap=Fit(*fit(overlapping, found, wanted)),
    )


def overlaps(one: Span, other: Span) -> bool:
    """Whether the two have a character in common."""
    return max(one[0], other[0]) < min(one[1], other[1])


def places_of(wanted: str, text: str) -> list[Span]:
    """Everywhere that ``wanted`` stands in ``text``, overlapping places included."""
    starts = [i for i in range(len(text)) if text.startswith(wanted, i)] if wanted else []
    return [(start, start + len(wanted)) for start in starts]


def to_json(scores: Scores) -> dict[str, Any]:
    """Plain JSON with the names of the command line, shares to four places."""
    rounded: dict[str, Any] = _rounded(asdict(scores))
    return rounded


def fit(hits: int, found: int, wanted: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    return share(hits, found), share(hits, wanted), share(2 * hits, found + wanted)


def share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0


def need(pairs: Sequence[Any]) -> Sequence[Any]:
    if not pairs:
        raise ValueError("there is nothing to score")
    return pairs


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return round(value, 4) if isinstance(value, float) else value
