"""The database as a command uses it: brought up to date, one transaction, closed."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.settings import Settings


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """The database, brought up to date.

    Raises:
        BadInput: it cannot be used.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from bot.cli import BadInput
    from bot.database import DatabaseFault, bring_up_to_date, open_engine

    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        bring_up_to_date(settings.database)
        engine = open_engine(settings.database)
    except DatabaseFault as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{settings.home}: {error.strerror}") from error
    try:
        yield engine
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        raise BadInput(f"database: {reason}") from error
    finally:
        engine.dispose()


@contextlib.contextmanager
def transaction(settings: Settings, *, reads_only: bool = False) -> Iterator[Session]:
    """A session whose changes are kept where the block ends well.

    Args:
        reads_only: nothing is written, and nobody is kept from writing.

    Raises:
        BadInput: the database cannot be used.
    """
    from bot.database import open_sessions

    with (
        database(settings) as engine,
        open_sessions(engine, reads_only=reads_only).begin() as session,
    ):
        yield session
