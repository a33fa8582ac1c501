from pathlib import Path

import numpy as np
import pytest

from nlu.emergency_examples import Example
from nlu.emergency_kinds import EmergencyKind
from nlu.emergency_model import pack_model, read_model
from nlu.emergency_table import SIGNS
from nlu.emergency_training import (
    FALSE,
    FOLDS,
    Seen,
    cross_validated,
    extra_examples,
    learn_kinds,
    learn_urgent,
    see,
    sure_lines,
    threshold,
)


def seen(text: str, kind: str | None) -> Seen:
    one = see(Example(text, kind, text))
    assert one is not None
    return one


@pytest.fixture(scope="module")
def some() -> list[Seen]:
    places = ("厨房", "楼道", "阳台", "车库", "仓库", "隔壁", "三楼", "对面")
    return [
        seen(place + said, kind)
        for place in places
        for said, kind in (
            ("着火了", "fire"),
            ("漏煤气了", "gas"),
            ("的灯坏了", None),
            ("要打扫", None),
        )
    ]


def test_what_was_learnt_is_told_of_words_not_seen(some: list[Seen]) -> None:
    packed = pack_model(learn_urgent(some), learn_kinds(some), enough=0.5, sure=())
    model = read_model(packed)
    fire, quiet = seen("院子着火了", "fire").features, seen("院子的灯坏了", None).features
    assert model.probability(quiet) < 0.2 < 0.8 < model.probability(fire)
    assert model.kind(fire) is EmergencyKind.FIRE
    assert model.kind(seen("院子漏煤气了", "gas").features) is EmergencyKind.GAS


def test_learning_twice_gives_the_same_weights(some: list[Seen]) -> None:
    assert np.array_equal(learn_urgent(some).values, learn_urgent(some).values)


def test_examples_of_one_group_are_judged_together() -> None:
    one, other = see(Example("着火了", "fire", "组")), see(Example("如果着火了", None, "组"))
    assert one is not None
    assert other is not None
    assert one.fold == other.fold < FOLDS


def test_an_untold_kind_is_taken_from_the_table_or_not_learnt() -> None:
    told = see(Example("着火了", "", "着火了"))
    assert told is not None
    assert told.kind is EmergencyKind.FIRE
    assert see(Example("路灯坏了", "", "路灯坏了")) is None


def test_no_example_is_judged_by_what_learnt_from_it(some: list[Seen]) -> None:
    alone = Seen(("只此一处",) * 1, EmergencyKind.FIRE, line=None, fold=0)
    probabilities = cross_validated([*some, alone, alone, alone])
    assert probabilities[-1] < 0.9


def test_the_threshold_lets_the_told_share_of_quiet_ones_through() -> None:
    rows = [Seen((), None, line=None, fold=0)] * 2000
    rows += [Seen((), None, line="sure", fold=0)] * 2000
    probabilities = np.concatenate([np.linspace(0, 0.5, 2000), np.ones(2000)])
    enough = threshold(rows, probabilities, {"sure"})
    assert (probabilities[:2000] >= enough).mean() == pytest.approx(FALSE, abs=0.001)


def test_a_line_of_the_table_is_sure_until_a_quiet_example_meets_it() -> None:
    lines = list(SIGNS[EmergencyKind.FIRE])
    rows = [
        Seen((), None, line=lines[0], fold=0),
        Seen((), EmergencyKind.FIRE, line=lines[1], fold=0),
    ]
    assert lines[0] not in sure_lines(rows)
    assert lines[1] in sure_lines(rows)


def test_rows_of_a_city_are_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "着火", "emergency": "fire"}\n{"text": "停水", "emergency": null}\n')
    assert extra_examples(path) == [Example("着火", "fire", "着火"), Example("停水", None, "停水")]


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "火"}', '{"text": "火", "emergency": "火"}'])
def test_a_bad_row_is_told_with_its_file_and_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "停水", "emergency": null}\n' + line)
    with pytest.raises(ValueError, match=r"rows\.jsonl, row 2: "):
        extra_examples(path)
