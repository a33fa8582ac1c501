"""What items there are in the database, and what their versions say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Row, ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import Session

from knowledge.entry import Entry, from_content
from knowledge.tables import ItemRow, VersionRow
from knowledge.version import Content, Item, Kind, ReviewFault, Status, Version

T = TypeVar("T")

BATCH = 500
"""Items read or written at once."""


def get_item(session: Session, kind: Kind, id: str) -> Item:
    """One item.

    Raises:
        ReviewFault: there is none of this kind and id.
    """
    row = session.execute(newest(kind, [id])).first()
    if row is None:
        raise ReviewFault(f"{id}: no such {kind}")
    return _item(row)


def kind_of(session: Session, id: str) -> Kind:
    """Whether an id is an entry's or a document's; an entry's where there are both.

    Raises:
        ReviewFault: there is neither.
    """
    kinds = set(session.scalars(select(ItemRow.kind).where(ItemRow.id == id)))
    for kind in Kind:
        if kind in kinds:
            return kind
    raise ReviewFault(f"{id}: no such entry or document")


@dataclass(frozen=True, slots=True)
class Newest:
    """What is known of an item's newest version; archived where the item is."""

    content_hash: str
    author: str
    status: Status


def newest_of(session: Session, kind: Kind, ids: Sequence[str]) -> dict[str, Newest]:
    """Those of these items that there are, by id."""
    return {
        row.id: Newest(
            row.content_hash, row.author, Status.ARCHIVED if row.archived else Status(row.status)
        )
        for part in batches(ids)
        for row in session.execute(newest(kind, part))
    }


def is_empty(session: Session) -> bool:
    """Whether there is no item at all."""
    return session.execute(select(ItemRow.id).limit(1)).first() is None


def list_items(
    session: Session,
    *,
    kind: Kind | None = None,
    topic: str | None = None,
    status: Status | None = None,
) -> list[Item]:
    """Items in order of kind and id; ``status`` is that of their newest version, or archived."""
    query = newest(kind).order_by(ItemRow.kind.desc(), ItemRow.id)
    if topic is not None:
        query = query.where(ItemRow.topic == topic)
    if status is Status.ARCHIVED:
        query = query.where(ItemRow.archived)
    elif status is not None:
        query = query.where(VersionRow.status == status, ~ItemRow.archived)
    return [_item(row) for row in session.execute(query)]


def get_version(session: Session, kind: Kind, id: str, number: int | None = None) -> Version:
    """One version of an item, the newest by default.

    Raises:
        ReviewFault: there is no such item or version.
    """
    number = get_item(session, kind, id).current if number is None else number
    row = session.get(VersionRow, (kind, id, number), populate_existing=True)
    if row is None:
        raise ReviewFault(f"{id}: has no version {number}")
    return _version(row)


def versions_of(session: Session, kind: Kind, id: str) -> list[Version]:
    """Every version of an item, the oldest first.

    Raises:
        ReviewFault: there is no such item.
    """
    get_item(session, kind, id)
    query = select(VersionRow).where(VersionRow.kind == kind, VersionRow.id == id)
    rows = session.scalars(query.order_by(VersionRow.number).execution_options(
        populate_existing=True
    ))  # fmt: skip
    return [_version(row) for row in rows]


def get_entry(session: Session, id: str) -> Entry | None:
    """An entry as its newest version has it."""
    row = session.execute(newest(Kind.ENTRY, [id]).add_columns(VersionRow.content)).first()
    return None if row is None else from_content(row.content)


def newest_contents(session: Session, kind: Kind) -> dict[str, Content]:
    """What the newest version of every item that is not archived says, by id."""
    query = newest(kind).add_columns(VersionRow.content).where(~ItemRow.archived)
    return {row.id: row.content for row in session.execute(query)}


def batches(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def newest_in(status: Status) -> ScalarSelect[int | None]:
    """In an update of items: the number of the newest version that stands there."""
    return (
        select(func.max(VersionRow.number))
        .where(
            VersionRow.kind == ItemRow.kind,
            VersionRow.id == ItemRow.id,
            VersionRow.status == status,
        )
        .scalar_subquery()
    )


def newest(kind: Kind | None = None, ids: Sequence[str] | None = None) -> Select[*tuple[Any, ...]]:
    """Items with what their newest version is, as plain columns: nothing is kept in memory."""
    query: Select[*tuple[Any, ...]] = select(
        ItemRow.kind,
        ItemRow.id,
        ItemRow.topic,
        ItemRow.title,
        ItemRow.current,
        ItemRow.approved,
        ItemRow.published,
        ItemRow.archived,
        VersionRow.content_hash,
        VersionRow.status,
        VersionRow.author,
    ).join(
        VersionRow,
        and_(
            VersionRow.kind == ItemRow.kind,
            VersionRow.id == ItemRow.id,
            VersionRow.number == ItemRow.current,
        ),
    )
    if kind is not None:
        query = query.where(ItemRow.kind == kind)
    return query if ids is None else query.where(ItemRow.id.in_(ids))


def _item(row: Row[Any]) -> Item:
    return Item(
        kind=Kind(row.kind),
        id=row.id,
        topic=row.topic,
        title=row.title,
        current=row.current,
        approved=row.approved,
        published=row.published,
        status=Status.ARCHIVED if row.archived else Status(row.status),
    )


def _version(row: VersionRow) -> Version:
    return Version(
        kind=Kind(row.kind),
        id=row.id,
        number=row.number,
        status=Status(row.status),
        content=row.content,
        content_hash=row.content_hash,
        author=row.author,
        created=row.created,
        note=row.note,
        warnings=tuple(row.warnings),
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        published_at=row.published_at,
        snapshot_id=row.snapshot_id,
    )
