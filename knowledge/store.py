"""Saving entries and documents: every save is a version of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, update
from sqlalchemy.orm import Session

from knowledge.audit import Event, record
from knowledge.concerns import concerns
from knowledge.entry import Entry, from_content, to_content
from knowledge.items import batches, newest
from knowledge.near import Encode
from knowledge.tables import ItemRow, VersionRow
from knowledge.version import (
    UNDECIDED,
    Content,
    Kind,
    ReviewFault,
    Status,
    content_hash,
    person,
    source_key,
    title_of,
)

LONGEST = 100
"""Characters of an id or a topic."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did: counts of items, and what it warns of, one line each with the item's id."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    warnings: tuple[str, ...] = ()


def save_version(
    session: Session,
    kind: Kind,
    id: str,
    content: Content,
    author: str,
    now: datetime,
    note: str = "",
) -> Saved:
    """A new draft with this content; the content it has already changes nothing.

    A version that is published or approved stays so. Args and errors as ``save_versions``.
    """
    return save_versions(session, kind, {id: content}, author, now, note)


def save_entries(
    session: Session,
    entries: Iterable[Entry],
    author: str,
    now: datetime,
    note: str = "",
    encode: Encode | None = None,
) -> Saved:
    """``save_versions`` of entries."""
    contents = {entry.id: to_content(entry) for entry in entries}
    return save_versions(session, Kind.ENTRY, contents, author, now, note, encode)


def save_versions(
    session: Session,
    kind: Kind,
    contents: Mapping[str, Content],
    author: str,
    now: datetime,
    note: str = "",
    encode: Encode | None = None,
) -> Saved:
    """A new draft of each item whose content is another than that of its newest version.

    Of entries that ask what others ask, or contradict others on the same source, it warns; the
    warnings are kept with the version.

    Args:
        contents: by id; with ``question`` or ``title`` to list it by, and ``topic`` if it has one.
        now: timezone-aware.
        note: what was changed and why.
        encode: finds questions that mean the same; without it only those worded alike are found.

    Raises:
        ReviewFault: the author's name is none, an id or topic is too long, or one of the items is
            archived; nothing is saved.
    """
    author, note = person(author), note.strip()
    for id, content in contents.items():
        if max(len(id), len(str(content.get("topic", "")))) > LONGEST:
            raise ReviewFault(f"{id[:40]}: id and topic have at most {LONGEST} characters")
    known, changed = _changed(session, kind, contents)
    said = dict[str, list[str]]()
    if kind is Kind.ENTRY:
        said = concerns(session, {id: from_content(contents[id]) for id in changed}, encode)
    for ids in batches(list(changed)):
        numbers = {id: known[id].current + 1 if id in known else 1 for id in ids}
        fresh: list[dict[str, Any]] = [
            {
                "kind": kind,
                "id": id,
                "number": numbers[id],
                "content": dict(contents[id]),
                "content_hash": changed[id],
                "status": Status.DRAFT,
                "author": author,
                "created": now,
                "note": note,
                "warnings": said.get(id, []),
            }
            for id in ids
        ]
        _put(session, kind, fresh, known)
        record(session, *(Event(now, author, "saved", kind, i, numbers[i], note) for i in ids))
    added = sum(id not in known for id in changed)
    return Saved(
        added=added,
        changed=len(changed) - added,
        unchanged=len(contents) - len(changed),
        warnings=tuple(f"{id}：{line}" for id, lines in said.items() for line in lines),
    )


def _changed(
    session: Session, kind: Kind, contents: Mapping[str, Content]
) -> tuple[dict[str, Row[Any]], dict[str, str]]:
    """Those there are already, locked; and hashes of those that are new or say something new."""
    known, changed = dict[str, Row[Any]](), dict[str, str]()
    for ids in batches(list(contents)):
        known |= {row.id: row for row in session.execute(newest(kind, ids).with_for_update())}
        for id in ids:
            digest, row = content_hash(contents[id]), known.get(id)
            if row is not None and row.content_hash == digest:
                continue
            if row is not None and row.archived:
                raise ReviewFault(f"{id} is archived; `linli knowledge restore {id}` first")
            changed[id] = digest
    return known, changed


def _put(
    session: Session, kind: Kind, fresh: Sequence[dict[str, Any]], known: Mapping[str, Row[Any]]
) -> None:
    """Writes versions, makes them the newest, and archives those not decided upon before them."""
    items = [
        {
            "kind": kind,
            "id": version["id"],
            "topic": version["content"].get("topic", ""),
            "title": title_of(version["content"]),
            "source": source_key(version["content"]),
            "current": version["number"],
        }
        for version in fresh
    ]
    new = [{**i, "archived": False} for i in items if i["id"] not in known]
    old = [item for item in items if item["id"] in known]
    overtaken = [
        {"kind": kind, "id": i["id"], "number": i["current"] - 1, "status": Status.ARCHIVED}
        for i in old
        if known[i["id"]].status in UNDECIDED
    ]
    if new:
        session.execute(insert(ItemRow), new)
    if old:
        session.execute(update(ItemRow), old)
    if overtaken:
        session.execute(update(VersionRow), overtaken)
    session.execute(insert(VersionRow), list(fresh))
