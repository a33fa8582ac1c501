"""From draft to approved, and out again: who may do what to a version, and when.

Every function takes the ids of items and works on their newest versions; one step that is not
allowed lets none of them happen.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from knowledge.audit import Event, record
from knowledge.store import batches, newest, versions_of
from knowledge.tables import ItemRow, VersionRow
from knowledge.version import Kind, ReviewFault, Status, check, person, same_person

Step = Callable[[Row[Any]], tuple[dict[str, Any], dict[str, Any]]]
"""What changes in the version and in its item."""


def submit(session: Session, kind: Kind, ids: Sequence[str], by: str, now: datetime) -> None:
    """Hands drafts to review.

    Raises:
        ReviewFault: one of them is unknown, archived, or no draft.
    """
    by = person(by)

    def step(row: Row[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        check(Status(row.status), Status.IN_REVIEW, _called(row))
        return {"status": Status.IN_REVIEW, "submitted_by": by, "submitted_at": now}, {}

    _take(session, kind, ids, step, Event(now, by, "submitted"))


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

    def step(row: Row[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        check(Status(row.status), Status.APPROVED, _called(row))
        if not alone and same_person(by, row.author):
            raise ReviewFault(
                f"{_called(row)} was written by {row.author}; somebody else must approve it "
                "(an office of one person sets LINLI_ONE_PERSON_OFFICE)"
            )
        changes = {"status": Status.APPROVED, "approved_by": by, "approved_at": now}
        return changes, {"approved": row.current}

    _take(session, kind, ids, step, Event(now, by, "approved"))


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
    by, reason = person(by), _given(reason)

    def step(row: Row[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        check(Status(row.status), Status.DRAFT, _called(row))
        nobody = dict.fromkeys(("submitted_by", "submitted_at", "approved_by", "approved_at"))
        approved = row.approved
        if approved == row.current:
            approved = _approved_before(session, row)
        return {"status": Status.DRAFT, **nobody}, {"approved": approved}

    _take(session, kind, ids, step, Event(now, by, "rejected", reason=reason))


def archive(
    session: Session, kind: Kind, ids: Sequence[str], by: str, now: datetime, reason: str = ""
) -> None:
    """Takes items out: what residents get leaves with the next publish.

    Raises:
        ReviewFault: one of them is unknown or archived already.
    """
    by = person(by)

    def step(row: Row[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        undecided = row.status in (Status.DRAFT, Status.IN_REVIEW)
        return {"status": Status.ARCHIVED} if undecided else {}, {"archived": True}

    _take(session, kind, ids, step, Event(now, by, "archived", reason=reason))


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


def _take(session: Session, kind: Kind, ids: Sequence[str], step: Step, event: Event) -> None:
    for part in batches(ids):
        versions, items, events = list[dict[str, Any]](), list[dict[str, Any]](), list[Event]()
        for row in _rows(session, kind, part):
            if row.archived:
                raise ReviewFault(f"{_called(row)} is archived")
            version, item = step(row)
            key = {"kind": kind, "id": row.id}
            if version:
                versions.append({**key, "number": row.current, **version})
            if item:
                items.append({**key, **item})
            events.append(
                Event(event.at, event.by, event.what, kind, row.id, row.current, event.reason)
            )
        if versions:
            session.execute(update(VersionRow), versions)
        if items:
            session.execute(update(ItemRow), items)
        record(session, *events)


def _rows(session: Session, kind: Kind, ids: Sequence[str]) -> list[Row[Any]]:
    """Locked against anybody else, in the order of ``ids``."""
    rows = {row.id: row for row in session.execute(newest(kind, ids).with_for_update())}
    missing = [id for id in ids if id not in rows]
    if missing:
        raise ReviewFault(f"{missing[0]}: no such {kind}")
    return [rows[id] for id in dict.fromkeys(ids)]


def _approved_before(session: Session, row: Row[Any]) -> int | None:
    """The newest older version that still waits for the next publish."""
    query = select(func.max(VersionRow.number)).where(
        VersionRow.kind == row.kind,
        VersionRow.id == row.id,
        VersionRow.number < row.current,
        VersionRow.status == Status.APPROVED,
    )
    return session.scalar(query)


def _called(row: Row[Any]) -> str:
    return f"{row.id} (version {row.current})"


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReviewFault("a reason is required")
    return reason.strip()
