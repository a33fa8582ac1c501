"""What goes out with the next publish, and what is written down once it has."""

import contextlib
import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from knowledge.audit import Event, record
from knowledge.document import entries_of
from knowledge.entry import Entry, from_content
from knowledge.entry_file import EntryFile
from knowledge.items import batches, newest_in
from knowledge.stock import Stock, digests_of
from knowledge.tables import ItemRow, VersionRow
from knowledge.version import Content, Kind, ReviewFault, Status, person

LIVE = (Status.APPROVED, Status.PUBLISHED)

Key = tuple[str, str, int]
"""Kind, id and number of a version."""


@dataclass(frozen=True, slots=True)
class Release:
    """What residents get with the next publish.

    ``arriving`` are versions they do not get yet, ``leaving`` items they get no longer.
    """

    entries: Stock
    arriving: tuple[Key, ...]
    leaving: tuple[tuple[str, str], ...]


def publishable(session: Session) -> list[Entry]:
    """Of every item that is not archived, the newest version that is approved or published.

    Documents come as their passages, those that another takes the place of closed in time.
    """
    return list(next_release(session).entries)


def next_release(session: Session, known: EntryFile | None = None) -> Release:
    """``publishable``, and what changes by it; hand it to ``mark_published`` afterwards.

    Args:
        known: the entries of a snapshot; those that are still the same are not read again.
    """
    goes_out = func.coalesce(ItemRow.approved, ItemRow.published)
    version = and_(
        VersionRow.kind == ItemRow.kind,
        VersionRow.id == ItemRow.id,
        VersionRow.number == goes_out,
    )
    going = select(ItemRow.kind, ItemRow.id, goes_out, VersionRow.content_hash)
    with _uncollected():
        rows = session.execute(going.join(VersionRow, version).where(~ItemRow.archived)).all()
        entries = [(id, number, digest) for kind, id, number, digest in rows if kind == Kind.ENTRY]
        documents = [(id, number) for kind, id, number, _ in rows if kind != Kind.ENTRY]
        places = [-1] * len(entries)
        if known is not None:
            places = known.find(digests_of(digest for _, _, digest in entries)).tolist()
        placed = list(zip(entries, places, strict=True))
        kept = [(id, place) for (id, _, _), place in placed if place >= 0]
        new = [(id, number) for (id, number, _), place in placed if place < 0]
        fresh = [from_content(content) for content in _contents(session, Kind.ENTRY, new)]
        fresh += entries_of(_contents(session, Kind.DOCUMENT, sorted(documents)))
        stock = Stock.of(fresh, known, kept)
    return Release(stock, *_changes(session))


def _contents(
    session: Session, kind: Kind, versions: Sequence[tuple[str, int]]
) -> Iterator[Content]:
    """What versions, by id and number, say; in their order."""
    for some in batches(versions):
        query = select(VersionRow.id, VersionRow.number, VersionRow.content).where(
            VersionRow.kind == kind, tuple_(VersionRow.id, VersionRow.number).in_(some)
        )
        found = {(id, number): content for id, number, content in session.execute(query)}
        yield from (found[version] for version in some)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector, which would look again and again at entries that are all to stay:
    it takes a third of the time that 100,000 need."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def mark_published(
    session: Session, by: str, now: datetime, snapshot_id: str, release: Release | None = None
) -> None:
    """Writes down that a release is what residents get from now on.

    Args:
        now: timezone-aware.
        release: what the snapshot was built from; None: what would be the next one now.

    Raises:
        ReviewFault: meanwhile an approval in it was taken back, so it must be built again.
    """
    by = person(by)
    release = Release(Stock.of(()), *_changes(session)) if release is None else release
    arriving = defaultdict[str, dict[str, int]](dict)
    leaving = defaultdict[str, list[str]](list)
    for kind, id, number in release.arriving:
        arriving[kind][id] = number
    for kind, id in release.leaving:
        leaving[kind].append(id)
    for kind, numbers in arriving.items():
        for ids in batches(list(numbers)):
            part = {id: numbers[id] for id in ids}
            _arrive(session, kind, part, Event(now, by, "published", reason=snapshot_id))
    for kind, gone in leaving.items():
        for ids in batches(gone):
            _leave(session, kind, ids, Event(now, by, "withdrawn", reason=snapshot_id))
    counts = f"{len(release.arriving)} new, {len(release.leaving)} gone"
    record(session, Event(now, by, "published", "snapshot", snapshot_id, reason=counts))


def _changes(session: Session) -> tuple[tuple[Key, ...], tuple[tuple[str, str], ...]]:
    arriving: Select[*tuple[Any, ...]] = select(ItemRow.kind, ItemRow.id, ItemRow.approved).where(
        ~ItemRow.archived, ItemRow.approved.is_not(None)
    )
    leaving = select(ItemRow.kind, ItemRow.id).where(
        ItemRow.archived, or_(ItemRow.approved.is_not(None), ItemRow.published.is_not(None))
    )
    return (
        tuple((kind, id, number) for kind, id, number in session.execute(arriving)),
        tuple((kind, id) for kind, id in session.execute(leaving)),
    )


def _arrive(session: Session, kind: str, numbers: Mapping[str, int], event: Event) -> None:
    """Marks versions, by id and number, as what residents get, and those before as archived."""
    ids = list(numbers)
    these = (
        VersionRow.kind == kind,
        VersionRow.id.in_(ids),
        tuple_(VersionRow.id, VersionRow.number).in_(list(numbers.items())),
        VersionRow.status.in_(LIVE),
    )
    there = set(session.scalars(select(VersionRow.id).where(*these).with_for_update()))
    gone = next((id for id in ids if id not in there), None)
    if gone is not None:
        raise ReviewFault(f"{gone}: its approval was taken back; publish again")
    arrived = {"published_at": event.at, "snapshot_id": event.reason}
    _update(session, VersionRow, these, status=Status.PUBLISHED, **arrived)
    items = (ItemRow.kind == kind, ItemRow.id.in_(ids))
    _update(session, ItemRow, items, published=newest_in(Status.PUBLISHED))
    published = (
        select(ItemRow.published)
        .where(ItemRow.kind == VersionRow.kind, ItemRow.id == VersionRow.id)
        .scalar_subquery()
    )
    before = (
        VersionRow.kind == kind,
        VersionRow.id.in_(ids),
        VersionRow.status.in_(LIVE),
        VersionRow.number < published,
    )
    _update(session, VersionRow, before, status=Status.ARCHIVED)
    _update(session, ItemRow, items, approved=newest_in(Status.APPROVED))
    record(session, *(replace(event, kind=kind, id=i, version=n) for i, n in numbers.items()))


def _leave(session: Session, kind: str, ids: Sequence[str], event: Event) -> None:
    """Items that were taken in again meanwhile stay; they come back with the next publish."""
    items = (ItemRow.kind == kind, ItemRow.id.in_(ids), ItemRow.archived.is_(True))
    gone = list(session.scalars(select(ItemRow.id).where(*items).with_for_update()))
    versions = (
        VersionRow.kind == kind,
        VersionRow.id.in_(gone),
        VersionRow.status.in_(LIVE),
    )
    _update(session, VersionRow, versions, status=Status.ARCHIVED)
    _update(session, ItemRow, items, approved=None, published=None)
    record(session, *(replace(event, kind=kind, id=id) for id in gone))


def _update(
    session: Session,
    table: type[ItemRow | VersionRow],
    where: Sequence[ColumnElement[bool]],
    **values: Any,
) -> None:
    statement = update(table).where(*where).values(**values)
    session.execute(statement, execution_options={"synchronize_session": False})
