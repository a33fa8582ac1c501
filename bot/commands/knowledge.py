"""``linli knowledge``: importing, searching, publishing and measuring what Linli knows."""

import contextlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlu.clock import SHANGHAI, system_clock

if TYPE_CHECKING:
    from knowledge.entry import Entry, Source
    from knowledge.evaluation import Measured, Report

FILE = click.Path(path_type=Path)
FAULTS_SHOWN = 20


@click.group()
def knowledge() -> None:
    """What Linli knows: import, search, publish, roll back, measure."""
    import jieba

    jieba.setLogLevel(logging.WARNING)  # it tells of its dictionary on standard error


@knowledge.command("import")
@click.argument("paths", metavar="PATH …", type=FILE, nargs=-1, required=True)
def import_entries(paths: tuple[Path, ...]) -> None:
    """Take in entries from YAML, CSV and JSON lines files, and from folders of them.

    Either all of them are taken, or none and every fault is told.
    """
    from bot.cli import BadInput, read_settings
    from bot.commands.transaction import transaction
    from knowledge.importers import read_paths
    from knowledge.store import save_entries

    with faults():
        entries = read_paths(paths)
    if not entries:
        raise BadInput(f"{', '.join(map(str, paths))}: no entries in there")
    with transaction(read_settings()) as session:
        saved = save_entries(session, entries, system_clock())
    click.echo(f"{saved.added} added, {saved.changed} changed, {saved.unchanged} unchanged")
    if saved.added or saved.changed:
        _tell("residents get them after `linli knowledge publish`")


@knowledge.command("list")
@click.option("--topic", help="Only entries of this topic.")
def list_all(topic: str | None) -> None:
    """The entries in the database, published yet or not."""
    from bot.cli import read_settings
    from bot.commands.table import table
    from bot.commands.transaction import transaction
    from knowledge.store import list_entries

    with transaction(read_settings(), reads_only=True) as session:
        entries = list_entries(session, topic=topic)
    rows = [(e.id, e.topic, e.region, in_force_from(e), e.question) for e in entries]
    click.echo(table(("id", "topic", "region", "in force", "question"), rows))
    _tell(f"{len(entries)} entries")


@knowledge.command()
@click.argument("text")
def search(text: str) -> None:
    """What TEXT finds today in the published knowledge."""
    from bot.cli import BadInput, read_settings
    from knowledge.snapshot import open_current
    from nlu.text import normalise

    settings, query = read_settings(), normalise(text)
    if not query:
        raise BadInput("knowledge search: the text is empty")
    with faults():
        searcher = open_current(settings.home)
    today = system_clock().astimezone(SHANGHAI).date()
    finding = searcher.find(query, as_of=today, regions=settings.regions)
    click.echo(finding.decision.value)
    for hit in finding.hits:
        click.echo(f"{hit.confidence:.3f}  {hit.entry.id}  {hit.entry.question}")
        click.echo(f"       {cited(hit.entry.source)}")


@knowledge.command()
def publish() -> None:
    """Make the entries in the database what residents get."""
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from knowledge import publishing

    settings = read_settings()
    model = "" if settings.encoder == "static" else settings.encoder
    with transaction(settings, reads_only=True) as session, faults():
        manifest = publishing.publish(
            session,
            settings.home,
            system_clock(),
            model=model,
            instruction=settings.encoder_instruction,
            progress=_tell,
        )
    click.echo(f"{manifest.id}: {manifest.entries} entries")


@knowledge.command()
def rollback() -> None:
    """Go back to what was published before."""
    from bot.cli import read_settings
    from knowledge import snapshot

    with faults():
        manifest = snapshot.rollback(read_settings().home)
    click.echo(f"{manifest.id}: {manifest.entries} entries")


@knowledge.command()
def status() -> None:
    """What is published, and what else there is to go back to."""
    from bot.cli import read_settings
    from knowledge import snapshot

    with faults():
        state = snapshot.status(read_settings().home)
    current = state.current
    if current is None:
        click.echo("nothing is published; run `linli knowledge publish`")
        return
    click.echo(f"current    {current.id}")
    click.echo(f"made       {current.made}")
    click.echo(f"entries    {current.entries}")
    click.echo(f"encoder    {current.encoder_name}")
    click.echo(f"previous   {current.previous or '-'}")
    reached = ", ".join(f"{name} {share:.1%}" for name, share in current.reached.items())
    click.echo(f"reached    {reached or '-'}")
    click.echo(f"snapshots  {len(state.snapshots)}")


@knowledge.command()
@click.argument("file", type=FILE)
@click.option("--negatives", type=FILE, help="Rows {text} of which none should be answered.")
@click.option("--json", "as_json", is_flag=True, help="One object instead of a table.")
def evaluate(file: Path, negatives: Path | None, as_json: bool) -> None:
    """Measure the search on FILE: JSON lines {query, question} or {question, document}.

    The published encoder and operating threshold are used.
    """
    from bot.cli import read_settings
    from knowledge import evaluation
    from knowledge.snapshot import open_current

    with faults():
        evaluation.read_questions(file)  # before the snapshot is opened: faults show at once
        if negatives is not None:
            evaluation.read_negatives(negatives)
        searcher = open_current(read_settings().home)
        report = evaluation.evaluate(
            file,
            searcher.encoder,
            negatives=negatives,
            calibration=searcher.calibration,
            progress=_tell,
        )
    click.echo(json.dumps(report.to_json(), ensure_ascii=False) if as_json else shown(report))


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """What may go wrong with files and snapshots, as bad input; a line for every fault."""
    from bot.cli import BadInput
    from knowledge.encoder import EncoderError
    from knowledge.evaluation import EvaluationError
    from knowledge.importers import ImportFault
    from knowledge.snapshot import SnapshotError

    try:
        yield
    except ImportFault as error:
        raise BadInput(_several(error.faults)) from error
    except (EncoderError, EvaluationError, SnapshotError) as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{error.filename or 'disk'}: {error.strerror}") from error


def _several(lines: tuple[str, ...]) -> str:
    if len(lines) == 1:
        return f"import: {lines[0]}; nothing was imported"
    shown = [f"import: {line}" for line in lines[:FAULTS_SHOWN]]
    return "\nlinli: ".join([*shown, f"import: {len(lines)} faults; nothing was imported"])


def in_force_from(entry: "Entry") -> str:
    return f"{entry.effective} – {entry.expires or ''}".rstrip()


def cited(source: "Source") -> str:
    """The source on one line."""
    return " ".join(filter(None, (source.title, source.article, source.number, source.link)))


def shown(report: "Report") -> str:
    """A report as a table for people."""
    from bot.commands.table import table

    lines = [
        f"n     {report.n}",
        f"pool  {report.pool}",
        "",
        table(
            ("", "recall@1", "recall@3", "recall@10", "MRR@10", "p50 ms", "p99 ms"),
            [("Linli", *_figures(report.hybrid)), ("BM25", *_figures(report.bm25))],
        ),
    ]
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
