"""A version of an entry or a document, where it stands, and where it may go from there."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from knowledge.entry import Entry, to_content

Content = Mapping[str, Any]
"""What a version says, as plain JSON."""

_SPACES = re.compile(r"[\s《》]+")


class ReviewFault(Exception):
    """What is asked for is not allowed, or there is no such thing; one line says why."""


class Kind(StrEnum):
    """What an item of the knowledge is."""

    ENTRY = "entry"
    DOCUMENT = "document"


class Status(StrEnum):
    """Where a version stands on its way to the residents."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


UNDECIDED = (Status.DRAFT, Status.IN_REVIEW)
"""A newer version takes the place of one that stands there."""

STATUS_NAMES: Mapping[Status, str] = MappingProxyType(
    {
        Status.DRAFT: "草稿",
        Status.IN_REVIEW: "待审",
        Status.APPROVED: "已批准",
        Status.PUBLISHED: "已发布",
        Status.ARCHIVED: "已归档",
    }
)

TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.DRAFT: frozenset({Status.IN_REVIEW, Status.ARCHIVED}),
        Status.IN_REVIEW: frozenset({Status.APPROVED, Status.DRAFT, Status.ARCHIVED}),
        Status.APPROVED: frozenset({Status.PUBLISHED, Status.DRAFT, Status.ARCHIVED}),
        Status.PUBLISHED: frozenset({Status.ARCHIVED}),
        Status.ARCHIVED: frozenset(),
    }
)
"""An archived version stays as it is: what is restored is a new draft with its content. A version
is archived when a newer one takes its place, or with its item."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version; ``content`` is what ``entry.to_content`` or the document's own writes."""

    kind: Kind
    id: str
    number: int
    status: Status
    content: Content
    content_hash: str
    author: str
    created: datetime
    note: str
    warnings: tuple[str, ...]
    submitted_by: str | None
    submitted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    published_at: datetime | None
    snapshot_id: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is listed; ``status`` is that of its newest version, or archived."""

    kind: Kind
    id: str
    topic: str
    title: str
    current: int
    approved: int | None
    published: int | None
    status: Status


def check(before: Status, after: Status, what: str) -> None:
    """Passes a step that the table allows.

    Raises:
        ReviewFault: any other; begins with ``what``.
    """
    if after not in TRANSITIONS[before]:
        raise ReviewFault(
            f"{what} is {before.replace('_', ' ')} ({STATUS_NAMES[before]}) and cannot become "
            f"{after.replace('_', ' ')} ({STATUS_NAMES[after]})"
        )


def person(name: str) -> str:
    """A name as it is kept: one line, without spaces around it.

    Raises:
        ReviewFault: it is empty, longer than 100 characters, or not printable.
    """
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not name or len(name) > 100 or not name.isprintable():
        raise ReviewFault(f"{name[:20]!r} is no name: 1 to 100 characters on one line are wanted")
    return name


def same_person(one: str, other: str) -> bool:
    """Whether two names are one, however they are spaced and written."""
    return _folded(one) == _folded(other)


@lru_cache
def _folded(name: str) -> str:
    return person(name).casefold().replace(" ", "")


def content_hash(content: Content | Entry) -> str:
    """The same for the same content, on every machine."""
    if isinstance(content, Entry):
        content = to_content(content)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def content_hashes(entries: Iterable[Entry]) -> str:
    """One hash over many entries, whatever their order."""
    return hashlib.sha256("".join(sorted(map(content_hash, entries))).encode()).hexdigest()


def title_of(content: Content) -> str:
    """What an item is listed by."""
    return str(content.get("question") or content.get("title") or "")


def source_key(content: Content) -> str:
    """The same for entries that rest on the same article of the same source; empty where none."""
    source = content.get("source")
    if not isinstance(source, Mapping):
        return ""
    parts = (_SPACES.sub("", str(source.get(name) or "")) for name in ("title", "article"))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
