from datetime import timedelta

import pytest

from knowledge.audit import events_of
from knowledge.gaps import (
    LONGEST,
    Gap,
    GapKind,
    correct,
    forget,
    note,
    open_gaps,
    settle,
    settled_gaps,
)
from knowledge.version import Kind, ReviewFault
from tests.knowledge.corpus import LIBRARY, POOL
from tests.knowledge.editing import LATER, LI, NOW, WANG, empty_database, put

ASKED = Gap(GapKind.UNKNOWN, "护照在哪儿换", (("library-card", 0.12345),))


def test_a_gap_is_noted_once_for_a_message() -> None:
    with empty_database() as session:
        assert note(session, ASKED, "one", NOW)
        assert not note(session, ASKED, "one", LATER)
        assert note(session, ASKED, "two", LATER)
        first, second = open_gaps(session)
        assert (first.at, second.at) == (NOW, LATER)
        assert first.gap == Gap(GapKind.UNKNOWN, "护照在哪儿换", (("library-card", 0.1235),))


def test_what_is_kept_is_masked_and_short() -> None:
    with empty_database() as session:
        text = "我叫王小明，电话13800138000，" + "护照怎么换" * 100
        note(session, Gap(GapKind.UNKNOWN, text), "one", NOW)
        [noted] = open_gaps(session)
        assert "王小明" not in noted.gap.text
        assert "13800138000" not in noted.gap.text
        assert len(noted.gap.text) <= LONGEST


def test_what_has_no_words_is_not_noted() -> None:
    with empty_database() as session:
        assert not note(session, Gap(GapKind.UNKNOWN, "？？"), "one", NOW)
        assert open_gaps(session) == []


def test_a_correction_names_an_entry_there_is_and_is_in_the_audit_trail() -> None:
    with empty_database() as session:
        put(session, LIBRARY)
        assert correct(session, "借书要啥本本", LIBRARY.id, LI, "one", LATER)
        assert not correct(session, "借书要啥本本", LIBRARY.id, LI, "one", LATER)
        [noted] = open_gaps(session)
        assert (noted.gap.kind, noted.gap.entry) == (GapKind.CORRECTION, LIBRARY.id)
        done = [event for event in events_of(session, Kind.ENTRY, LIBRARY.id) if event.by == LI]
        assert [event.what for event in done].count("corrected") == 1
        with pytest.raises(ReviewFault, match="no such entry"):
            correct(session, "几点开门", POOL.id, LI, "two", LATER)
        with pytest.raises(ReviewFault, match="no words"):
            correct(session, "？", LIBRARY.id, LI, "two", LATER)


def test_what_is_settled_is_open_no_more_and_cannot_be_settled_twice() -> None:
    with empty_database() as session:
        note(session, ASKED, "one", NOW)
        [noted] = open_gaps(session)
        settle(session, [noted.number], "passport", WANG, LATER)
        assert open_gaps(session) == []
        [done] = settled_gaps(session, LATER)
        assert (done.settled_as, done.settled_at) == ("passport", LATER)
        assert settled_gaps(session, LATER + timedelta(seconds=1)) == []
        with pytest.raises(ReviewFault, match="just settled"):
            settle(session, [noted.number], "passport", LI, LATER)


def test_what_was_asked_before_a_day_is_forgotten() -> None:
    with empty_database() as session:
        note(session, ASKED, "one", NOW)
        note(session, ASKED, "two", LATER)
        assert forget(session, LATER) == 1
        assert [noted.at for noted in open_gaps(session)] == [LATER]
