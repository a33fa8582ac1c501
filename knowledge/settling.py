"""What becomes of a group of questions asked in vain: a draft of its own, or part of an entry."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from knowledge.encoder import Encoder
from knowledge.entry import Entry, Source, to_content
from knowledge.gaps import open_gaps, settle, settled_gaps
from knowledge.grouping import Group, group
from knowledge.items import get_entry, get_item, newest_of
from knowledge.store import save_version
from knowledge.version import Kind, ReviewFault, Status
from nlu.clock import SHANGHAI
from nlu.masking import is_masked

MOST_WORDINGS = 20
"""Wordings of a group that become variants; the commonest."""
UNSORTED = "待分类"


def groups_of(session: Session, encoder: Encoder) -> list[Group]:
    """Whatever nothing was done about."""
    return group(open_gaps(session), encoder, settled_gaps(session))


def group_named(session: Session, encoder: Encoder, number: int) -> Group:
    """The group of this number.

    Raises:
        ReviewFault: there is none.
    """
    for found in groups_of(session, encoder):
        if found.number == number:
            return found
    raise ReviewFault(f"{number}: no such group; `linli knowledge gaps list` shows them")


def draft_of(
    session: Session,
    found: Group,
    by: str,
    now: datetime,
    *,
    id: str | None = None,
    question: str | None = None,
    topic: str | None = None,
    region: str,
) -> str:
    """Makes a draft of a group, yet without an answer, and settles the group; the draft's id.

    Args:
        id: ``asked-`` and the group's number by default.
        question: the group's own by default.
        topic: that of the nearest entry by default.

    Raises:
        ReviewFault: there is an entry of this id already, or the name is none.
    """
    id = id or f"asked-{found.number}"
    if newest_of(session, Kind.ENTRY, [id]):
        raise ReviewFault(f"{id}: there is such an entry already; give another --id")
    question = question or found.question
    entry = Entry(
        id=id,
        topic=topic or topic_of(session, found),
        question=question,
        variants=tuple(text for text in wordings(found) if text != question),
        answer="",
        source=Source(""),
        effective=now.astimezone(SHANGHAI).date(),
        expires=None,
        region=region,
        handler="",
    )
    told = f"居民问过 {len(found.gaps)} 次，没有答上"
    save_version(session, Kind.ENTRY, id, to_content(entry), by, now, told)
    settle(session, found.numbers, id, by, now)
    return id


def join(session: Session, found: Group, id: str, by: str, now: datetime) -> int:
    """Adds a group's wordings to an entry, as a new draft of it, and settles the group.

    Returns:
        How many wordings are new to the entry; without any, there is no new draft.

    Raises:
        ReviewFault: there is no such entry, it is archived, or the name is none.
    """
    if get_item(session, Kind.ENTRY, id).status is Status.ARCHIVED:
        raise ReviewFault(f"{id} is archived; `linli knowledge restore {id}` first")
    entry = get_entry(session, id)
    assert entry is not None  # noqa: S101  # get_item has looked
    known = {*entry.phrasings, *entry.tests}
    new = tuple(text for text in wordings(found) if text not in known)
    if new:
        changed = replace(entry, variants=(*entry.variants, *new))
        told = f"并入居民没答上的问法 {len(new)} 句（问过 {len(found.gaps)} 次）"
        save_version(session, Kind.ENTRY, id, to_content(changed), by, now, told)
    settle(session, found.numbers, id, by, now)
    return len(new)


def wordings(found: Group) -> list[str]:
    """What may be searched from now on: nothing that was masked."""
    return [text for text in found.texts if not is_masked(text)][:MOST_WORDINGS]


def topic_of(session: Session, found: Group) -> str:
    for id, _ in found.nearest:
        entry = get_entry(session, id)
        if entry is not None:
            return entry.topic
    return UNSORTED
