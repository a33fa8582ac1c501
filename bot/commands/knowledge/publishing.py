"""``linli knowledge publish``, ``rollback`` and ``status``: what residents get."""

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import system_clock


@click.command()
@click.option("--by", metavar="NAME", help="Who publishes; LINLI_EDITOR by default.")
def publish(by: str | None) -> None:
    """Make what is approved what residents get."""
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from knowledge import publishing
    from knowledge.release import mark_published, next_release
    from knowledge.store import list_items
    from knowledge.version import Status

    settings = read_settings()
    model = "" if settings.encoder == "static" else settings.encoder
    with transaction(settings, reads_only=True) as session, faults():
        release = next_release(session)
        drafts = len(list_items(session, status=Status.DRAFT))
        drafts += len(list_items(session, status=Status.IN_REVIEW))
        manifest = publishing.publish(
            session,
            settings.home,
            system_clock(),
            model=model,
            instruction=settings.encoder_instruction,
            progress=_tell,
        )
    with faults(), transaction(settings) as session:
        mark_published(session, by or settings.editor, system_clock(), manifest.id, release)
    click.echo(f"{manifest.id}: {manifest.entries} entries")
    if drafts:
        _tell(f"{drafts} drafts were left out: nobody has approved them yet")
        _tell("see `linli knowledge list --status draft`, submit and approve them, publish again")


@click.command()
def rollback() -> None:
    """Go back to what was published before."""
    from bot.cli import read_settings
    from knowledge import snapshot

    with faults():
        manifest = snapshot.rollback(read_settings().home)
    click.echo(f"{manifest.id}: {manifest.entries} entries")


@click.command()
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


def _tell(line: str) -> None:
    click.echo(line, err=True)
