"""Learning, when publishing, how sure is sure enough.

Trial questions are wordings whose entry is known and which neither the index nor the encoder has
seen (the tests of the entries), the standard questions themselves, the tests once more with their
entry taken away, things said that no entry should answer (negatives.txt), and reports of something
to be filed, to which an entry may or may not have the answer (reports.txt). Where there are
hardly any tests, variants are tried instead, each left out of the search while it is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import matter
from knowledge.confidence import Calibration, Features, features, fit
from knowledge.encoder import Encoder
from knowledge.entry import Entry
from knowledge.index import Index

T = TypeVar("T")

NEGATIVES = Path(__file__).with_name("negatives.txt")
REPORTS = Path(__file__).with_name("reports.txt")

TRIALS = 1500
"""At most so many wordings of each kind are tried, spread evenly."""

FEW = 50
"""With fewer tests than this, variants are tried as well."""

COUNTS = {"tested": 1.0, "written": 0.3, "left out": 0.3, "absent": 1.0, "off topic": 1.0,
          "report": 0.5}  # fmt: skip
"""How much a trial of each kind counts when the regression is fitted."""

WRONG = 0.02
OFF_TOPIC = 0.02
ABSENT = 0.10
REPORT = 0.25
"""Highest shares that the answering threshold lets pass: answers that are not the right ones,
off-topic sayings that are answered, questions without an entry that are, reports that are."""

ASKED_BACK = 0.15
"""Highest share of off-topic sayings to which the resident is asked which was meant."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Confidence features of the best hits of one question, and which of them is right."""

    rows: Features
    right: tuple[bool, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Sayings:
    """What is said at a community desk and is no question for the knowledge."""

    off_topic: Sequence[str]
    reports: Sequence[str]


def own_sayings() -> Sayings:
    """Those that come with Linli."""
    return Sayings(read_sayings(NEGATIVES), read_sayings(REPORTS))


def read_sayings(path: Path) -> list[str]:
    """One saying a line; ``#`` begins a comment line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def calibrate(
    entries: Sequence[Entry],
    index: Index,
    encoder: Encoder,
    sayings: Sayings,
    progress: Callable[[str], None] = lambda line: None,
) -> tuple[Calibration, dict[str, float]]:
    """The calibration, and the shares it reached on its own trials."""
    known = tested(entries, index, encoder)
    if len(known) < FEW:
        known += left_out(entries, index, encoder)
    trials = [
        *known,
        *written(entries, index, encoder),
        *absent(entries, index, encoder),
        *said(sayings.off_topic, index, encoder, "off topic"),
        *said(sayings.reports, index, encoder, "report"),
    ]
    progress(f"calibrating on {len(trials)} trial questions")
    trials = [trial for trial in trials if len(trial.rows)]
    calibration = fit(
        np.concatenate([trial.rows for trial in trials]),
        [right for trial in trials for right in trial.right],
        [COUNTS[trial.kind] for trial in trials for _ in trial.right],
    )
    return with_thresholds(calibration, trials)


def tested(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """The test wordings of the entries."""
    wordings = [(number, text) for number, entry in enumerate(entries) for text in entry.tests]
    return [_trial(index, encoder, text, number, "tested") for number, text in _spread(wordings)]


def written(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """The standard questions, just as they stand; passages of documents have none."""
    questions = [(n, entry.question) for n, entry in enumerate(entries) if not entry.quoted]
    return [_trial(index, encoder, text, number, "written") for number, text in _spread(questions)]


def left_out(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """Every variant, searched as though it had not been written down."""
    places = [(n, place) for n, entry in enumerate(entries) for place in range(len(entry.variants))]
    trials = []
    for number, place in _spread(places):
        entry = entries[number]
        others = [text for n, text in enumerate(entry.variants) if n != place]
        rest = "\n".join((entry.question, *others, entry.answer))
        query = index.query(entry.variants[place], encoder)
        unseen = (int(index.starts[number]) + 1 + place, rest)
        ranking = index.rank(query, unseen=unseen)
        rows = features(index, query, ranking, (number, frozenset(matter(rest))))
        trials.append(Trial(rows, tuple(ranking.items[: len(rows)] == number), "left out"))
    return trials


def absent(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """Wordings whose entry is taken away: nothing that is left answers them."""
    wordings = [(n, text) for n, entry in enumerate(entries) for text in entry.tests[:1]]
    trials = []
    for number, text in _spread(wordings):
        query = index.query(text, encoder)
        rows = features(index, query, index.rank(query, without=number))
        trials.append(Trial(rows, (False,) * len(rows), "absent"))
    return trials


def said(texts: Sequence[str], index: Index, encoder: Encoder, kind: str) -> list[Trial]:
    """Sayings to which no entry is the right answer."""
    return [_trial(index, encoder, text, -1, kind) for text in texts]


def with_thresholds(
    calibration: Calibration, trials: Sequence[Trial]
) -> tuple[Calibration, dict[str, float]]:
    """The lowest answering threshold that keeps within the shares above, and what it reaches."""
    first = [_first(calibration, trial) for trial in trials]
    kinds = np.array([trial.kind for trial in trials])
    sure = np.array([confidence for confidence, _, _ in first])
    right = np.array([hit for _, hit, _ in first], dtype=bool)
    total = np.array([together for _, _, together in first])
    asked = np.isin(kinds, ["tested", "left out"])

    def shares(at: float) -> dict[str, float]:
        answered = sure >= at
        return {
            "right": _share(answered & right, asked),
            "wrong": _share(answered & ~right, asked),
            "written": _share(answered & right, kinds == "written"),
            "off topic": _share(answered, kinds == "off topic"),
            "absent": _share(answered, kinds == "absent"),
            "report": _share(answered, kinds == "report"),
        }

    def fits(at: float) -> bool:
        reached = shares(at)
        return (
            reached["wrong"] <= WRONG
            and reached["off topic"] <= OFF_TOPIC
            and reached["absent"] <= ABSENT
            and reached["report"] <= REPORT
        )

    steps = np.linspace(0.3, 0.99, 70)
    answer_at = float(next((at for at in steps if fits(float(at))), steps[-1]))
    idle = np.sort(total[kinds == "off topic"])
    ask_at = float(np.quantile(idle, 1 - ASKED_BACK)) if len(idle) else 0.3
    calibration = replace(calibration, answer_at=answer_at, ask_at=min(ask_at, answer_at))
    reached = shares(answer_at)
    reached["asked back"] = _share(total >= calibration.ask_at, kinds == "off topic")
    return calibration, reached


def _trial(index: Index, encoder: Encoder, text: str, number: int, kind: str) -> Trial:
    query = index.query(text, encoder)
    ranking = index.rank(query)
    rows = features(index, query, ranking)
    return Trial(rows, tuple((ranking.items[: len(rows)] == number).tolist()), kind)


def _first(calibration: Calibration, trial: Trial) -> tuple[float, bool, float]:
    """Confidence of the surest hit, whether it is right, and all confidences together."""
    confidences = calibration.confidence(trial.rows)
    best = int(np.argmax(confidences))
    return float(confidences[best]), trial.right[best], float(confidences.sum())


def _share(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return round(float(hits[among].mean()), 4) if among.any() else 0.0


def _spread(things: Sequence[tuple[int, T]]) -> list[tuple[int, T]]:
    step = max(1, -(-len(things) // TRIALS))
    return list(things[::step])
