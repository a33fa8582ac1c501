"""INSERT with ON CONFLICT, which SQLite and PostgreSQL say alike and SQLAlchemy keeps apart."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_into(session: Session, table: type[Any]) -> Any:
    """The INSERT of the session's database into a table."""
    return INSERTS[session.get_bind().dialect.name](table)


def prepared(table: type[Any], finish: Callable[[Any], Executable]) -> Callable[[Session], Any]:
    """An INSERT that is put together once; it takes its values when it is executed.

    Putting a statement together takes longer than SQLite needs to carry it out.

    Args:
        finish: what follows the table: ON CONFLICT and RETURNING.
    """

    @cache
    def made(dialect: str) -> Executable:
        return finish(INSERTS[dialect](table.__table__))

    return lambda session: made(session.get_bind().dialect.name)
