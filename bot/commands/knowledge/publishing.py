"""``linli knowledge publish``, ``rollback`` and ``status``: what residents get."""

import sys

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import system_clock


@click.command()
@click.option("--by", metavar="NAME", help="Who publishes; LINLI_EDITOR by default.")
@click.option("--override", metavar="REASON", help="Publish even where the gate refuses; why.")
def publish(by: str | None, override: str | None) -> None:
    """Make what is approved what residents get, if the gate lets it through.

    Exit status 1 where the gate refuses.
    """
    from bot.cli import BadInput, read_settings
    from bot.commands.transaction import database, transaction
    from bot.publishing import publish_approved, refusal, summary
    from knowledge.items import list_items
    from knowledge.publishing import Refused
    from knowledge.version import Status

    settings = read_settings()
    if override is not None and not (override.strip() and by):
        raise BadInput("knowledge publish: --override needs a reason, and --by who answers for it")
    with transaction(settings, reads_only=True) as session:
        drafts = len(list_items(session, status=Status.DRAFT))
        drafts += len(list_items(session, status=Status.IN_REVIEW))
    with faults(), database(settings) as engine:
        try:
            published = publish_approved(
                settings,
                engine,
                by or settings.editor,
                system_clock,
                _tell,
                override=(override or "").strip(),
            )
        except Refused as refused:
            for line in summary(refused.verdict):
                click.echo(line)
            click.echo(f"linli: {refusal(refused)}", err=True)
            sys.exit(1)
    verdict, manifest = published.verdict, published.manifest
    for line in summary(verdict) if verdict is not None else ():
        click.echo(line)
    if verdict is not None and verdict.faults:
        _tell("published although the gate refuses:")
        for fault in verdict.faults:
            _tell(f"  {fault}")
    click.echo(f"{manifest.id}: {manifest.entries} entries")
    if drafts:
        _tell(f"{drafts} drafts were left out: nobody has approved them yet. Next:")
        _tell("  linli knowledge submit --all")
        _tell("  linli knowledge approve --all --by NAME   (somebody else, or see")
        _tell("  LINLI_ONE_PERSON_OFFICE), and publish again")


@click.command()
@click.option("--to", metavar="SNAPSHOT", help="To this one; the one before by default.")
@click.option("--by", metavar="NAME", help="Who goes back; LINLI_EDITOR by default.")
@click.option("--reason", default="", help="Why; stands in the audit trail.")
def rollback(to: str | None, by: str | None, reason: str) -> None:
    """Go back to what was published before, at once."""
    from bot.cli import read_settings
    from bot.commands.transaction import database
    from bot.database import open_sessions
    from knowledge.publishing import roll_back

    settings = read_settings()
    with faults(), database(settings) as engine:
        manifest = roll_back(
            settings.home,
            open_sessions(engine).begin,
            by or settings.editor,
            system_clock(),
            to=to,
            reason=reason,
        )
    click.echo(f"{manifest.id}: {manifest.entries} entries")


@click.command()
@click.option("--check", is_flag=True, help="Read every file of the current snapshot whole.")
def status(check: bool) -> None:
    """What is published, and what else there is to go back to."""
    from bot.cli import BadInput, read_settings
    from knowledge.manifest import damaged
    from knowledge.pointer import status as state_of

    home = read_settings().home
    with faults():
        state = state_of(home)
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
    click.echo(f"snapshots  {', '.join(state.snapshots)}")
    if not check:
        return
    if wrong := damaged(home / "snapshots" / current.id, current, entirely=True):
        raise BadInput(f"snapshot {current.id}: {', '.join(wrong)} damaged or missing")
    click.echo(f"checked    {len(current.files)} files, all as they were written")


def _tell(line: str) -> None:
    click.echo(line, err=True)
