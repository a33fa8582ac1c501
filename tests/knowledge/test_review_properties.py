"""Whatever editors do in whatever order, nobody publishes alone and nothing is forgotten."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from knowledge.audit import Event, events_of
from knowledge.entry import to_content
from knowledge.items import list_items, versions_of
from knowledge.release import Release, mark_published, next_release
from knowledge.review import approve, archive, reject, restore, submit
from knowledge.store import save_entries
from knowledge.version import TRANSITIONS, Kind, ReviewFault, Status, Version, same_person
from tests.knowledge.corpus import POOL
from tests.knowledge.editing import NOW, empty_database

ENTRY = Kind.ENTRY
IDS = ("pool", "card")
PEOPLE = ("小王", "老李", "小 王")


@dataclass
class Office:
    """A database, a publish that may be under way, and what was seen there so far."""

    session: Session
    alone: bool
    built: Release | None = None
    snapshots: int = 0
    written: int = 0
    seen: dict[tuple[str, int], Version] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)


def write(office: Office, id: str, who: str) -> None:
    office.written += 1
    entry = replace(POOL, id=id, question=f"{id}{office.written}")
    save_entries(office.session, [entry], who, NOW)


def begin(office: Office, id: str, who: str) -> None:
    office.built = next_release(office.session)


def finish(office: Office, id: str, who: str) -> None:
    built, office.built = office.built, None
    if built is not None:
        office.snapshots += 1
        mark_published(office.session, who, NOW, f"{office.snapshots}", built)


Action = Callable[[Office, str, str], None]
ACTIONS: dict[str, Action] = {
    "write": write,
    "submit": lambda o, id, who: submit(o.session, ENTRY, [id], who, NOW),
    "approve": lambda o, id, who: approve(o.session, ENTRY, [id], who, NOW, alone=o.alone),
    "reject": lambda o, id, who: reject(o.session, ENTRY, [id], who, NOW, "不对"),
    "archive": lambda o, id, who: archive(o.session, ENTRY, [id], who, NOW),
    "restore": lambda o, id, who: restore(o.session, ENTRY, [id], who, NOW),
    "begin": begin,
    "finish": finish,
}


def look(office: Office) -> None:
    """Compares what there is now with what was there before the last action."""
    for item in list_items(office.session):
        versions = versions_of(office.session, ENTRY, item.id)
        assert [v.number for v in versions] == list(range(1, item.current + 1))
        assert [v.number for v in versions if v.status == "published"] in ([], [item.published])
        for version in versions:
            before = office.seen.get((item.id, version.number))
            assert before is None or lasting(before) == lasting(version)
            old = Status.DRAFT if before is None else before.status
            assert version.status is old or version.status in TRANSITIONS[old]
            office.seen[item.id, version.number] = version
        events = events_of(office.session, ENTRY, item.id)
        known = office.events.get(item.id, [])
        assert events[: len(known)] == known
        office.events[item.id] = events


def lasting(version: Version) -> tuple[object, ...]:
    return version.content, version.content_hash, version.author, version.created, version.note


def visible(office: Office, release: Release) -> list[Version]:
    """The versions that a release shows to residents."""
    hashes = {(e.id, to_content(e)["question"]) for e in release.entries}
    found = [v for v in office.seen.values() if (v.id, v.content["question"]) in hashes]
    assert len(found) == len(release.entries)
    return found


WAY = ("write", "submit", "approve", "begin", "finish")
"""Actions that follow one another get far; one is left out now and then, any may come between."""


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    taken = list[tuple[str, str, str]]()
    for _ in range(draw(st.integers(1, 10))):
        id, left_out = draw(st.sampled_from(IDS)), draw(st.integers(0, 2 * len(WAY)))
        names = [name for place, name in enumerate(WAY) if place != left_out]
        if draw(st.booleans()):
            names = [draw(st.sampled_from(sorted(ACTIONS)))]
        taken += [(name, id, draw(st.sampled_from(PEOPLE))) for name in names]
    return taken


@pytest.mark.parametrize("alone", [False, True])
@settings(max_examples=30)
@given(steps=steps())
def test_residents_get_only_what_somebody_else_approved_and_nothing_is_forgotten(
    alone: bool, steps: list[tuple[str, str, str]]
) -> None:
    with empty_database() as session:
        office = Office(session, alone)
        for name, id, who in steps:
            part = session.begin_nested()
            try:
                ACTIONS[name](office, id, who)
            except ReviewFault:
                part.rollback()
            look(office)
            for version in visible(office, next_release(session)):
                assert version.status in (Status.APPROVED, Status.PUBLISHED)
                assert version.approved_by is not None
                assert alone or not same_person(version.approved_by, version.author)
