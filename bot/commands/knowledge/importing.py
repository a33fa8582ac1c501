"""``linli knowledge import`` and ``template``: entries and documents from files."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import system_clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.settings import Settings
    from knowledge.drafting import Draft, Given, Judged
    from knowledge.entry import Entry
    from knowledge.near import Encode
    from knowledge.sorting import Sorted
    from knowledge.store import Saved

FILE = click.Path(path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
ALONE = ("title", "number", "issuer", "link", "effective", "expires")
"""What can be said of one document only."""

WARNINGS_SHOWN = 20

T = TypeVar("T")


@click.command("import")
@click.argument("paths", metavar="PATH …", type=FILE, nargs=-1, required=True)
@click.option("--by", metavar="NAME", help="Who wrote them; LINLI_EDITOR by default.")
@click.option("--approved-by", metavar="NAME", help="Who approves them at once, somebody else.")
@click.option("--note", default="", help="What was changed and why; kept with every version.")
@click.option("--region", default="", help="Where they hold, if they do not say so themselves.")
@click.option("--handler", default="", help="Who settles it, if they do not say so themselves.")
@click.option("--title", default="", help="Title of the one document.")
@click.option("--number", default="", help="Number (文号) of the one document.")
@click.option("--issuer", default="", help="Who issued the one document.")
@click.option("--link", default="", help="Where the one document is published.")
@click.option("--effective", type=DAY, metavar="DATE", help="First day of the one document.")
@click.option("--expires", type=DAY, metavar="DATE", help="Last day of the one document.")
@click.option("--columns", metavar="HEADING=FIELD,…", default="", help="Columns of a table.")
@click.option("--report", type=FILE, help="Write what was found, changed and is to check there.")
def import_entries(
    paths: tuple[Path, ...],
    by: str | None,
    approved_by: str | None,
    note: str,
    columns: str,
    report: Path | None,
    **said: object,
) -> None:
    """Take in entries and documents from files, and from folders of them, as drafts.

    Entries come from .yml, .jsonl, .csv and .xlsx, documents from .docx, .pdf, .html, .md and .txt.
    Either all of them are taken, or none and every fault is told.
    """
    from bot.cli import BadInput, read_settings
    from bot.commands.transaction import transaction
    from knowledge.concerns import ENCODED
    from knowledge.import_report import import_report
    from knowledge.importers import ImportFault

    settings = read_settings()
    alone = settings.one_person_office
    author = by or settings.editor
    approver = approved_by or (author if alone else None)
    wrong: list[str] = []
    files, entries, drafts = _read(paths, _mapping(columns), said, settings, wrong)
    now = system_clock()
    if wrong and report is not None:
        _write(report, import_report([], None, wrong, files.left_out, now))
    with faults():
        if wrong:
            raise ImportFault(wrong)
    if not entries and not drafts:
        raise BadInput(f"{', '.join(map(str, paths))}: no entries and no documents in there")
    with faults(), transaction(settings) as session:
        judged = _judge(session, drafts)
        encode = _encode(settings) if 0 < len(entries) <= ENCODED else None
        saved, approved = _save(
            session, entries, judged, author, approver, note, encode, alone=alone
        )
    if report is not None:
        _write(report, import_report(judged, saved[0], [], files.left_out, now))
    _tell_of(saved, judged, approved, approver, report)


@click.command()
@click.argument("file", type=FILE)
def template(file: Path) -> None:
    """Write a table for entries to FILE.xlsx or FILE.csv, to be filled in and imported."""
    from bot.cli import BadInput, read_settings
    from knowledge.template import write_template

    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise BadInput(f"{file}: a template is .xlsx or .csv")
    try:
        write_template(file, read_settings().regions[0])
    except FileExistsError as error:
        raise BadInput(f"{file}: is there already") from error
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    click.echo(str(file))


def _read(
    paths: tuple[Path, ...],
    columns: Mapping[str, str],
    said: Mapping[str, object],
    settings: "Settings",
    wrong: list[str],
) -> "tuple[Sorted, list[Entry], list[Draft]]":
    """The entries and documents in the files; what is wrong with any is added to ``wrong``."""
    from bot.cli import BadInput
    from knowledge.drafting import read_documents
    from knowledge.importers import ImportFault, read_paths
    from knowledge.sorting import sort_paths

    files = sort_paths(paths, wrong)
    only = [name for name in ALONE if said.get(name)]
    if only and (len(files.documents) != 1 or files.entries):
        raise BadInput(f"import: --{only[0]} is for one document, not for {len(files.documents)}")
    entries: list[Entry] = []
    defaults = {name: str(said[name]) for name in ("region", "handler") if said.get(name)}
    if files.entries:
        try:
            entries = read_paths(files.entries, columns, defaults)
        except ImportFault as fault:
            wrong += fault.faults
    given = _given(said)
    read = read_documents(files.documents, settings.regions, given, wrong)
    drafts = _shown("reading", read, len(files.documents))
    return files, entries, [draft for draft in drafts if draft is not None]


def _judge(session: "Session", drafts: "list[Draft]") -> "list[Judged]":
    from knowledge.document import from_content
    from knowledge.drafting import judge
    from knowledge.items import newest_contents
    from knowledge.version import Kind

    if not drafts:
        return []
    contents = newest_contents(session, Kind.DOCUMENT)
    known = {id: from_content(content) for id, content in contents.items()}
    return list(_shown("comparing", judge(drafts, known), len(drafts)))


def _encode(settings: "Settings") -> "Encode | None":
    """The encoder of what is published, to find questions that mean the same."""
    from knowledge.encoder import EncoderError
    from knowledge.manifest import SnapshotError
    from knowledge.pointer import status
    from knowledge.snapshot import encoder_of

    try:
        current = status(settings.home).current
        return encoder_of(settings.home, current).encode if current is not None else None
    except (EncoderError, SnapshotError) as error:
        _tell(f"note: questions are compared by their words alone: {error}")
        return None


def _save(
    session: "Session",
    entries: "list[Entry]",
    judged: "list[Judged]",
    author: str,
    approver: str | None,
    note: str,
    encode: "Encode | None",
    *,
    alone: bool,
) -> "tuple[tuple[Saved | None, Saved | None], int]":
    """What was saved of entries and of documents, and how many were approved at once."""
    from knowledge.document import to_content
    from knowledge.review import approve_at_once
    from knowledge.store import save_entries, save_versions
    from knowledge.version import Kind

    now, approved = system_clock(), 0
    contents = {one.draft.document.id: to_content(one.draft.document) for one in judged}
    saved = (
        save_entries(session, entries, author, now, note, encode) if entries else None,
        save_versions(session, Kind.DOCUMENT, contents, author, now, note) if judged else None,
    )
    ids = {Kind.ENTRY: [entry.id for entry in entries], Kind.DOCUMENT: list(contents)}
    for kind, those in ids.items():
        if approver is not None and those:
            approved += approve_at_once(session, kind, those, author, approver, now, alone=alone)
    return saved, approved


def _tell_of(
    saved: "tuple[Saved | None, Saved | None]",
    judged: "list[Judged]",
    approved: int,
    approver: str | None,
    report: Path | None,
) -> None:
    done = [(name, s) for name, s in zip(("", "documents: "), saved, strict=True) if s is not None]
    for name, counts in done:
        click.echo(
            f"{name}{counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged"
        )
        for warning in counts.warnings[:WARNINGS_SHOWN]:
            _tell(f"note: {warning}")
        if len(counts.warnings) > WARNINGS_SHOWN:
            _tell(f"note: {len(counts.warnings) - WARNINGS_SHOWN} more, see `linli knowledge show`")
    for one in judged:
        for note in one.draft.notes if one.outcome != "unchanged" else ():
            _tell(f"check: {one.draft.path.name}: {note}")
        if one.before is not None and one.outcome == "new version":
            _tell(
                f"{one.before.id} will be closed on {one.before.expires}, "
                f"{len(one.differences)} differences"
            )
    if report is not None:
        _tell(f"see {report}")
    if approver is not None:
        if approved:
            _tell(f"{approved} approved; residents get them after `linli knowledge publish`")
    elif any(counts.added or counts.changed for _, counts in done):
        _tell("they are drafts, and residents do not get them yet. Next:")
        _tell("  linli knowledge submit --all")
        _tell("  linli knowledge approve --all --by NAME   (somebody else)")
        _tell("  linli knowledge publish")


def _given(said: Mapping[str, object]) -> "Given":
    from knowledge.drafting import Given

    texts = {n: str(v) for n, v in said.items() if n not in ("effective", "expires") and v}
    return Given(effective=_day(said.get("effective")), expires=_day(said.get("expires")), **texts)


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def _mapping(columns: str) -> dict[str, str]:
    """``问题=question,备注=-`` as fields by heading."""
    from bot.cli import BadInput

    mapping = {}
    for pair in filter(None, columns.replace("，", ",").split(",")):
        heading, equals, field = pair.partition("=")
        if not equals or not heading.strip() or not field.strip():
            raise BadInput(f"import: --columns {pair!r} must be HEADING=FIELD")
        mapping[heading.strip()] = field.strip()
    return mapping


def _shown(label: str, things: Iterable[T], length: int) -> Iterator[T]:
    """The same things, with a progress bar on standard error where there are several."""
    if length < 2:
        yield from things
        return
    with click.progressbar(things, length=length, label=label, file=sys.stderr) as bar:
        yield from bar


def _write(path: Path, text: str) -> None:
    from bot.cli import BadInput

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def _tell(line: str) -> None:
    click.echo(line, err=True)
