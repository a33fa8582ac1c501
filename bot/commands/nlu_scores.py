"""Scores of what was understood, as tables in a terminal."""

from collections.abc import Sequence

from bot.commands.table import table
from nlu.confusions import Confusion
from nlu.evaluation import (
    AlarmScores,
    ClassScore,
    Fit,
    NamedScores,
    PartScore,
    RankedScores,
    Scores,
    SpanScores,
    share,
)


def shown(scores: Scores) -> str:
    """Figures first, then a row a class."""
    lines = [f"n         {scores.n}", f"accuracy  {scores.accuracy:.3f}"]
    if isinstance(scores, SpanScores):
        fits = (("exact", scores.exact), ("overlap", scores.overlap))
        rows = [(name, *three(fit)) for name, fit in fits]
        lines += ["", table(("", "precision", "recall", "F1"), rows)]
        if scores.parts:
            of_parts = [(name, str(p.n), *three(p)) for name, p in scores.parts.items()]
            lines += ["", table(("part", "n", "precision", "recall", "F1"), of_parts)]
        return "\n".join(lines)
    lines.append(f"macro-F1  {scores.macro_f1:.3f}")
    if isinstance(scores, RankedScores):
        lines += [f"top-3     {scores.top3:.3f}", f"ECE       {scores.ece:.3f}"]
    if isinstance(scores, AlarmScores):
        recall = "no emergencies" if scores.recall is None else f"{scores.recall:.3f}"
        lines += [f"recall    {recall}", f"false alarms  {scores.false_alarms}"]
    if isinstance(scores, NamedScores):
        lines += ["", confusions(scores.confusions)]
    return "\n".join([*lines, "", classes(scores.classes)])


def classes(scores: dict[str, ClassScore]) -> str:
    rows = [(name, str(c.n), str(c.found), *three(c)) for name, c in scores.items()]
    return table(("class", "n", "found", "precision", "recall", "F1"), rows)


def confusions(counted: Sequence[Confusion]) -> str:
    rows = [
        (c.right, c.found, str(c.n), str(c.taken), f"{share(c.taken, c.n):.3f}") for c in counted
    ]
    return table(("right", "taken for", "n", "taken", "share"), rows)


def three(fit: Fit | ClassScore | PartScore) -> tuple[str, str, str]:
    return (f"{fit.precision:.3f}", f"{fit.recall:.3f}", f"{fit.f1:.3f}")
