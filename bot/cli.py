"""The ``linli`` command."""

import asyncio
import logging
import sys

import click
from pydantic import ValidationError

from bot.commands.knowledge import knowledge
from bot.commands.nlu import nlu
from bot.commands.tickets import tickets
from bot.settings import Settings


class BadInput(click.ClickException):
    """What was given cannot be used: one line that says what and where, exit status 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        click.echo(f"linli: {self.message}", err=True)


def read_settings() -> Settings:
    """Settings from the environment and ``.env``.

    Raises:
        BadInput: a setting has a value it cannot have.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [
            f"LINLI_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        ]
        raise BadInput("; ".join(faults)) from error


@click.group()
def main() -> None:
    """邻里 Linli: the assistant that residents of a community talk to."""
    logging.captureWarnings(True)


@main.command()
def setup() -> None:
    """Bring everything up to date: database, knowledge, encoder, model."""
    from bot.setup import SetupFault, set_up

    try:
        set_up(read_settings(), click.echo)
    except SetupFault as error:
        raise BadInput(str(error)) from error


@main.command()
def serve() -> None:
    """Start everything."""
    from bot.service import run

    run(read_settings())


@main.command()
@click.option(
    "--json", "as_json", is_flag=True, help="One message a line in, one object a line out."
)
def chat(as_json: bool) -> None:
    """Talk in the terminal, with the running service or one started for it."""
    from bot.commands.chat import talk

    sys.exit(asyncio.run(talk(read_settings(), as_json=as_json)))


@main.command()
def bench() -> None:
    """Measure speed and memory; one JSON object a line."""
    from bot.commands.bench import measure

    asyncio.run(measure(read_settings()))


for group in (nlu, knowledge, tickets):
    main.add_command(group)
