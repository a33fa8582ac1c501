"""Answers that come to an end soon, for the editor to renew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.entry import Entry


@dataclass(frozen=True, slots=True)
class Ending:
    """An entry, or all passages of a document that end together; ``last`` is their last day."""

    id: str
    title: str
    last: date
    passages: int


def endings(entries: Iterable[Entry], today: date, within: timedelta) -> list[Ending]:
    """What ends until so long from today, or ended no longer ago than that; the first to end first.

    Args:
        entries: as they are published.
    """
    found = dict[tuple[str, date], Ending]()
    for entry in entries:
        if entry.expires is None or abs(entry.expires - today) > within:
            continue
        document = f"{entry.source.title} {entry.source.revision}".strip()
        key = document if entry.quoted else entry.id
        known = found.get((key, entry.expires))
        found[key, entry.expires] = Ending(
            id=known.id if known else entry.id,
            title=document if entry.quoted else entry.question,
            last=entry.expires,
            passages=(known.passages if known else 0) + entry.quoted,
        )
    return sorted(found.values(), key=lambda ending: (ending.last, ending.id))
