"""``linli knowledge import``: entries from files."""

from pathlib import Path

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import system_clock

FILE = click.Path(path_type=Path)


@click.command("import")
@click.argument("paths", metavar="PATH …", type=FILE, nargs=-1, required=True)
@click.option("--by", metavar="NAME", help="Who wrote them; LINLI_EDITOR by default.")
@click.option("--approved-by", metavar="NAME", help="Who approves them at once, somebody else.")
@click.option("--note", default="", help="What was changed and why; kept with every version.")
def import_entries(
    paths: tuple[Path, ...], by: str | None, approved_by: str | None, note: str
) -> None:
    """Take in entries from YAML, CSV and JSON lines files, and from folders of them, as drafts.

    Either all of them are taken, or none and every fault is told.
    """
    from bot.cli import BadInput, read_settings
    from bot.commands.transaction import transaction
    from knowledge.importers import read_paths
    from knowledge.review import approve_at_once
    from knowledge.store import save_entries
    from knowledge.version import Kind

    settings = read_settings()
    alone = settings.one_person_office
    author = by or settings.editor
    approver = approved_by or (author if alone else None)
    with faults():
        entries = read_paths(paths)
    if not entries:
        raise BadInput(f"{', '.join(map(str, paths))}: no entries in there")
    now, ids, approved = system_clock(), [entry.id for entry in entries], 0
    with faults(), transaction(settings) as session:
        saved = save_entries(session, entries, author, now, note)
        if approver is not None:
            approved = approve_at_once(session, Kind.ENTRY, ids, author, approver, now, alone=alone)
    click.echo(f"{saved.added} added, {saved.changed} changed, {saved.unchanged} unchanged")
    for warning in saved.warnings:
        _tell(f"note: {warning}")
    if approver is not None:
        if approved:
            _tell(f"{approved} approved; residents get them after `linli knowledge publish`")
    elif saved.added or saved.changed:
        _tell("they are drafts: `linli knowledge submit`, then somebody else approves them with")
        _tell("`linli knowledge approve --by NAME`, then `linli knowledge publish`")


def _tell(line: str) -> None:
    click.echo(line, err=True)
