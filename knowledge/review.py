"""From draft to approved, and out again: who may do what to a version, and when.

Every function takes the ids of items and works on their newest versions; one step that is not
allowed lets none of them happen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, insert, or_, select, update
from sqlalchemy.orm import Session

from knowledge.audit import Event, record
from knowledge.items import batches, newest, newest_in, versions_of
from knowledge.tables import ItemRow, VersionRow
from knowledge.version import UNDECIDED, Kind, ReviewFault, Status, check, person, same_person

Check = Callable[[Row[Any]], None]
"""Raises ReviewFault where a step is not allowed for an item and its newest version."""


def submit(session: Session, kind: Kind, ids: Sequence[str], by: str, now: datetime) -> None:
    """Hands drafts to review.

    Raises:
        ReviewFault: one of them is unknown, archived, no draft, or has no answer or source yet.
    """
    by = person(by)
    _finished(session, kind, ids)

    def allowed(row: Row[Any]) -> None:
        check(Status(row.status), Status.IN_REVIEW, _called(row))

    for part in _checked(session, kind, ids, allowed, Event(now, by, "submitted")):
        changes = {"status": Status.IN_REVIEW, "submitted_by": by, "submitted_at": now}
        session.execute(_of_newest(kind, part).values(changes))


def approve(
    session: Session, kind: Kind, ids: Sequence[str], by: str, now: datetime, *, alone: bool = False
) -> None:
    """Lets versions in review go out with the next publish.

    Args:
        alone: the office has one person, who may approve what they wrote.

    Raises:
        ReviewFault: one of them is unknown, archived, not in review, or written by ``by``.
    """
    by = person(by)

    def allowed(row: Row[Any]) -> None:
        check(Status(row.status), Status.APPROVED, _called(row))
        if not alone and same_person(by, row.author):
            raise ReviewFault(
                f"{_called(row)} was written by {row.author}; somebody else must approve it "
                "(an office of one person sets LINLI_ONE_PERSON_OFFICE)"
            )

    for part in _checked(session, kind, ids, allowed, Event(now, by, "approved")):
        changes = {"status": Status.APPROVED, "approved_by": by, "approved_at": now}
        session.execute(_of_newest(kind, part).values(changes))
        session.execute(_items(kind, part).values(approved=ItemRow.current))


def approve_at_once(
    session: Session,
    kind: Kind,
    ids: Sequence[str],
    author: str,
    approver: str,
    now: datetime,
    *,
    alone: bool = False,
) -> int:
    """Submits and approves whatever of these is a draft or in review; how many there were.

    Raises:
        ReviewFault: as ``approve``.
    """
    drafts, waiting = list[str](), list[str]()
    for part in batches(ids):
        for row in _rows(session, kind, part):
            if row.archived:
                continue
            if row.status == Status.DRAFT:
                drafts.append(row.id)
            elif row.status == Status.IN_REVIEW:
                waiting.append(row.id)
    submit(session, kind, drafts, author, now)
    approve(session, kind, [*drafts, *waiting], approver, now, alone=alone)
    return len(drafts) + len(waiting)


def reject(
    session: Session, kind: Kind, ids: Sequence[str], by: str, now: datetime, reason: str
) -> None:
    """Sends versions in review, or approved and not yet published, back to their authors.

    Raises:
        ReviewFault: one of them is unknown, archived, or neither; or there is no reason.
    """
    by = person(by)
    if not reason.strip():
        raise ReviewFault("a reason is required")

    def allowed(row: Row[Any]) -> None:
        check(Status(row.status), Status.DRAFT, _called(row))

    nobody = dict.fromkeys(("submitted_by", "submitted_at", "approved_by", "approved_at"))
    for part in _checked(session, kind, ids, allowed, Event(now, by, "rejected", reason=reason)):
        session.execute(_of_newest(kind, part).values(status=Status.DRAFT, **nobody))
        session.execute(_items(kind, part).values(approved=newest_in(Status.APPROVED)))


def archive(
    session: Session, kind: Kind, ids: Sequence[str], by: str, now: datetime, reason: str = ""
) -> None:
    """Takes items out: what residents get leaves with the next publish.

    Raises:
        ReviewFault: one of them is unknown or archived already.
    """
    by = person(by)
    event = Event(now, by, "archived", reason=reason)
    for part in _checked(session, kind, ids, lambda row: None, event):
        undecided = _of_newest(kind, part).where(VersionRow.status.in_(UNDECIDED))
        session.execute(undecided.values(status=Status.ARCHIVED))
        session.execute(_items(kind, part).values(archived=True))


def restore(session: Session, kind: Kind, ids: Sequence[str], by: str, now: datetime) -> None:
    """Takes items in again: as before where they had not left yet, otherwise as a new draft.

    Raises:
        ReviewFault: one of them is unknown or not archived.
    """
    by = person(by)
    for part in batches(ids):
        for row in _rows(session, kind, part):
            if not row.archived:
                raise ReviewFault(f"{_called(row)} is not archived")
            number = row.current
            if row.status == Status.ARCHIVED:
                number += 1
                last = versions_of(session, kind, row.id)[-1]
                version = {
                    "kind": kind,
                    "id": row.id,
                    "number": number,
                    "content": dict(last.content),
                    "content_hash": last.content_hash,
                    "status": Status.DRAFT,
                    "author": by,
                    "created": now,
                    "note": f"restored from version {row.current}",
                    "warnings": [],
                }
                session.execute(insert(VersionRow), [version])
            item = {"kind": kind, "id": row.id, "archived": False, "current": number}
            session.execute(update(ItemRow), [item])
            record(session, Event(now, by, "restored", kind, row.id, number))


def _finished(session: Session, kind: Kind, ids: Sequence[str]) -> None:
    answer, title = (
        VersionRow.content["answer"].as_string(),
        VersionRow.content["source"]["title"].as_string(),
    )
    for part in batches(ids) if kind is Kind.ENTRY else ():
        lacks = newest(kind, part).where(or_(answer == "", title == "")).limit(1)
        for row in session.execute(lacks):
            raise ReviewFault(f"{_called(row)} has no answer or no source yet")


def _checked(
    session: Session, kind: Kind, ids: Sequence[str], allowed: Check, event: Event
) -> Iterator[Sequence[str]]:
    """Batches of items to which a step may be done, and the event of each written down."""
    for part in batches(ids):
        rows = _rows(session, kind, part)
        for row in rows:
            if row.archived:
                raise ReviewFault(f"{_called(row)} is archived")
            allowed(row)
        record(
            session, *(replace(event, kind=kind, id=row.id, version=row.current) for row in rows)
        )
        yield part


def _of_newest(kind: Kind, ids: Sequence[str]) -> Update:
    """Changes the newest versions of items."""
    newest_number = (
        select(ItemRow.current)
        .where(ItemRow.kind == VersionRow.kind, ItemRow.id == VersionRow.id)
        .scalar_subquery()
    )
    return (
        update(VersionRow)
        .where(VersionRow.kind == kind, VersionRow.id.in_(ids), VersionRow.number == newest_number)
        .execution_options(synchronize_session=False)
    )


def _items(kind: Kind, ids: Sequence[str]) -> Update:
    return (
        update(ItemRow)
        .where(ItemRow.kind == kind, ItemRow.id.in_(ids))
        .execution_options(synchronize_session=False)
    )


def _rows(session: Session, kind: Kind, ids: Sequence[str]) -> list[Row[Any]]:
    """Locked against anybody else, in the order of ``ids``."""
    rows = {row.id: row for row in session.execute(newest(kind, ids).with_for_update())}
    missing = [id for id in ids if id not in rows]
    if missing:
        raise ReviewFault(f"{missing[0]}: no such {kind}")
    return [rows[id] for id in dict.fromkeys(ids)]


def _called(row: Row[Any]) -> str:
    return f"{row.id} (version {row.current})"
