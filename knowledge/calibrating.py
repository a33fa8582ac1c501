"""Learning, when publishing, how sure is sure enough.

Beside the trial questions of the entries (``knowledge.trials``) things are tried that are said and
that no entry should answer (negatives.txt, and what is small talk or off the subject for
understanding), and reports of something to be filed (reports.txt).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

import nlu
from knowledge import regression
from knowledge.citing import cited
from knowledge.confidence import RISING, UNSURE, Calibration, Considered
from knowledge.encoder import Encoder
from knowledge.entry import Entry
from knowledge.index import Index
from knowledge.regression import NEVER, Regression
from knowledge.trials import KNOWN, Pool, Trial
from knowledge.unlearnt import unlearnt

NEGATIVES = Path(__file__).with_name("negatives.txt")
REPORTS = Path(__file__).with_name("reports.txt")
CHAT = Path(nlu.__file__).parent / "data"
CHATTING = ("out_of_scope", "small_talk", "insult", "greet", "thanks")
"""Intents whose examples no entry should answer either."""

SAYINGS_EACH, SAYINGS_LEAST = 8, 300
"""So many off-topic sayings are tried for each entry, the first of them in any case: a handful of
entries needs no thousands."""

FEW = 50
"""With fewer tests than this, variants are tried that the encoder may have learnt, as well; with
fewer questions whose passages are known, passages are measured by what is made of their words."""

COUNTS = {"tested": 1.0, "written": 0.3, "left out": 0.5, "absent": 1.0, "off topic": 0.3,
          "report": 0.5, "passage": 1.0, "passage absent": 1.0}  # fmt: skip
"""How much a trial of each kind counts when the regression is fitted."""

WRONG = 0.025
OFF_TOPIC = 0.02
ABSENT = 0.10
REPORT = 0.25
"""Highest shares that the answering threshold lets pass: answers that are not the right ones,
off-topic sayings that are answered, questions without an entry that are, reports that are. Tests
are harder than what residents ask: where 2.6 % of the trials are answered wrongly, 0.5 % of the
development half of the frozen questions are."""

STEPS: tuple[float, ...] = tuple(np.linspace(0.3, 0.99, 70).tolist())
"""Thresholds that are tried."""

ASKED_BACK = 0.15
"""Highest share of off-topic sayings to which the resident is asked which was meant."""


@dataclass(frozen=True, slots=True)
class Sayings:
    """What is said at a community desk and is no question for the knowledge."""

    off_topic: Sequence[str]
    reports: Sequence[str]


@cache
def own_sayings() -> Sayings:
    """Those that come with Linli."""
    chat = (text for name in CHATTING for text in examples(CHAT / f"{name}.yml"))
    off_topic = dict.fromkeys((*read_sayings(NEGATIVES), *chat))
    return Sayings(list(off_topic), read_sayings(REPORTS))


def examples(path: Path) -> list[str]:
    """What is said for the intents in one of understanding's files."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = (line for row in content["nlu"] for line in str(row.get("examples", "")).splitlines())
    return [line[2:].strip() for line in lines if line.startswith("- ")]


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
    pool = Pool(entries, index, encoder, cited(entries))
    known = pool.tested()
    chosen = unlearnt if len(known) >= FEW else None
    off_topic = sayings.off_topic[: max(SAYINGS_LEAST, SAYINGS_EACH * len(entries))]
    trials = [
        *known,
        *pool.left_out(chosen),
        *pool.written(),
        *pool.absent(),
        *pool.passages(),
        *pool.said(off_topic, "off topic"),
        *pool.said(sayings.reports, "report"),
    ]
    progress(f"calibrating on {len(trials)} trial questions")
    trials = [trial for trial in trials if len(trial.found)]
    calibration = replace(UNSURE, spoken=_fitted(trials, UNSURE, False))
    calibration = replace(calibration, written=_fitted(trials, UNSURE, True))
    if NEVER not in (calibration.spoken, calibration.written):
        calibration = _levelled(calibration, trials)
        calibration = replace(calibration, spoken=_fitted(trials, calibration, False))
    return with_thresholds(calibration, trials)


def _fitted(trials: Sequence[Trial], calibration: Calibration, written: bool) -> Regression:
    """The regression of one kind of hits; sure of nothing where none of them is right.

    Args:
        calibration: says how sure passages are, which entries are compared with.
    """
    asked = _telling(trials, written)
    of_kind = [trial.found.written == written for trial in asked]
    right = np.concatenate(
        [np.array(trial.right)[kind] for trial, kind in zip(asked, of_kind, strict=True)] or [[]]
    )
    if not right.any():
        return NEVER
    seen = [trial.found.rows if written else calibration.rows(trial.found) for trial in asked]
    rows = np.concatenate([part[kind] for part, kind in zip(seen, of_kind, strict=True)])
    share = np.concatenate(
        [np.full(kind.sum(), COUNTS[t.kind]) for t, kind in zip(asked, of_kind, strict=True)]
    )
    return regression.fit(rows, right.astype(bool).tolist(), share.tolist(), RISING)


def _telling(trials: Sequence[Trial], written: bool) -> list[Trial]:
    """The trials that tell of hits of one kind whether they are right.

    A question of an entry tells it of passages where it is known which of them the entry rests on.
    """
    if not written:
        return [trial for trial in trials if not trial.kind.startswith("passage")]
    of_entries = (*KNOWN, "written", "absent")
    return [trial for trial in trials if trial.resting or trial.kind not in of_entries]


def with_thresholds(
    calibration: Calibration, trials: Sequence[Trial]
) -> tuple[Calibration, dict[str, float]]:
    """The lowest answering threshold that keeps within the shares above, and what it reaches."""
    known = KNOWN if any(trial.kind in KNOWN for trial in trials) else ("passage",)
    asked = [trial for trial in trials if known != KNOWN or not trial.kind.startswith("passage")]
    shares = _Shares(calibration, asked, known)
    answer_at = shares.lowest()
    idle = np.sort(shares.total[shares.kinds == "off topic"])
    ask_at = float(np.quantile(idle, 1 - ASKED_BACK)) if len(idle) else 0.3
    calibration = replace(calibration, answer_at=answer_at, ask_at=min(ask_at, answer_at))
    reached = shares.at(answer_at)
    reached["asked back"] = _share(shares.total >= calibration.ask_at, shares.kinds == "off topic")
    return calibration, reached


def _levelled(calibration: Calibration, trials: Sequence[Trial]) -> Calibration:
    """Passages made as much surer or less sure as their own threshold is apart from the entries',
    so that one threshold serves both.

    Where enough is asked as residents ask it, passages must also be right as often as entries.
    """
    asked = sum(trial.resting and trial.kind in KNOWN for trial in trials)
    known = KNOWN if asked >= FEW else ("passage",)
    entries = _Shares(calibration, _only(trials, False), KNOWN)
    passages = _Shares(calibration, _only(trials, True), known)
    sure, quoted = entries.lowest(), passages.lowest()
    if asked >= FEW:
        quoted = max(quoted, passages.lowest_as_right_as(entries.rightness(sure)))
    written = calibration.written
    shift = _odds(sure) - _odds(quoted)
    return replace(calibration, written=replace(written, bias=written.bias + shift))


def _only(trials: Sequence[Trial], written: bool) -> list[Trial]:
    """The trials that tell something of one kind of hits, with the hits of this kind alone."""
    found = []
    for trial in _telling(trials, written):
        kind = trial.found.written == written
        if kind.any():
            part = Considered(
                trial.found.rows[kind], trial.found.places[kind], trial.found.written[kind]
            )
            right = tuple(np.array(trial.right)[kind].tolist())
            found.append(replace(trial, found=part, right=right))
    return found


class _Shares:
    """What would be answered of trials at which threshold."""

    def __init__(
        self, calibration: Calibration, trials: Sequence[Trial], known: Sequence[str]
    ) -> None:
        first = [_first(calibration, trial) for trial in trials]
        self.kinds = np.array([trial.kind for trial in trials])
        self.sure = np.array([confidence for confidence, _, _ in first])
        self.right = np.array([hit for _, hit, _ in first], dtype=bool)
        self.total = np.array([together for _, _, together in first])
        self.asked = np.isin(self.kinds, known)

    def at(self, threshold: float) -> dict[str, float]:
        answered = self.sure >= threshold
        return {
            "right": _share(answered & self.right, self.asked),
            "wrong": _share(answered & ~self.right, self.asked),
            "written": _share(answered & self.right, self.kinds == "written"),
            "off topic": _share(answered, self.kinds == "off topic"),
            "absent": _share(answered & ~self.right, self.kinds == "absent"),
            "report": _share(answered, self.kinds == "report"),
        }

    def lowest(self) -> float:
        """The lowest threshold that keeps within the shares above."""
        return next((at for at in STEPS if self._fits(self.at(at))), STEPS[-1])

    def rightness(self, threshold: float) -> float:
        """Which share of what is answered is right; 1 where nothing is."""
        answered = (self.sure >= threshold) & self.asked
        return float(self.right[answered].mean()) if answered.any() else 1.0

    def lowest_as_right_as(self, share: float) -> float:
        """The lowest threshold from which on what is answered is right as often."""
        worse = [n for n, at in enumerate(STEPS) if self.rightness(at) < share]
        return STEPS[min(max(worse, default=-1) + 1, len(STEPS) - 1)]

    def _fits(self, reached: dict[str, float]) -> bool:
        return (
            reached["wrong"] <= WRONG
            and reached["off topic"] <= OFF_TOPIC
            and reached["absent"] <= ABSENT
            and reached["report"] <= REPORT
        )


def _odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _first(calibration: Calibration, trial: Trial) -> tuple[float, bool, float]:
    """Confidence of the surest hit, whether it is right, and all confidences together."""
    confidences = calibration.confidence(trial.found)
    best = int(np.argmax(confidences))
    return float(confidences[best]), trial.right[best], float(confidences.sum())


def _share(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return round(float(hits[among].mean()), 4) if among.any() else 0.0
