"""``linli knowledge evaluate``: how good the search is."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import SHANGHAI, system_clock

if TYPE_CHECKING:
    from knowledge.evaluation import Measured, Report

FILE = click.Path(path_type=Path)

SAID = {
    "answered_right": "answered rightly",
    "answered_wrong": "answered wrongly",
    "asked_with_right": "asked, the right one among them",
    "asked_without": "asked, the right one not among them",
    "unknown": "unknown",
}


@click.command()
@click.argument("file", type=FILE)
@click.option("--negatives", type=FILE, help="Rows {text} of which none should be answered.")
@click.option("--json", "as_json", is_flag=True, help="One object instead of a table.")
def evaluate(file: Path, negatives: Path | None, as_json: bool) -> None:
    """Measure the search on FILE: {query, question}, {question, document} or {query, id} rows.

    The published encoder and operating threshold are used; ids are those of published entries.
    """
    from bot.cli import read_settings
    from knowledge.evaluation import evaluate as measure
    from knowledge.questions import read_negatives, read_questions
    from knowledge.snapshot import open_current

    settings = read_settings()
    with faults():
        read_questions(file)  # before the snapshot is opened: faults show at once
        if negatives is not None:
            read_negatives(negatives)
        report = measure(
            file,
            open_current(settings.home),
            as_of=system_clock().astimezone(SHANGHAI).date(),
            regions=settings.regions,
            negatives=negatives,
            progress=_tell,
        )
    click.echo(json.dumps(report.to_json(), ensure_ascii=False) if as_json else shown(report))


def shown(report: "Report") -> str:
    """A report as a table for people."""
    from bot.commands.table import table

    lines = [
        f"n     {report.n}",
        f"pool  {report.pool}",
        "",
        table(
            ("", "recall@1", "recall@3", "recall@10", "MRR@10", "p50 ms", "p99 ms"),
            [
                ("Linli", *_figures(report.hybrid)),
                ("BM25", *_figures(report.bm25)),
                ("encoder alone", *_figures(report.dense)),
            ],
        ),
    ]
    if report.outcomes is not None:
        shares = report.outcomes.to_json().items()
        lines += ["", table(("", ""), [(SAID[name], f"{share:.1%}") for name, share in shares])]
    if report.negatives is not None:
        n, answered = report.negatives
        part = f"{answered / n:.1%}" if n else "-"
        lines += ["", f"negatives answered  {answered} of {n} ({part})"]
    return "\n".join(lines)


def _figures(measured: "Measured") -> tuple[str, ...]:
    recalls = [f"{measured.recall_at[k]:.3f}" for k in (1, 3, 10)]
    return (*recalls, f"{measured.mrr:.3f}", f"{measured.p50:.1f}", f"{measured.p99:.1f}")


def _tell(line: str) -> None:
    click.echo(line, err=True)
