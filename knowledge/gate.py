"""The gate before residents get a new snapshot: what was answered must stay answered.

The test questions of the entries and the house list are asked of the snapshot that is current and
of the one that is to be. What is asked and what came of it stands in the verdict, row by row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from knowledge.house import House
from knowledge.search import Decision, Searcher

MANY, FEW = 2000, 100
LARGE = 50_000
"""At most so many test questions are asked, the few of a pool of more than ``LARGE`` texts."""

NEIGHBOURS = 50
"""Of so many changed entries the nearest others are looked at too."""

LEAST_RECALL = 0.7
MOST_OFF_TOPIC = 0.05
"""What a first snapshot must reach, which has none before it to be compared with: Linli's own
entries reach 0.79, and none of the 24 sayings."""

Progress = Callable[[str], None]


class Kind(StrEnum):
    """Where a question comes from."""

    TEST = "test"
    MUST_ANSWER = "must answer"
    OFF_TOPIC = "off topic"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the entry that answers it, None where none should."""

    kind: Kind
    text: str
    entry: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a snapshot makes of a question: the first entry it finds, if any."""

    decision: Decision
    entry: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Row:
    """A question before and after; before is None where it could not be asked or answered then."""

    question: Question
    before: Found | None
    after: Found

    def found(self, found: Found | None) -> bool:
        """Whether the right entry comes first."""
        return found is not None and found.entry == self.question.entry is not None

    def answered(self, found: Found | None) -> bool:
        """Rightly, or at all where nothing should be."""
        if found is None or found.decision is not Decision.ANSWER:
            return False
        return self.question.kind is Kind.OFF_TOPIC or self.found(found)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much worse a new snapshot may be.

    Attributes:
        tolerance: by how much recall@1 of the test questions may drop.
    """

    tolerance: float = 0.01


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says; with faults the snapshot is refused.

    Attributes:
        recall: of test questions that can be asked of both, the share whose entry comes first,
            before and after; before is None for a first snapshot.
        asked: the day and the regions.
    """

    rows: tuple[Row, ...]
    recall: tuple[float | None, float]
    faults: tuple[str, ...]
    asked: tuple[str, ...] = ()

    def by_kind(self) -> dict[Kind, list[Row]]:
        return {kind: [row for row in self.rows if row.question.kind is kind] for kind in Kind}

    def lost_tests(self) -> list[Row]:
        """Test questions whose entry came first and does so no longer."""
        tests = self.by_kind()[Kind.TEST]
        return [row for row in tests if row.found(row.before) and not row.found(row.after)]

    def to_json(self) -> dict[str, Any]:
        return {
            "asked": list(self.asked),
            "recall": {"before": self.recall[0], "after": self.recall[1]},
            "faults": list(self.faults),
            "questions": [asdict(row) for row in self.rows],
        }


def judge(
    before: Searcher | None,
    after: Searcher,
    house: House,
    *,
    as_of: date,
    regions: Sequence[str],
    changed: Sequence[int],
    limits: Limits = Limits(),
    report: Mapping[str, Any] | None = None,
    progress: Progress = lambda line: None,
) -> Verdict:
    """Asks both snapshots and compares.

    Args:
        before: the current one; None where there is none that can be opened.
        as_of: the day on which the questions are asked, in the residents' time zone.
        changed: numbers of the entries of ``after`` that are new or not what they were.
        report: of the publish of ``before``: what it found then on the same day and in the same
            place need not be asked again.
    """
    asked = (as_of.isoformat(), *regions)
    remembered = _remembered(report, asked)
    questions = [
        *_of_house(house, before, after),
        *_tests(after, as_of, regions, changed),
    ]
    progress(f"gate: asking {len(questions)} questions")

    def ask(searcher: Searcher, text: str) -> Found:
        finding = searcher.find(text, as_of=as_of, regions=regions, limit=3)
        if not finding.hits:
            return Found(finding.decision, None, 0.0)
        first = finding.hits[0]
        return Found(finding.decision, first.entry.id, round(first.confidence, 4))

    rows = tuple(
        Row(
            question,
            remembered.get(question.text) or ask(before, question.text)
            if before is not None and _known(before, question)
            else None,
            ask(after, question.text),
        )
        for question in questions
    )
    return replace(_judged(rows, before is None, limits), asked=asked)


def _remembered(report: Mapping[str, Any] | None, asked: tuple[str, ...]) -> dict[str, Found]:
    if report is None or tuple(report.get("asked", ())) != asked:
        return {}
    found = {row["question"]["text"]: row["after"] for row in report["questions"]}
    return {
        text: Found(Decision(after["decision"]), after["entry"], after["confidence"])
        for text, after in found.items()
    }


def _judged(rows: tuple[Row, ...], first: bool, limits: Limits) -> Verdict:
    tests = [row for row in rows if row.question.kind is Kind.TEST]
    must = [row for row in rows if row.question.kind is Kind.MUST_ANSWER]
    off = [row for row in rows if row.question.kind is Kind.OFF_TOPIC]
    if first:
        recall = _share(row.found(row.after) for row in tests)
        idle = [row for row in off if row.answered(row.after)]
        faults = []
        if tests and recall < LEAST_RECALL:
            faults.append(f"recall of the test questions is {recall:.3f}, below {LEAST_RECALL}")
        if len(idle) > MOST_OFF_TOPIC * len(off):
            faults.append(f"{len(idle)} of {len(off)} off-topic sayings are answered")
        return Verdict(rows, (None, recall), tuple(faults))
    both = [row for row in tests if row.before is not None]
    was = _share(row.found(row.before) for row in both)
    now = _share(row.found(row.after) for row in both)
    faults = []
    if now < was - limits.tolerance - 1e-9:
        faults.append(f"recall of the test questions drops from {was:.3f} to {now:.3f}")
    faults += [
        f"no longer answered: {row.question.text} ({row.question.entry})"
        for row in must
        if row.answered(row.before) and not row.answered(row.after)
    ]
    faults += [
        f"off topic, and now answered: {row.question.text} (with {row.after.entry})"
        for row in off
        if row.answered(row.after) and not row.answered(row.before)
    ]
    return Verdict(rows, (was, now), tuple(faults))


def _share(hits: Iterable[bool]) -> float:
    values = list(hits)
    return sum(values) / len(values) if values else 1.0


def _of_house(house: House, before: Searcher | None, after: Searcher) -> list[Question]:
    """Questions whose entry neither knows are not asked: they are for other entries."""
    must = [
        Question(Kind.MUST_ANSWER, row.question, row.entry)
        for row in house.must_answer
        if any(s is not None and s.entry(row.entry) is not None for s in (before, after))
    ]
    return [*must, *(Question(Kind.OFF_TOPIC, text, None) for text in house.off_topic)]


def _tests(
    after: Searcher, as_of: date, regions: Sequence[str], changed: Sequence[int]
) -> list[Question]:
    """Of all entries in force; of many those that changed, their neighbours, and some others."""
    in_force = after.scope.in_force(as_of, regions)
    shown = in_force.nonzero()[0].tolist()
    many = after.index is not None and len(after.index.owners) > LARGE
    most = FEW if many else MANY
    near = _neighbours(after, as_of, regions, changed) if len(shown) > most else []
    step = max(1, len(shown) // most)
    order = dict.fromkeys((*(n for n in changed if in_force[n]), *near, *shown[::step]))
    questions = list[Question]()
    for number in order:
        entry = after.entries[number]
        questions += [Question(Kind.TEST, text, entry.id) for text in entry.tests]
        if len(questions) >= most:
            break
    return questions[:most]


def _neighbours(
    after: Searcher, as_of: date, regions: Sequence[str], changed: Sequence[int]
) -> list[int]:
    """Numbers of the entries that the questions of the changed ones also find."""
    questions = [after.entries[number].question for number in changed[:NEIGHBOURS]]
    findings = [after.find(text, as_of=as_of, regions=regions, limit=4) for text in questions]
    numbers = [after.number(hit.entry.id) for finding in findings for hit in finding.hits]
    return [number for number in numbers if number is not None]


def _known(searcher: Searcher, question: Question) -> bool:
    """A test counts where its entry could have been found."""
    return question.kind is not Kind.TEST or searcher.entry(question.entry or "") is not None
