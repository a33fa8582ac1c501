from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.confidence import UNSURE, Calibration
from knowledge.entry import Entry, in_force
from knowledge.index import Index
from knowledge.regression import NEVER
from knowledge.search import Decision, Searcher, items_of
from tests.knowledge.corpus import ENTRIES, LIBRARY, REGIONS, TODAY, encoder, searcher

DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 31))
PLACES = ("全国", "北京市", "上海市", "云溪街道")


@pytest.fixture(scope="module")
def library() -> Searcher:
    return searcher()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_standard_question_is_answered_with_its_entry(library: Searcher, entry: Entry) -> None:
    finding = library.find(entry.question, as_of=TODAY, regions=REGIONS)
    assert finding.decision is Decision.ANSWER
    assert finding.hits[0].entry == entry


@pytest.mark.parametrize("text", ["股票行情", "", "😀", "……", "\x00\x07", "<script>", "的" * 5000])
def test_what_is_not_known_is_not_answered(library: Searcher, text: str) -> None:
    finding = library.find(text, as_of=TODAY, regions=REGIONS)
    assert finding.decision is not Decision.ANSWER


def test_confidences_fall_from_hit_to_hit_and_are_shares(library: Searcher) -> None:
    hits = library.find("周末几点开", as_of=TODAY, regions=REGIONS).hits
    confidences = [hit.confidence for hit in hits]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)


def test_an_entry_that_answers_goes_before_the_words_of_its_source() -> None:
    passage = replace(LIBRARY, id="law-3", variants=(), tests=(), quoted=True)
    both = searcher(sorted([*ENTRIES, passage], key=lambda entry: entry.id))
    sure = replace(both.calibration, answer_at=0.0, ask_at=0.0)
    both = Searcher(both.entries, both.index, both.encoder, sure)
    found = both.find(LIBRARY.question, as_of=TODAY, regions=REGIONS, limit=6)
    kinds = [hit.entry.quoted for hit in found.hits]
    assert kinds == sorted(kinds)
    assert "law-3" in [hit.entry.id for hit in found.hits]
    unsure = replace(both.calibration, answer_at=1.1)
    both = Searcher(both.entries, both.index, both.encoder, unsure)
    found = both.find(passage.answer, as_of=TODAY, regions=REGIONS)
    assert found.hits[0].entry == LIBRARY
    confidences = [hit.confidence for hit in found.hits[1:]]
    assert confidences == sorted(confidences, reverse=True)


def test_at_most_as_many_hits_as_asked_for(library: Searcher) -> None:
    assert len(library.find("在哪里", as_of=TODAY, regions=REGIONS, limit=2).hits) == 2


def test_an_expired_entry_makes_way_for_the_one_in_force() -> None:
    old = replace(LIBRARY, id="library-old", expires=date(2025, 12, 31))
    new = replace(LIBRARY, id="library-new", effective=date(2026, 1, 1))
    both = searcher((old, new, *ENTRIES[2:]))

    def found(day: date) -> str:
        return both.find(LIBRARY.question, as_of=day, regions=REGIONS).hits[0].entry.id

    assert found(date(2025, 12, 31)) == "library-old"
    assert found(date(2026, 1, 1)) == "library-new"


def test_where_nothing_answers_an_entry_goes_before_likelier_passages() -> None:
    passage = replace(LIBRARY, id="law-3", variants=(), tests=(), quoted=True)
    entries = sorted([*ENTRIES, passage], key=lambda entry: entry.id)
    index = Index.build(items_of(entries), encoder())
    always = replace(NEVER, bias=2.0)
    choices = Calibration(replace(NEVER, bias=-2.0), always, answer_at=0.95, ask_at=0.1)
    asked = Searcher(entries, index, encoder(), choices)
    found = asked.find("借书证", as_of=TODAY, regions=REGIONS)
    assert found.decision is Decision.ASK_WHICH
    assert [hit.entry.quoted for hit in found.hits[:2]] == [False, True]
    assert found.hits[0].confidence < found.hits[1].confidence
    quoting = Searcher(entries, index, encoder(), replace(choices, answer_at=0.8))
    found = quoting.find("借书证", as_of=TODAY, regions=REGIONS)
    assert found.decision is Decision.ANSWER
    assert found.hits[0].entry == passage


def test_without_entries_nothing_is_known() -> None:
    empty = Searcher((), None, encoder(), UNSURE)
    assert empty.find("借书", as_of=TODAY, regions=REGIONS).decision is Decision.UNKNOWN


def test_an_entry_is_found_by_its_id(library: Searcher) -> None:
    assert library.entry("library-card") == LIBRARY
    assert library.entry("no-such") is None


@st.composite
def versions(draw: st.DrawFn) -> Entry:
    entry = draw(st.sampled_from(ENTRIES))
    effective = draw(DAYS)
    days = draw(st.none() | st.integers(0, 900))
    return replace(
        entry,
        id=f"{entry.id}-{draw(st.integers(0, 10**9))}",
        effective=effective,
        expires=None if days is None else effective + timedelta(days=days),
        region=draw(st.sampled_from(PLACES)),
    )


@given(
    entries=st.lists(versions(), min_size=1, max_size=12, unique_by=lambda entry: entry.id),
    as_of=DAYS,
    regions=st.lists(st.sampled_from(PLACES), unique=True),
    query=st.sampled_from([text for entry in ENTRIES for text in entry.phrasings]),
)
def test_only_what_is_in_force_here_is_ever_found(
    entries: list[Entry], as_of: date, regions: list[str], query: str
) -> None:
    some = Searcher(entries, Index.build(items_of(entries), encoder()), encoder(), UNSURE)
    found = {hit.entry.id for hit in some.find(query, as_of=as_of, regions=regions, limit=20).hits}
    shown = {entry.id for entry in entries if in_force(entry, as_of, regions)}
    assert found <= shown
    said = {entry.id for entry in entries if query in entry.phrasings}
    assert said & shown <= found


def test_many_threads_find_what_one_finds(library: Searcher) -> None:
    texts = [text for entry in ENTRIES for text in (*entry.phrasings, *entry.tests)] * 5

    def find(text: str) -> list[str]:
        hits = library.find(text, as_of=TODAY, regions=REGIONS).hits
        return [hit.entry.id for hit in hits]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(find, texts)) == [find(text) for text in texts]
