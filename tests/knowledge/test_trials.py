from dataclasses import replace

import pytest

from knowledge.citing import cited
from knowledge.index import Index
from knowledge.search import items_of
from knowledge.trials import Pool, Trial
from tests.knowledge.corpus import ENTRIES, LIBRARY, encoder
from tests.knowledge.documents import document_of

BORROWING = document_of(
    "第一条 图书馆每天开放。\n第二条 图书不得污损。\n第三条 借书证由图书馆发给，不收费用。",
    title="图书借阅办法",
)
BESIDE = sorted([LIBRARY, *BORROWING.entries()], key=lambda entry: entry.id)


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool(ENTRIES, Index.build(items_of(ENTRIES), encoder()), encoder())


@pytest.fixture(scope="module")
def beside() -> Pool:
    return Pool(BESIDE, Index.build(items_of(BESIDE), encoder()), encoder(), cited(BESIDE))


def passages_right(trial: Trial) -> int:
    hits = zip(trial.right, trial.found.written.tolist(), strict=True)
    return sum(right and written for right, written in hits)


def test_a_variant_left_out_does_not_find_itself(pool: Pool) -> None:
    trials = pool.left_out()
    assert len(trials) == sum(len(entry.variants) for entry in ENTRIES)
    assert max(row.found.rows[0, 2] for row in trials) < 0.999


def test_variants_may_be_chosen(pool: Pool) -> None:
    assert len(pool.left_out(lambda text: text == ENTRIES[0].variants[0])) == 1


def test_passages_of_documents_have_no_standard_question(beside: Pool) -> None:
    assert len(beside.written()) == 1


def test_passages_are_asked_for_by_their_words() -> None:
    entries = [replace(e, quoted=True, id=f"law-{n}", tests=()) for n, e in enumerate(ENTRIES)]
    trials = Pool(entries, Index.build(items_of(entries), encoder()), encoder()).passages()
    assert {trial.kind for trial in trials} == {"passage", "passage absent"}
    assert not any(any(t.right) for t in trials if t.kind == "passage absent")


def test_nothing_is_right_where_the_entry_is_taken_away(pool: Pool) -> None:
    assert not any(any(trial.right) for trial in pool.absent())


def test_what_an_entry_rests_on_answers_its_questions_with_it_and_without(beside: Pool) -> None:
    for trial in (*beside.tested(), *beside.left_out(), *beside.written()):
        assert trial.resting
        assert passages_right(trial) == 1
        assert sum(trial.right) == 2
    for trial in beside.absent():
        assert passages_right(trial) == 1 == sum(trial.right)


def test_it_is_told_which_hit_rests_on_which(beside: Pool) -> None:
    (trial,) = beside.written()
    assert trial.found.rests is not None
    own = [not written for written in trial.found.written].index(True)
    assert trial.found.rests.sum() == 1
    assert trial.found.rests[own].sum() == 1


def test_nothing_is_right_that_answers_a_saying(beside: Pool) -> None:
    (trial,) = beside.said(["唱首歌"], "off topic")
    assert not any(trial.right)
    assert not trial.resting
