"""What an editor is told when entries are saved: who asks the same, who says something else."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from knowledge.contradiction import Statement, differing, in_force_together
from knowledge.entry import Entry, from_content, to_content
from knowledge.items import batches
from knowledge.near import Encode, near
from knowledge.tables import ItemRow, VersionRow
from knowledge.version import Kind, source_key

TOLD = 3
"""At most so many lines of each sort for one entry."""

COMPARED = 30
"""At most so many entries on one article are compared with each."""

ENCODED = 2000
"""When more entries are saved at once, questions are compared by their words alone."""

LARGE = 20_000
"""In a larger knowledge base only questions are looked at, not every other wording."""


def concerns(
    session: Session, fresh: Mapping[str, Entry], encode: Encode | None = None
) -> dict[str, list[str]]:
    """Lines for those of the entries about to be saved that there is something to say about.

    Args:
        fresh: by id.
        encode: as for ``knowledge.near.near``.
    """
    if not fresh:
        return {}
    lines = defaultdict[str, list[str]](list)
    sorts = (_near(session, fresh, encode), _worded(session, fresh), _on_source(session, fresh))
    for sort in sorts:
        told = defaultdict[str, int](int)
        for id, line in sort:
            told[id] += 1
            if told[id] <= TOLD:
                lines[id].append(line)
    return dict(lines)


Lines = Iterator[tuple[str, str]]
"""Id of an entry and what to say about it."""


def _near(session: Session, fresh: Mapping[str, Entry], encode: Encode | None) -> Lines:
    query = select(ItemRow.id, ItemRow.title)
    query = query.where(ItemRow.kind == Kind.ENTRY, ItemRow.archived.is_(False))
    asked = {id: entry.question for id, entry in fresh.items()}
    known = {**{id: title for id, title in session.execute(query)}, **asked}
    for id, others in near(asked, known, encode if len(fresh) <= ENCODED else None).items():
        for other in others:
            yield id, f"和 {other.id}“{other.question}”问得很像（{other.alike:.2f}）"


def _worded(session: Session, fresh: Mapping[str, Entry]) -> Lines:
    """Wordings that another entry has letter for letter."""
    owners = dict[str, str]()
    for entry in fresh.values():
        for text in entry.phrasings:
            owners.setdefault(_key(text), entry.id)
    ids = select(ItemRow.id).where(ItemRow.kind == Kind.ENTRY, ItemRow.archived.is_(False))
    others = [id for id in session.scalars(ids.limit(LARGE + 1)) if id not in fresh]
    if len(others) <= LARGE:
        for part in batches(others):
            query = _contents().where(ItemRow.id.in_(part))
            for _, content in session.execute(query):
                for text in (content["question"], *content["variants"]):
                    owners[_key(text)] = content["id"]
    for entry in fresh.values():
        for text in entry.phrasings:
            owner = owners[_key(text)]
            if owner != entry.id:
                yield entry.id, f"问法“{text}”在 {owner} 里已经有了"


def _on_source(session: Session, fresh: Mapping[str, Entry]) -> Lines:
    """Figures and dates in which entries on the same article differ."""
    keys = {id: source_key(to_content(entry)) for id, entry in fresh.items()}
    on = defaultdict[str, list[Statement]](list)
    for id, entry in fresh.items():
        on[keys[id]].append(Statement(entry))
    for part in batches(list(on)):
        for key, content in session.execute(_contents().where(ItemRow.source.in_(part))):
            if content["id"] not in fresh:
                on[key].append(Statement(from_content(content)))
    for key, statements in on.items():
        for one in statements:
            if one.entry.id not in fresh or len(statements) == 1 or not key:
                continue
            for other in statements[-COMPARED:]:
                if other is not one and in_force_together(one.entry, other.entry):
                    yield from ((one.entry.id, line) for line in _differences(one, other))


def _differences(one: Statement, other: Statement) -> Iterator[str]:
    source = f"{one.entry.source.title}{one.entry.source.article}"
    where = f"和 {other.entry.id}“{other.entry.question}”同据《{source}》"
    pairs = differing(one, other)
    if pairs:
        ours, theirs = pairs[0]
        yield f"{where}，数字不同：这里是“{ours.written}”，那里是“{theirs.written}”"
    if _days(one.entry) != _days(other.entry):
        yield f"{where}，起止日期不同：这里{_days(one.entry)}，那里{_days(other.entry)}"


def _days(entry: Entry) -> str:
    return f"{entry.effective}起" + (f"到{entry.expires}" if entry.expires else "")


def _key(text: str) -> str:
    """The letters alone, however they are written."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _contents() -> Select[tuple[str, dict[str, Any]]]:
    return (
        select(ItemRow.source, VersionRow.content)
        .join(
            VersionRow,
            and_(
                VersionRow.kind == ItemRow.kind,
                VersionRow.id == ItemRow.id,
                VersionRow.number == ItemRow.current,
            ),
        )
        .where(ItemRow.kind == Kind.ENTRY, ItemRow.archived.is_(False))
    )
