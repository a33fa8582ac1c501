"""What the category classifier would reach with a city's own rows: cross-validation.

The rows are dealt into folds, each class over all of them; the rows of each fold are answered by
a model that was taught the project's examples and the rows of the others, as ``linli nlu train
--extra`` would teach them.
"""

import hashlib
import json
import subprocess
from collections import defaultdict
from collections.abc import Callable, Sequence

from bot.commands.labelled import LabelledRow, RowFault
from bot.commands.understanding import Measured, measure_categories
from bot.reading import as_engine_reads
from bot.settings import ROOT, Settings
from bot.training import CATEGORIES, TrainingFault, environment, known_categories

PROGRAM = "nlu.components.category_folds"

Say = Callable[[str], None]


def measure_folds(
    settings: Settings, rows: Sequence[LabelledRow], folds: int, say: Say
) -> Measured:
    """The rows' categories, each as a model says that has not seen the row.

    Raises:
        RowFault: a row has no category or an unknown one, or there are fewer rows than folds; the
            message names the row.
        TrainingFault: Rasa's environment is missing, or the training in it failed.
    """
    known = known_categories(ROOT, settings.taxonomy)
    for row in rows:
        if row.label is None or row.label not in known:
            named = "has no category" if row.label is None else f"category {row.label!r} is unknown"
            raise RowFault(f"row {row.number}: {named}; with --folds it is learnt, too")
    if len(rows) < folds:
        raise RowFault(f"{len(rows)} rows are too few for {folds} folds")
    dealt = deal(rows, folds)
    answered = answers(settings, dealt, known, say)
    parsed = {
        row.number: {"category": [{"name": name, "confidence": chance} for name, chance in ranking]}
        for fold, rankings in zip(dealt, answered, strict=True)
        for row, ranking in zip(fold, rankings, strict=True)
    }
    return measure_categories(rows, [parsed[row.number] for row in rows])


def deal(rows: Sequence[LabelledRow], folds: int) -> list[list[LabelledRow]]:
    """Always the same folds of the same rows, whatever their order."""
    by_label: defaultdict[str | None, list[LabelledRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: hashlib.sha256(row.text.encode()).digest()):
        by_label[row.label].append(row)
    in_turn = [row for label in sorted(by_label, key=str) for row in by_label[label]]
    return [in_turn[fold::folds] for fold in range(folds)]


def answers(
    settings: Settings, dealt: Sequence[Sequence[LabelledRow]], known: frozenset[str], say: Say
) -> list[list[list[tuple[str, float]]]]:
    """A ranking for every row of every fold, from Rasa's environment."""
    given = {
        "data": str(ROOT / CATEGORIES),
        "known": sorted(known),
        "folds": [[(as_engine_reads(row.text), row.label) for row in fold] for fold in dealt],
    }
    try:
        done = subprocess.Popen(  # noqa: S603
            [str(settings.rasa_python), "-m", PROGRAM],
            cwd=ROOT,
            env=environment(settings.home, ROOT),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    except OSError as error:
        raise TrainingFault(
            f"{settings.rasa_python} cannot be started ({error.strerror}); `make setup` makes "
            "Rasa's environment"
        ) from error
    found = []
    with done as process:
        assert process.stdin is not None  # noqa: S101  # piped above
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        for line in process.stdout:
            found.append(json.loads(line))
            say(f"fold {len(found)} of {len(dealt)}")
    if process.returncode != 0:
        raise TrainingFault("the training in Rasa's environment failed; its complaint is above")
    return found
