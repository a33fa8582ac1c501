"""The ``linli`` command."""

import asyncio
import contextlib
import logging
import re
import sys
from collections.abc import Iterator

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from bot.commands.desk import desk
from bot.commands.knowledge import knowledge
from bot.commands.nlu import nlu
from bot.commands.telegram import telegram
from bot.commands.tickets import tickets
from bot.commands.wechat import wechat
from bot.commands.wecom import wecom
from bot.garbage import look_rarely
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
        raise BadInput("; ".join(map(fault_of, error.errors()))) from error
    except SettingsError as error:
        name = re.search(r'field "(\w+)"', str(error))
        setting = f"LINLI_{name[1].upper()}" if name else "settings"
        raise BadInput(f"{setting}: must be JSON") from error
    except UnicodeDecodeError as error:
        raise BadInput(".env: not readable as UTF-8") from error


def fault_of(error: ErrorDetails) -> str:
    """What is wrong with a setting, by its name; without the value, which may be a secret."""
    name = "_".join(map(str, error["loc"])).upper()
    words = error["msg"].removeprefix("Value error, ")
    return f"LINLI_{name}: {words}" if name else words


@contextlib.contextmanager
def beginning() -> Iterator[None]:
    """Tells in one line what the service cannot begin with.

    Raises:
        BadInput: in the place of the fault.
    """
    from actions.escalation import BadPersonRules
    from actions.tickets.deadlines import BadRules
    from actions.vault import Unreadable
    from actions.wording import WordingError
    from bot.database import DatabaseFault
    from knowledge.encoder import EncoderError
    from nlu.taxonomy import TaxonomyFault

    try:
        yield
    except FileNotFoundError as error:
        raise BadInput(f"{error}; 'make run' sets everything up") from error
    except (
        BadPersonRules,
        BadRules,
        DatabaseFault,
        EncoderError,
        TaxonomyFault,
        Unreadable,
        WordingError,
    ) as error:
        raise BadInput(" ".join(str(error).split())) from error


@click.group()
def main() -> None:
    """邻里 Linli: the assistant that residents of a community talk to."""
    logging.captureWarnings(True)


@main.command()
def setup() -> None:
    """Bring everything up to date: database, knowledge, encoder, model.

    Where the gate refuses the knowledge, what was published before answers on; exit status 1 only
    where there is nothing that could.
    """
    from bot.publishing import answers, refusal
    from bot.setup import SetupFault, set_up
    from knowledge.publishing import Refused

    try:
        settings = read_settings()
        set_up(settings, click.echo)
    except Refused as refused:
        click.echo(f"linli: {refusal(refused)}", err=True)
        if not answers(settings.home):
            sys.exit(1)
        click.echo("linli: what was published before answers on; all else is set up", err=True)
    except SetupFault as error:
        raise BadInput(str(error)) from error


@main.command()
def serve() -> None:
    """Start everything."""
    look_rarely()
    from bot.service import run

    with beginning():
        run(read_settings())


@main.command()
@click.option(
    "--json", "as_json", is_flag=True, help="One message a line in, one object a line out."
)
def chat(as_json: bool) -> None:
    """Talk in the terminal, with the running service or one started for it."""
    from bot.commands.chat import talk

    with beginning():
        status = asyncio.run(talk(read_settings(), as_json=as_json))
    sys.exit(status)


@main.command()
@click.option(
    "--only",
    "parts",
    type=click.Choice(("turns", "switch", "search", "scale")),
    multiple=True,
    help="Only this; may be given several times; everything by default.",
)
@click.option(
    "--entries",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="N",
    help="Sizes of made-up knowledge for scale; 1000, 10000 and 100000 by default.",
)
@click.option(
    "--passages",
    type=click.IntRange(min=0),
    metavar="N",
    help="Made-up passages for scale; 1000000 by default.",
)
def bench(parts: tuple[str, ...], entries: tuple[int, ...], passages: int | None) -> None:
    """Measure speed and memory; one JSON object a line."""
    from bot.commands.bench import PARTS, measure_parts, sizes

    measure_parts(read_settings(), parts or PARTS, *sizes(entries, passages))


for group in (nlu, knowledge, tickets, desk, wechat, wecom, telegram):
    main.add_command(group)
