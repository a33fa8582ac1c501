from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.calibrating import (
    ABSENT,
    OFF_TOPIC,
    SAYINGS_LEAST,
    WRONG,
    Sayings,
    calibrate,
    own_sayings,
    read_sayings,
    with_thresholds,
)
from knowledge.confidence import COVERED, FEATURES, Calibration, Considered
from knowledge.index import Index
from knowledge.regression import NEVER, Regression
from knowledge.search import Searcher, items_of
from knowledge.trials import Trial
from tests.knowledge.corpus import ENTRIES, LIBRARY, REGIONS, SAYINGS, TODAY, encoder
from tests.knowledge.documents import document_of

FIRST = Regression(
    ((),) * FEATURES, (0.0,) * FEATURES, (1.0,) * FEATURES, (1.0,) + (0.0,) * (FEATURES - 1), 0
)
SURE = Calibration(FIRST, NEVER, 0, 0)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(items_of(ENTRIES), encoder())


BORROWING = document_of(
    "第一条 借书证由图书馆发给，不收费用。\n第二条 游泳馆每天开放。\n第三条 证件遗失的，应当挂失。",
    title="图书借阅办法",
)


def trial(strength: float, right: bool, kind: str) -> Trial:
    rows = np.zeros((1, FEATURES))
    rows[0, 0] = strength
    rows[0, COVERED] = 1
    return Trial(Considered(rows, np.array([0]), np.array([False])), (right,), kind)


def test_the_threshold_keeps_out_what_is_wrong_and_lets_in_what_is_right() -> None:
    trials = [
        *[trial(3, True, "tested")] * 60,
        *[trial(1, False, "tested")] * 40,
        *[trial(0.5, False, "off topic")] * 50,
        *[trial(0.5, False, "absent")] * 50,
    ]
    calibration, reached = with_thresholds(SURE, trials)
    assert reached["right"] == 0.6
    assert reached["wrong"] <= WRONG
    assert reached["off topic"] <= OFF_TOPIC
    assert reached["absent"] <= ABSENT
    assert 0.73 < calibration.answer_at < 0.96
    assert calibration.ask_at <= calibration.answer_at


def test_shares_kept_to_on_a_small_pool(index: Index) -> None:
    calibration, reached = calibrate(ENTRIES, index, encoder(), SAYINGS)
    assert reached["wrong"] <= WRONG
    assert reached["off topic"] <= OFF_TOPIC
    assert 0 < calibration.answer_at <= 1


def test_variants_stand_in_where_there_are_no_tests() -> None:
    bare = [replace(entry, tests=()) for entry in ENTRIES]
    index = Index.build(items_of(bare), encoder())
    calibration, reached = calibrate(bare, index, encoder(), SAYINGS)
    assert calibration.spoken.weights
    assert set(reached) >= {"right", "wrong", "off topic"}


def test_passages_are_asked_for_by_their_words_and_answered_with() -> None:
    entries = [replace(e, quoted=True, id=f"law-{n}", tests=()) for n, e in enumerate(ENTRIES)]
    index = Index.build(items_of(entries), encoder())
    calibration, reached = calibrate(entries, index, encoder(), SAYINGS)
    assert calibration.spoken == NEVER != calibration.written
    assert reached["wrong"] <= WRONG


def test_comments_are_no_sayings(tmp_path: Path) -> None:
    path = tmp_path / "said.txt"
    path.write_text("# 开头\n你好\n\n 唱歌 \n", encoding="utf-8")
    assert read_sayings(path) == ["你好", "唱歌"]


def test_the_own_sayings_are_many_and_different() -> None:
    sayings = own_sayings()
    said = [*sayings.off_topic, *sayings.reports]
    assert len(said) >= 300
    assert len(set(said)) == len(said)


def test_a_handful_of_entries_is_not_tried_with_thousands_of_sayings(index: Index) -> None:
    told = list[str]()
    many = Sayings([f"第{n}句闲话" for n in range(2000)], [])
    calibrate(ENTRIES, index, encoder(), many, told.append)
    trials = int(told[-1].split()[2])
    assert SAYINGS_LEAST < trials < SAYINGS_LEAST + 100


def test_an_answer_out_of_what_an_absent_entry_rests_on_is_not_wrong() -> None:
    trials = [*[trial(3, True, "absent")] * 30, *[trial(3, True, "tested")] * 30]
    _, reached = with_thresholds(SURE, trials)
    assert reached["absent"] == 0


def test_what_an_entry_rests_on_tells_how_residents_ask_for_a_passage() -> None:
    entries = sorted([*ENTRIES, *BORROWING.entries()], key=lambda entry: entry.id)
    index = Index.build(items_of(entries), encoder())
    resting, _ = calibrate(entries, index, encoder(), SAYINGS)
    apart = [
        replace(entry, source=replace(entry.source, article="")) if not entry.quoted else entry
        for entry in entries
    ]
    unknown, _ = calibrate(apart, index, encoder(), SAYINGS)
    assert resting.written.weights != unknown.written.weights
    for kept, calibration in ((entries, resting), (apart, unknown)):
        some = Searcher(kept, index, encoder(), calibration)
        hits = some.find(LIBRARY.question, as_of=TODAY, regions=REGIONS).hits
        assert hits[0].entry.id == LIBRARY.id
