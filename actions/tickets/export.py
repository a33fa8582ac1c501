"""Tickets written to a file for other programs."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.tickets.register import open_contact
from actions.tickets.tables import TicketRow
from actions.vault import Vault
from nlu.clock import SHANGHAI
from nlu.identity import mask_identities
from nlu.phone import mask_phones

SEALED = ("sealed_name", "sealed_phone", "phone_fingerprint", "id", "key")
IN_WORDS = ("title", "description", "expectation", "happened", "address_said", "rating_reason")
PAGE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UnknownFormat(ValueError):
    """The file's name ends neither in .csv nor in .jsonl."""


def export(session: Session, path: Path, *, vault: Vault | None = None) -> int:
    """Writes all tickets, oldest first; how many there were.

    Times are in Beijing time with their offset. CSV is UTF-8 with a byte order mark, as
    spreadsheets want it, and no cell begins like a formula.

    Args:
        path: ends in .csv or .jsonl.
        vault: opens names and phones; without it there are none in the file, and phones and
            identity numbers in the texts are starred out.

    Raises:
        UnknownFormat: it ends otherwise.
    """
    if path.suffix not in (".csv", ".jsonl"):
        raise UnknownFormat(f"{path.name}: expected .csv or .jsonl")
    lines = (line(row, vault) for row in all_rows(session))
    return write_csv(path, lines, vault) if path.suffix == ".csv" else write_jsonl(path, lines)


def all_rows(session: Session) -> Iterator[TicketRow]:
    """Oldest first, a page in memory at a time."""
    last = 0
    while page := session.scalars(
        select(TicketRow).where(TicketRow.id > last).order_by(TicketRow.id).limit(PAGE)
    ).all():
        yield from page
        last = page[-1].id
        for row in page:
            session.expunge(row)


def columns(vault: Vault | None) -> list[str]:
    contact = ["contact_name", "contact_phone"] if vault else []
    return [c.key for c in TicketRow.__table__.columns if c.key not in SEALED] + contact


def line(row: TicketRow, vault: Vault | None) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in columns(None)}
    if vault is None:
        for name in IN_WORDS:
            values[name] = masked(values[name])
        return {name: plain(value) for name, value in values.items()}
    contact = open_contact(row, vault)
    values |= {"contact_name": contact.name, "contact_phone": contact.phone}
    return {name: plain(value) for name, value in values.items()}


def masked(text: str | None) -> str | None:
    return mask_phones(mask_identities(text)[0]) if text else text


def plain(value: Any) -> Any:
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else value


def write_jsonl(path: Path, lines: Iterator[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, values in enumerate(lines, 1):  # noqa: B007 - the count is what is wanted
            file.write(json.dumps(values, ensure_ascii=False) + "\n")
    return count


def write_csv(path: Path, lines: Iterator[dict[str, Any]], vault: Vault | None) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, columns(vault))
        table.writeheader()
        for count, values in enumerate(lines, 1):  # noqa: B007 - the count is what is wanted
            table.writerow({name: cell(value) for name, value in values.items()})
    return count


def cell(value: Any) -> Any:
    if isinstance(value, list):
        return "；".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
