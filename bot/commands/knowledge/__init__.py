"""``linli knowledge``: what Linli knows, from import to publish and back."""

import logging

import click

from bot.commands.knowledge.adapting import adapt
from bot.commands.knowledge.gaps import gaps
from bot.commands.knowledge.importing import import_entries, template
from bot.commands.knowledge.listing import expiring, list_all
from bot.commands.knowledge.measuring import evaluate
from bot.commands.knowledge.publishing import publish, rollback, status
from bot.commands.knowledge.reviewing import approve, archive, reject, restore, submit
from bot.commands.knowledge.searching import search
from bot.commands.knowledge.showing import diff, history, show


@click.group()
def knowledge() -> None:
    """What Linli knows: import, review, publish, roll back, search, measure."""
    import jieba

    jieba.setLogLevel(logging.WARNING)  # it tells of its dictionary on standard error


COMMANDS = (
    import_entries,
    template,
    list_all,
    expiring,
    show,
    history,
    diff,
    submit,
    approve,
    reject,
    archive,
    restore,
    search,
    publish,
    rollback,
    status,
    evaluate,
    gaps,
    adapt,
)

for command in COMMANDS:
    knowledge.add_command(command)
