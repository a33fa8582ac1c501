from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from knowledge import gate
from knowledge.entry import Entry
from knowledge.gate import Kind, Limits, Verdict, judge
from knowledge.house import House, MustAnswer
from knowledge.search import Decision, Finding, Hit, Searcher
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL, REGIONS, TODAY, searcher

HOUSE = House(
    must_answer=(
        MustAnswer(LIBRARY.question, "library-card"),
        MustAnswer(POOL.question, "pool-hours"),
        MustAnswer("别处的问题", "elsewhere"),
    ),
    off_topic=("火车几点开", "今晚吃什么呀"),
)
EVERYTHING = range(len(ENTRIES))


@pytest.fixture(scope="module")
def before() -> Searcher:
    return searcher()


def judged(before: Searcher | None, after: Searcher, **given: float) -> Verdict:
    return judge(
        before,
        after,
        HOUSE,
        as_of=TODAY,
        regions=REGIONS,
        changed=range(len(after.entries)),
        limits=Limits(**given),
    )


class Answering(Searcher):
    """Answers some questions otherwise, and all others as another searcher does."""

    def __init__(self, other: Searcher, said: dict[str, Finding]) -> None:
        super().__init__(other.entries, other.index, other.encoder, other.calibration, other.scope)
        self.said = said

    def find(self, query: str, **given: Any) -> Finding:
        return self.said.get(query) or super().find(query, **given)


def with_(entry: Entry, decision: Decision = Decision.ANSWER) -> Finding:
    return Finding(decision, (Hit(entry, 0.9, 1.0),))


def test_a_snapshot_that_answers_as_before_passes(before: Searcher) -> None:
    verdict = judged(before, before)
    assert verdict.faults == ()
    assert verdict.recall[0] == verdict.recall[1] > 0.8
    kinds = {kind: len(rows) for kind, rows in verdict.by_kind().items()}
    assert kinds == {Kind.TEST: 8, Kind.MUST_ANSWER: 2, Kind.OFF_TOPIC: 2}


@pytest.mark.parametrize(
    "finding",
    [with_(POOL), with_(LIBRARY, Decision.ASK_WHICH), Finding(Decision.UNKNOWN, ())],
)
def test_a_must_answer_question_that_is_lost_is_refused(before: Searcher, finding: Finding) -> None:
    after = Answering(before, {LIBRARY.question: finding})
    assert judged(before, after).faults == (
        f"no longer answered: {LIBRARY.question} (library-card)",
    )


def test_a_must_answer_question_whose_entry_is_gone_is_refused(before: Searcher) -> None:
    after = searcher([entry for entry in ENTRIES if entry is not POOL])
    assert f"no longer answered: {POOL.question} (pool-hours)" in judged(before, after).faults


def test_one_that_was_not_answered_before_is_no_fault(before: Searcher) -> None:
    unknown = Answering(before, {LIBRARY.question: Finding(Decision.UNKNOWN, ())})
    assert judged(unknown, unknown).faults == ()
    assert judged(unknown, before).faults == ()


def test_an_off_topic_saying_newly_answered_is_refused(before: Searcher) -> None:
    after = Answering(before, {"火车几点开": with_(POOL)})
    assert judged(before, after).faults == (
        "off topic, and now answered: 火车几点开 (with pool-hours)",
    )
    assert judged(after, after).faults == ()


def test_recall_may_drop_within_the_tolerance_only(before: Searcher) -> None:
    after = Answering(before, {POOL.tests[0]: with_(LIBRARY)})
    (fault,) = judged(before, after, tolerance=0.1).faults
    assert fault == "recall of the test questions drops from 1.000 to 0.875"
    assert judged(before, after, tolerance=0.13).faults == ()
    (lost,) = judged(before, after).lost_tests()
    assert lost.question.text == POOL.tests[0]
    assert lost.after.entry == "library-card"


def test_new_entries_are_not_held_against_what_could_not_be_found_before(before: Searcher) -> None:
    entry = replace(LIBRARY, id="zzz", question="别的事怎么说？", variants=(), tests=("查无此问",))
    after = Answering(searcher((*ENTRIES, entry)), {"查无此问": Finding(Decision.UNKNOWN, ())})
    verdict = judged(before, after)
    assert verdict.faults == ()
    (row,) = [row for row in verdict.rows if row.question.text == "查无此问"]
    assert row.before is None


def test_a_first_snapshot_is_held_to_fixed_shares(before: Searcher) -> None:
    assert judged(None, before).faults == ()
    deaf = Answering(before, {t: with_(LIBRARY) for e in ENTRIES for t in e.tests})
    assert judged(None, deaf).faults == ("recall of the test questions is 0.250, below 0.7",)
    chatty = Answering(before, {"火车几点开": with_(POOL)})
    assert judged(None, chatty).faults == ("1 of 2 off-topic sayings are answered",)


def test_tests_of_what_is_not_in_force_are_not_asked() -> None:
    later = replace(POOL, effective=date(2027, 1, 1))
    elsewhere = replace(LIBRARY, region="上海市")
    after = searcher((ENTRIES[0], elsewhere, later, ENTRIES[3]))
    asked = {row.question.entry for row in judged(after, after).by_kind()[Kind.TEST]}
    assert asked == {"bike-repair", "seed-exchange"}


def test_of_many_the_changed_and_their_neighbours_are_asked_first(
    before: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MANY", 3)
    verdict = judge(
        before,
        before,
        House(),
        as_of=TODAY,
        regions=REGIONS,
        changed=[before.number("pool-hours") or 0],
    )
    asked = [row.question.entry for row in verdict.rows]
    assert asked[:2] == ["pool-hours", "pool-hours"]
    assert len(asked) == 3


def test_the_report_has_every_question_before_and_after(before: Searcher) -> None:
    report = judged(before, before).to_json()
    assert len(report["questions"]) == 12
    row = next(r for r in report["questions"] if r["question"]["kind"] == "must answer")
    assert set(row) == {"question", "before", "after"}
    assert row["before"]["entry"] == row["question"]["entry"]
    assert report["faults"] == []


def test_what_was_found_on_the_same_day_and_place_is_not_asked_again(before: Searcher) -> None:
    report = judged(None, before).to_json()
    deaf = Answering(before, {t: Finding(Decision.UNKNOWN, ()) for e in ENTRIES for t in e.tests})
    again = judge(
        deaf, before, HOUSE, as_of=TODAY, regions=REGIONS, changed=EVERYTHING, report=report
    )
    assert again.recall == (1.0, 1.0)
    elsewhere = {**report, "asked": ["2020-01-01", *REGIONS]}
    for other in (elsewhere, None, {}):
        asked = judge(
            deaf, before, HOUSE, as_of=TODAY, regions=REGIONS, changed=EVERYTHING, report=other
        )
        assert asked.recall[0] == 0.0
