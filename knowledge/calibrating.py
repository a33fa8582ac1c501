"""Learning, when publishing, how sure is sure enough.

Trial questions are wordings whose entry is known and which neither the index nor the encoder has
seen (the tests of the entries), variants that the encoder has not learnt, each left out of the
search while it is asked, the standard questions themselves, the tests once more with their entry
taken away, what may be asked of a document's passages (``knowledge.cropping``), things said that
no entry should answer (negatives.txt, and what is small talk or off the subject for
understanding), and reports of something to be filed (reports.txt).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import yaml
from numpy.typing import NDArray

import nlu
from knowledge import regression
from knowledge.analysis import matter
from knowledge.confidence import SPEAKING_FOR, UNSURE, Calibration, Considered, consider
from knowledge.cropping import cropped
from knowledge.encoder import Encoder
from knowledge.entry import Entry
from knowledge.index import Index
from knowledge.regression import NEVER, Regression
from knowledge.unlearnt import unlearnt

T = TypeVar("T")

NEGATIVES = Path(__file__).with_name("negatives.txt")
REPORTS = Path(__file__).with_name("reports.txt")
CHAT = Path(nlu.__file__).parent / "data"
CHATTING = ("out_of_scope", "small_talk", "insult", "greet", "thanks")
"""Intents whose examples no entry should answer either."""

TRIALS = 1500
"""At most so many wordings of each kind are tried, spread evenly."""

SAYINGS_EACH, SAYINGS_LEAST = 8, 300
"""So many off-topic sayings are tried for each entry, the first of them in any case: a handful of
entries needs no thousands."""

FEW = 50
"""With fewer tests than this, variants are tried that the encoder may have learnt, as well."""

COUNTS = {"tested": 1.0, "written": 0.3, "left out": 0.5, "absent": 1.0, "off topic": 0.3,
          "report": 0.5, "passage": 1.0, "passage absent": 1.0}  # fmt: skip
"""How much a trial of each kind counts when the regression is fitted."""

KNOWN = ("tested", "left out")
"""Kinds of trials with a right entry, which say what share is answered wrongly."""

WRONG = 0.025
OFF_TOPIC = 0.02
ABSENT = 0.10
REPORT = 0.25
"""Highest shares that the answering threshold lets pass: answers that are not the right ones,
off-topic sayings that are answered, questions without an entry that are, reports that are. Tests
are harder than what residents ask: where 2.6 % of the trials are answered wrongly, 0.5 % of the
development half of the frozen questions are."""

ASKED_BACK = 0.15
"""Highest share of off-topic sayings to which the resident is asked which was meant."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The best hits of one question, and which of them is right."""

    found: Considered
    right: tuple[bool, ...]
    kind: str


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
    known = tested(entries, index, encoder)
    chosen = unlearnt if len(known) >= FEW else None
    off_topic = sayings.off_topic[: max(SAYINGS_LEAST, SAYINGS_EACH * len(entries))]
    trials = [
        *known,
        *left_out(entries, index, encoder, chosen),
        *written(entries, index, encoder),
        *absent(entries, index, encoder),
        *passages(entries, index, encoder),
        *said(off_topic, index, encoder, "off topic"),
        *said(sayings.reports, index, encoder, "report"),
    ]
    progress(f"calibrating on {len(trials)} trial questions")
    trials = [trial for trial in trials if len(trial.found)]
    calibration = replace(UNSURE, spoken=_fitted(trials, False), written=_fitted(trials, True))
    calibration = _levelled(calibration, trials)
    return with_thresholds(calibration, trials)


def _fitted(trials: Sequence[Trial], written: bool) -> Regression:
    """The regression of one kind of hits; sure of nothing where none of them is right."""
    asked = [trial for trial in trials if written or not trial.kind.startswith("passage")]
    if written:
        asked = [trial for trial in asked if trial.kind not in (*KNOWN, "written", "absent")]
    of_kind = [trial.found.written == written for trial in asked]
    right = np.concatenate(
        [np.array(trial.right)[kind] for trial, kind in zip(asked, of_kind, strict=True)] or [[]]
    )
    if not right.any():
        return NEVER
    rows = np.concatenate(
        [trial.found.rows[kind] for trial, kind in zip(asked, of_kind, strict=True)]
    )
    share = np.concatenate(
        [np.full(kind.sum(), COUNTS[t.kind]) for t, kind in zip(asked, of_kind, strict=True)]
    )
    return regression.fit(rows, right.astype(bool).tolist(), share.tolist(), SPEAKING_FOR)


def tested(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """The test wordings of the entries."""
    wordings = [(number, text) for number, entry in enumerate(entries) for text in entry.tests]
    return [_trial(index, encoder, text, number, "tested") for number, text in _spread(wordings)]


def written(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """The standard questions, just as they stand; passages of documents have none."""
    questions = [(n, entry.question) for n, entry in enumerate(entries) if not entry.quoted]
    return [_trial(index, encoder, text, number, "written") for number, text in _spread(questions)]


def left_out(
    entries: Sequence[Entry],
    index: Index,
    encoder: Encoder,
    chosen: Callable[[str], bool] | None = None,
) -> list[Trial]:
    """Variants, searched as though they had not been written down; by default every one."""
    places = [
        (number, place)
        for number, entry in enumerate(entries)
        for place, text in enumerate(entry.variants)
        if not entry.quoted and (chosen is None or chosen(text))
    ]
    trials = []
    for number, place in _spread(places):
        entry = entries[number]
        others = [text for n, text in enumerate(entry.variants) if n != place]
        rest = "\n".join((entry.question, *others, entry.answer))
        query = index.query(entry.variants[place], encoder)
        unseen = (int(index.starts[number]) + 1 + place, rest)
        ranking = index.rank(query, unseen=unseen)
        found = consider(index, query, ranking, (number, frozenset(matter(rest))))
        right = tuple((ranking.items[found.places] == number).tolist())
        trials.append(Trial(found, right, "left out"))
    return trials


def absent(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """Wordings whose entry is taken away: nothing that is left answers them."""
    wordings = [(n, text) for n, entry in enumerate(entries) for text in entry.tests[:1]]
    trials = []
    for number, text in _spread(wordings):
        query = index.query(text, encoder)
        found = consider(index, query, index.rank(query, without=number))
        trials.append(Trial(found, (False,) * len(found), "absent"))
    return trials


def passages(entries: Sequence[Entry], index: Index, encoder: Encoder) -> list[Trial]:
    """What may be asked of passages of documents, and the same with the passage taken away."""
    quoted = [(number, entry) for number, entry in enumerate(entries) if entry.quoted]
    trials = []
    for number, entry in _spread(quoted):
        text = cropped(entry)
        if not text:
            continue
        trials.append(_trial(index, encoder, text, number, "passage"))
        query = index.query(text, encoder)
        found = consider(index, query, index.rank(query, without=number))
        trials.append(Trial(found, (False,) * len(found), "passage absent"))
    return trials


def said(texts: Sequence[str], index: Index, encoder: Encoder, kind: str) -> list[Trial]:
    """Sayings to which no entry is the right answer."""
    return [_trial(index, encoder, text, -1, kind) for text in texts]


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
    so that one threshold serves both."""
    entries, passages = (
        _Shares(calibration, _only(trials, written), known)
        for written, known in ((False, KNOWN), (True, ("passage",)))
    )
    if NEVER in (calibration.spoken, calibration.written):
        return calibration
    shift = _odds(entries.lowest()) - _odds(passages.lowest())
    written = calibration.written
    return replace(calibration, written=replace(written, bias=written.bias + shift))


def _only(trials: Sequence[Trial], written: bool) -> list[Trial]:
    """The trials that say something of one kind of hits, with the hits of this kind alone."""
    apart = (*KNOWN, "written", "absent") if written else ("passage", "passage absent")
    found = []
    for trial in trials:
        kind = trial.found.written == written
        if trial.kind not in apart and kind.any():
            part = Considered(
                trial.found.rows[kind], trial.found.places[kind], kind[kind] == written
            )
            right = tuple(np.array(trial.right)[kind].tolist())
            found.append(Trial(part, right, trial.kind))
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
            "absent": _share(answered, self.kinds == "absent"),
            "report": _share(answered, self.kinds == "report"),
        }

    def lowest(self) -> float:
        """The lowest threshold that keeps within the shares above."""
        steps = np.linspace(0.3, 0.99, 70)
        return float(next((at for at in steps if self._fits(self.at(float(at)))), steps[-1]))

    def _fits(self, reached: dict[str, float]) -> bool:
        return (
            reached["wrong"] <= WRONG
            and reached["off topic"] <= OFF_TOPIC
            and reached["absent"] <= ABSENT
            and reached["report"] <= REPORT
        )


def _odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _trial(index: Index, encoder: Encoder, text: str, number: int, kind: str) -> Trial:
    query = index.query(text, encoder)
    ranking = index.rank(query)
    found = consider(index, query, ranking)
    return Trial(found, tuple((ranking.items[found.places] == number).tolist()), kind)


def _first(calibration: Calibration, trial: Trial) -> tuple[float, bool, float]:
    """Confidence of the surest hit, whether it is right, and all confidences together."""
    confidences = calibration.confidence(trial.found)
    best = int(np.argmax(confidences))
    return float(confidences[best]), trial.right[best], float(confidences.sum())


def _share(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return round(float(hits[among].mean()), 4) if among.any() else 0.0


def _spread(things: Sequence[tuple[int, T]]) -> list[tuple[int, T]]:
    step = max(1, -(-len(things) // TRIALS))
    return list(things[::step])
