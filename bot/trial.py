"""A new model against the one in use (新旧对比), before it may take its place.

Both answer the project's frozen development sets (``nlu/development``) and rows of one's own that
the new one was not shown. The new one is worse

- where it falls on rows of one's own by more than chance;
- where it falls on the development sets by more than ``TOLERANCES`` allow: little by itself, more
  where rows of one's own plainly gained, since a city's own way of filing is what counts there.
  A fall in accuracy must be more than chance, too.

Chance: the exact sign test on rows that only one of the two has right (McNemar 1947), one-sided.
"""

import asyncio
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from types import MappingProxyType

from bot.commands.labelled import LabelledRow, RowFault, read_labelled
from bot.commands.rasa_process import RasaFault, running_rasa
from bot.commands.table import table
from bot.commands.understanding import PARSED, Measured, Parsed, parse_all
from bot.engine import EngineUnavailable
from bot.reading import as_engine_reads
from bot.settings import ROOT, Settings
from bot.training import Row, TrainingFault
from nlu.evaluation import NamedScores, RankedScores

DEVELOPMENT = ROOT / "nlu" / "development"
FILES: Mapping[str, str] = MappingProxyType(
    {"intent": "intents.jsonl", "category": "categories.jsonl"}
)

FEWEST = 20
"""Rows of one's own, below which none is set aside."""
ONE_IN = 10
MOST = 300
"""Rows set aside."""

CHANCE = 0.01
"""A fall as large as that comes by chance less than once in a hundred times."""
HOPE = 0.1
"""A gain as large as that comes by chance less than once in ten times."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a figure may fall on the development set; ``gaining``: where own rows gained."""

    alone: float
    gaining: float


TOLERANCES: Mapping[str, Mapping[str, Tolerance]] = MappingProxyType(
    {
        "intent": {"accuracy": Tolerance(0.01, 0.05), "macro-F1": Tolerance(0.02, 0.05)},
        "category": {"accuracy": Tolerance(0.01, 0.05), "ECE": Tolerance(0.03, 0.08)},
    }
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Exam:
    """Rows that both models answer; ``own``: rows of one's own, not of the development set."""

    label: str
    own: bool
    rows: tuple[LabelledRow, ...]

    @property
    def name(self) -> str:
        return f"{'your own rows' if self.own else 'development set'}, {self.label}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``gained`` rows only the new model has right, ``lost`` only the old one."""

    exam: Exam
    before: Mapping[str, float]
    after: Mapping[str, float]
    gained: int
    lost: int

    @property
    def fell(self) -> bool:
        """More than chance."""
        return chance(self.gained, self.lost) < CHANCE

    @property
    def rose(self) -> bool:
        """Plainly."""
        return chance(self.lost, self.gained) < HOPE


@dataclass(frozen=True, slots=True)
class Verdict:
    """``faults``: in what the new model is worse, a line each; none where it is not."""

    comparisons: tuple[Comparison, ...]
    faults: tuple[str, ...]


def hold_out(
    rows: Sequence[Row], learnt: Collection[str] = ()
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Rows to learn from, and a tenth that is set aside, always the same of the same rows.

    Args:
        learnt: texts that the model in use was trained on; they would be no fair test.
    """
    if len(rows) < FEWEST:
        return tuple(rows), ()
    fresh = sorted({row.text for row in rows} - set(learnt), key=digest)
    aside = set(fresh[: min(len(fresh) // ONE_IN, MOST)])
    kept = tuple(row for row in rows if row.text not in aside)
    return kept, tuple(row for row in rows if row.text in aside)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def exams(held: Sequence[Row], seen: Collection[str]) -> tuple[Exam, ...]:
    """What both models are asked, those without rows left out.

    Args:
        seen: texts that one of the two was trained on beside the project's own; passed over.

    Raises:
        TrainingFault: a row of the development set is not as it should be.
    """
    known = set(seen)
    found = []
    for label, file in FILES.items():
        path = DEVELOPMENT / file
        try:
            rows = read_labelled(path, label) if path.is_file() else []
        except RowFault as error:
            raise TrainingFault(str(error)) from error
        fair = tuple(row for row in rows if as_engine_reads(row.text) not in known)
        found.append(Exam(label, False, fair))
        found.append(Exam(label, True, own_rows(held, label)))
    return tuple(exam for exam in found if exam.rows)


def own_rows(held: Sequence[Row], label: str) -> tuple[LabelledRow, ...]:
    named = [(row.text, row.intent if label == "intent" else row.category) for row in held]
    return tuple(
        LabelledRow(place, text, right)
        for place, (text, right) in enumerate(named, 1)
        if right is not None
    )


def try_out(settings: Settings, old: Path, new: Path, given: Sequence[Exam], say: Say) -> Verdict:
    """Lets both models answer, one after the other.

    An old model that cannot be run any more, since the code around it has changed, is no match.

    Raises:
        TrainingFault: the new one cannot be run.
    """
    try:
        after = asyncio.run(answers(settings, new, given, say))
    except (RasaFault, EngineUnavailable) as error:
        raise TrainingFault(f"the new model cannot be run: {error}") from error
    try:
        before = asyncio.run(answers(settings, old, given, say))
    except (RasaFault, EngineUnavailable) as error:
        say(f"  {old.name} cannot be run any more, so there is no comparison ({error})")
        return Verdict((), ())
    return judge(compare(given, measure(given, before), measure(given, after)))


async def answers(settings: Settings, model: Path, given: Sequence[Exam], say: Say) -> list[Parsed]:
    """What Rasa makes of the rows of every exam, one exam after another."""
    rows = [row for exam in given for row in exam.rows]
    step = max(1, len(rows) // 4)

    def progress(done: int) -> None:
        if done % step == 0:
            say(f"  {done} of {len(rows)} rows")

    say(f"  {model.name}: starting Rasa …")
    alone = settings.model_copy(update={"rasa_model": model, "rasa_url": None})
    async with running_rasa(alone) as engine:
        return list(await parse_all(engine, rows, progress))


def measure(given: Sequence[Exam], parsed: Sequence[Parsed]) -> list[Measured]:
    measured = []
    done = 0
    for exam in given:
        mine = parsed[done : done + len(exam.rows)]
        done += len(exam.rows)
        measured.append(PARSED[exam.label](exam.rows, mine))
    return measured


def compare(
    given: Sequence[Exam], old: Sequence[Measured], new: Sequence[Measured]
) -> tuple[Comparison, ...]:
    return tuple(
        Comparison(exam, figures(before), figures(after), *changes(before, after))
        for exam, before, after in zip(given, old, new, strict=True)
    )


def figures(measured: Measured) -> dict[str, float]:
    """By name; an error such as ECE is better when it is small."""
    scores = measured.scores
    if isinstance(scores, RankedScores):
        return {"accuracy": scores.accuracy, "ECE": scores.ece}
    assert isinstance(scores, NamedScores)  # noqa: S101  # intents and categories alone are asked
    return {"accuracy": scores.accuracy, "macro-F1": scores.macro_f1}


def changes(before: Measured, after: Measured) -> tuple[int, int]:
    """How many rows were gained and how many lost."""
    pairs = [
        (a.right == a.found, b.right == b.found)
        for a, b in zip(before.answers, after.answers, strict=True)
    ]
    return pairs.count((False, True)), pairs.count((True, False))


def chance(gained: int, lost: int) -> float:
    """How likely so few are gained of those that changed, were gain and loss equally likely."""
    n = gained + lost
    return float(sum(comb(n, k) for k in range(gained + 1)) / 2**n)


def judge(comparisons: Sequence[Comparison]) -> Verdict:
    """Whether the new model is worse, and in what."""
    gaining = {c.exam.label for c in comparisons if c.exam.own and c.rose}
    faults = [
        fault
        for comparison in comparisons
        for fault in faults_of(comparison, gaining=comparison.exam.label in gaining)
    ]
    return Verdict(tuple(comparisons), tuple(faults))


def faults_of(comparison: Comparison, *, gaining: bool) -> list[str]:
    exam, found = comparison.exam, []
    if exam.own:
        return [f"{exam.name}: {told(comparison, 'accuracy')}"] if comparison.fell else []
    for name, tolerance in TOLERANCES[exam.label].items():
        allowed = tolerance.gaining if gaining else tolerance.alone
        by_chance = name == "accuracy" and not comparison.fell
        if loss(comparison, name) > allowed and not by_chance:
            found.append(
                f"{exam.name}: {told(comparison, name)}; {100 * allowed:.0f} points are allowed"
            )
    return found


def loss(comparison: Comparison, name: str) -> float:
    change = comparison.before[name] - comparison.after[name]
    return -change if name == "ECE" else change


def told(comparison: Comparison, name: str) -> str:
    return f"{name} went from {comparison.before[name]:.3f} to {comparison.after[name]:.3f}"


def shown(comparisons: Sequence[Comparison]) -> str:
    """Before and after as a table."""
    rows = [
        (
            c.exam.name,
            str(len(c.exam.rows)),
            name,
            f"{c.before[name]:.3f}",
            f"{c.after[name]:.3f}",
            f"{c.after[name] - c.before[name]:+.3f}",
            f"{c.gained} / {c.lost}" if name == "accuracy" else "",
        )
        for c in comparisons
        for name in c.before
    ]
    heading = ("rows", "n", "figure", "before", "after", "change", "gained / lost")
    return table(heading, rows)
