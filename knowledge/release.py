"""What goes out with the next publish, and what is written down once it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from knowledge.audit import Event, record
from knowledge.document import entries_of
from knowledge.entry import Entry, from_content
from knowledge.store import BATCH
from knowledge.tables import ItemRow, VersionRow
from knowledge.version import Content, Kind, ReviewFault, Status, person

Key = tuple[str, str, int]
"""Kind, id and number of a version."""


@dataclass(frozen=True, slots=True)
class Release:
    """What residents get with the next publish.

    ``arriving`` are versions they do not get yet, ``leaving`` items they get no longer.
    """

    entries: list[Entry]
    arriving: tuple[Key, ...]
    leaving: tuple[tuple[str, str], ...]


def publishable(session: Session) -> list[Entry]:
    """Of every item that is not archived, the newest version that is approved or published.

    Documents come as their passages, those that another takes the place of closed in time.
    """
    return next_release(session).entries


def next_release(session: Session) -> Release:
    """``publishable``, and what changes by it; hand it to ``mark_published`` afterwards."""
    goes_out = func.coalesce(ItemRow.approved, ItemRow.published)
    query = (
        select(ItemRow.kind, VersionRow.content)
        .join(
            VersionRow,
            and_(
                VersionRow.kind == ItemRow.kind,
                VersionRow.id == ItemRow.id,
                VersionRow.number == goes_out,
            ),
        )
        .where(~ItemRow.archived)
        .order_by(ItemRow.kind.desc(), ItemRow.id)
    )
    entries, documents = list[Entry](), list[Content]()
    for kind, content in session.execute(query):
        if kind == Kind.ENTRY:
            entries.append(from_content(content))
        else:
            documents.append(content)
    entries += entries_of(documents)
    arriving: Select[*tuple[Any, ...]] = select(ItemRow.kind, ItemRow.id, ItemRow.approved).where(
        ~ItemRow.archived, ItemRow.approved.is_not(None)
    )
    leaving = select(ItemRow.kind, ItemRow.id).where(
        ItemRow.archived, or_(ItemRow.approved.is_not(None), ItemRow.published.is_not(None))
    )
    return Release(
        entries=entries,
        arriving=tuple((kind, id, number) for kind, id, number in session.execute(arriving)),
        leaving=tuple((kind, id) for kind, id in session.execute(leaving)),
    )


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
    release = next_release(session) if release is None else release
    for start in range(0, len(release.arriving), BATCH):
        _arrive(session, by, now, snapshot_id, release.arriving[start : start + BATCH])
    for start in range(0, len(release.leaving), BATCH):
        _leave(session, by, now, release.leaving[start : start + BATCH])
    counts = f"{len(release.arriving)} new, {len(release.leaving)} gone"
    record(session, Event(now, by, "published", "snapshot", snapshot_id, reason=counts))


def _arrive(
    session: Session, by: str, now: datetime, snapshot_id: str, keys: Sequence[Key]
) -> None:
    ids = [id for _, id, _ in keys]
    found = select(
        ItemRow.kind, ItemRow.id, ItemRow.approved, VersionRow.number, VersionRow.status
    ).join(VersionRow, and_(VersionRow.kind == ItemRow.kind, VersionRow.id == ItemRow.id))
    found = found.where(
        ItemRow.id.in_(ids), VersionRow.status.in_((Status.APPROVED, Status.PUBLISHED))
    )
    rows = list(session.execute(found.with_for_update()))
    live = {(row.kind, row.id, row.number) for row in rows}
    gone = [key for key in keys if key not in live]
    if gone:
        raise ReviewFault(f"{gone[0][1]}: its approval was taken back; publish again")
    arrived = {(kind, id): number for kind, id, number in keys}
    versions, items = list[dict[str, Any]](), list[dict[str, Any]]()
    for row in rows:
        number = arrived.get((row.kind, row.id))
        if number is None or row.number > number:
            continue
        key = {"kind": row.kind, "id": row.id, "number": row.number}
        if row.number < number:
            versions.append({**key, "status": Status.ARCHIVED})
            continue
        versions.append({**key, "status": Status.PUBLISHED})
        later = row.approved if row.approved != number else None
        items.append({"kind": row.kind, "id": row.id, "published": number, "approved": later})
    session.execute(update(VersionRow), versions)
    session.execute(update(ItemRow), items)
    dates = {"published_at": now, "snapshot_id": snapshot_id}
    session.execute(
        update(VersionRow), [{"kind": k, "id": i, "number": n, **dates} for k, i, n in keys]
    )
    record(session, *(Event(now, by, "published", k, i, n, snapshot_id) for k, i, n in keys))


def _leave(session: Session, by: str, now: datetime, keys: Sequence[tuple[str, str]]) -> None:
    """Items that were taken in again meanwhile stay in; they come back with the next publish."""
    ids = [id for _, id in keys]
    found = select(VersionRow.kind, VersionRow.id, VersionRow.number).join(
        ItemRow, and_(VersionRow.kind == ItemRow.kind, VersionRow.id == ItemRow.id)
    )
    found = found.where(
        ItemRow.id.in_(ids),
        ItemRow.archived,
        VersionRow.status.in_((Status.APPROVED, Status.PUBLISHED)),
    )
    rows = [row for row in session.execute(found) if (row.kind, row.id) in set(keys)]
    if not rows:
        return
    session.execute(
        update(VersionRow),
        [{"kind": k, "id": i, "number": n, "status": Status.ARCHIVED} for k, i, n in rows],
    )
    gone = {(kind, id) for kind, id, _ in rows}
    session.execute(
        update(ItemRow),
        [{"kind": k, "id": i, "approved": None, "published": None} for k, i in sorted(gone)],
    )
    record(session, *(Event(now, by, "withdrawn", k, i) for k, i in sorted(gone)))
