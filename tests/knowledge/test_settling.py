from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from knowledge.encoder import StaticEncoder, random_rows
from knowledge.gaps import Gap, GapKind, note, open_gaps
from knowledge.grouping import Group
from knowledge.items import get_entry, get_version, versions_of
from knowledge.review import approve, archive, submit
from knowledge.settling import draft_of, group_named, groups_of, join
from knowledge.store import save_entries
from knowledge.version import Kind, ReviewFault, Status
from tests.knowledge.corpus import LIBRARY
from tests.knowledge.editing import LATER, LI, NOW, WANG, empty_database, put

ENCODER = StaticEncoder(random_rows(), "random")


def ask(session: Session, *texts: str) -> Group:
    """The group that the texts make, all of them alike."""
    for number, text in enumerate(texts):
        gap = Gap(GapKind.UNKNOWN, text, ((LIBRARY.id, 0.2),))
        note(session, gap, f"{text}{number}", NOW)
    [found] = groups_of(session, ENCODER)
    return found


def test_a_draft_has_the_groups_wordings_and_no_answer_and_cannot_go_to_review() -> None:
    with empty_database() as session:
        put(session, LIBRARY)
        found = ask(session, "护照到期在哪换", "护照到期在哪换", "护照到期在哪换呀")
        id = draft_of(session, found, WANG, LATER, region="云溪街道")
        version = get_version(session, Kind.ENTRY, id)
        entry = get_entry(session, id)
        assert entry is not None
        assert (id, version.status, version.author) == ("asked-1", Status.DRAFT, WANG)
        assert set(entry.phrasings) == {"护照到期在哪换", "护照到期在哪换呀"}
        assert (entry.answer, entry.topic, entry.region) == ("", LIBRARY.topic, "云溪街道")
        assert open_gaps(session) == []
        with pytest.raises(ReviewFault, match="no answer or no source yet"):
            submit(session, Kind.ENTRY, [id], WANG, LATER)
        written = replace(entry, answer="到出入境窗口换。", source=LIBRARY.source)
        save_entries(session, [written], WANG, LATER)
        submit(session, Kind.ENTRY, [id], WANG, LATER)
        approve(session, Kind.ENTRY, [id], LI, LATER)


def test_no_draft_takes_the_place_of_an_entry() -> None:
    with empty_database() as session:
        put(session, LIBRARY)
        found = ask(session, "护照到期在哪换")
        with pytest.raises(ReviewFault, match="another --id"):
            draft_of(session, found, WANG, LATER, id=LIBRARY.id, region="全国")
        assert len(open_gaps(session)) == 1


def test_a_group_joined_to_an_entry_is_a_new_draft_of_it_and_comes_back_only_when_asked_again() -> (
    None
):
    with empty_database() as session:
        put(session, LIBRARY)
        known = LIBRARY.variants[0]
        found = ask(session, known, f"{known}呀")
        assert join(session, found, LIBRARY.id, WANG, LATER) == 1
        changed = get_entry(session, LIBRARY.id)
        assert changed is not None
        assert changed.variants == (*LIBRARY.variants, f"{known}呀")
        assert [v.status for v in versions_of(session, Kind.ENTRY, LIBRARY.id)] == [
            Status.APPROVED,
            Status.DRAFT,
        ]
        assert groups_of(session, ENCODER) == []
        note(session, Gap(GapKind.UNKNOWN, f"{known}呀"), "again", LATER)
        [again] = groups_of(session, ENCODER)
        assert (again.count(), again.before) == (1, LIBRARY.id)


def test_masked_wordings_and_those_known_already_make_no_new_version() -> None:
    with empty_database() as session:
        put(session, LIBRARY)
        found = ask(session, "我叫王小明，想办张借书证", "我叫王小明，想办张借书证啊")
        assert join(session, found, LIBRARY.id, WANG, LATER) == 0
        assert len(versions_of(session, Kind.ENTRY, LIBRARY.id)) == 1
        assert open_gaps(session) == []


def test_nothing_is_joined_to_what_is_unknown_or_archived() -> None:
    with empty_database() as session:
        put(session, LIBRARY)
        found = ask(session, "想办张借书证呢")
        with pytest.raises(ReviewFault, match="no such entry"):
            join(session, found, "nothing", WANG, LATER)
        archive(session, Kind.ENTRY, [LIBRARY.id], WANG, LATER)
        with pytest.raises(ReviewFault, match="archived"):
            join(session, found, LIBRARY.id, WANG, LATER)
        assert len(open_gaps(session)) == 1


def test_a_group_is_found_by_its_number_only() -> None:
    with empty_database() as session:
        found = ask(session, "护照到期在哪换")
        assert group_named(session, ENCODER, found.number) == found
        with pytest.raises(ReviewFault, match="no such group"):
            group_named(session, ENCODER, 99)
