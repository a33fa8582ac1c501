import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.confusions import Confusion, Group
from nlu.evaluation import (
    ClassScore,
    Fit,
    overlaps,
    places_of,
    score_alarms,
    score_classes,
    score_named,
    score_ranked,
    score_spans,
    to_json,
)

NAMES = st.sampled_from(["噪声", "停车", "路灯", None])
PAIRS = st.lists(st.tuples(NAMES, NAMES), min_size=1)
SPANS = st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda s: (s[0], s[0] + s[1]))


def test_figures_computed_by_hand() -> None:
    scores = score_classes(
        [("停车", "停车"), ("停车", "噪声"), ("停车", "停车"), ("噪声", "噪声"), ("噪声", None)]
    )
    assert (scores.n, scores.accuracy) == (5, 0.6)
    assert scores.classes["停车"] == ClassScore(3, 2, 1.0, 2 / 3, 0.8)
    assert scores.classes["噪声"] == ClassScore(2, 2, 0.5, 0.5, 0.5)
    assert scores.macro_f1 == pytest.approx(0.65)


def test_a_class_that_was_only_found_is_listed_last_and_not_in_the_mean() -> None:
    scores = score_classes([("停车", "停车"), ("停车", "路灯"), ("噪声", "噪声")])
    assert list(scores.classes) == ["停车", "噪声", "路灯"]
    assert scores.classes["路灯"] == ClassScore(0, 1, 0.0, 0.0, 0.0)
    assert scores.macro_f1 == pytest.approx((2 / 3 + 1) / 2)


def test_no_label_is_a_class_of_its_own() -> None:
    scores = score_classes([(None, None), (None, "噪声"), ("噪声", "噪声")])
    assert scores.classes["none"] == ClassScore(2, 1, 1.0, 0.5, 2 / 3)


def test_nothing_to_score_is_refused() -> None:
    for score in (score_classes, score_alarms, score_spans, score_ranked):
        with pytest.raises(ValueError, match="nothing to score"):
            score([])


@given(PAIRS)
def test_every_share_lies_between_0_and_1_and_rows_add_up(
    pairs: list[tuple[str | None, str | None]],
) -> None:
    scores = score_classes(pairs)
    shares = [scores.accuracy, scores.macro_f1]
    shares += [s for c in scores.classes.values() for s in (c.precision, c.recall, c.f1)]
    assert all(0 <= share <= 1 for share in shares)
    assert sum(c.n for c in scores.classes.values()) == len(pairs)
    assert sum(c.found for c in scores.classes.values()) == len(pairs)


@given(PAIRS)
def test_accuracy_is_recall_weighed_by_rows(pairs: list[tuple[str | None, str | None]]) -> None:
    scores = score_classes(pairs)
    weighed = sum(c.n * c.recall for c in scores.classes.values())
    assert scores.accuracy * scores.n == pytest.approx(weighed)


@given(st.lists(NAMES, min_size=1))
def test_what_is_all_right_scores_1(labels: list[str | None]) -> None:
    scores = score_classes([(label, label) for label in labels])
    assert (scores.accuracy, scores.macro_f1) == (1, 1)


@given(PAIRS)
def test_the_order_of_rows_makes_no_difference(
    pairs: list[tuple[str | None, str | None]],
) -> None:
    assert score_classes(sorted(pairs, key=repr)) == score_classes(pairs)


def test_the_likeliest_counts_and_the_right_one_may_be_among_three() -> None:
    scores = score_ranked(
        [
            ("停车", [("停车", 0.9), ("噪声", 0.1)]),
            ("路灯", [("停车", 0.6), ("噪声", 0.3), ("路灯", 0.1)]),
            ("公交", [("停车", 0.4), ("噪声", 0.3), ("路灯", 0.2), ("公交", 0.1)]),
            (None, []),
        ]
    )
    assert (scores.n, scores.accuracy, scores.top3) == (4, 0.5, 0.75)
    # Alone in their bins: 0.1 too low, 0.6 and 0.4 too high, and what is rightly nothing by 1.
    assert scores.ece == pytest.approx((0.1 + 0.6 + 0.4 + 1) / 4)
    assert scores.classes["停车"].found == 3


def test_nothing_found_where_there_is_something_is_wrong() -> None:
    scores = score_ranked([("停车", [])])
    assert (scores.accuracy, scores.top3, scores.ece) == (0, 0, 0)


def test_confusions_that_hurt_stand_beside_the_scores() -> None:
    pair = (Group("cars", "车", frozenset({"停车"})), Group("lamps", "灯", frozenset({"路灯"})))
    scores = score_named([("停车", "路灯"), ("停车", "停车"), ("噪声", None)], [pair])
    assert scores.accuracy == pytest.approx(1 / 3)
    assert scores.confusions == (Confusion("cars", "lamps", 2, 1), Confusion("lamps", "cars", 0, 0))
    assert to_json(scores)["confusions"][0] == {
        "right": "cars", "found": "lamps", "n": 2, "taken": 1
    }  # fmt: skip


def test_alarms_missed_and_false_computed_by_hand() -> None:
    scores = score_alarms([(True, True)] * 3 + [(True, False)] + [(False, True)] * 2)
    assert (scores.n, scores.recall, scores.false_alarms, scores.accuracy) == (6, 0.75, 2, 0.5)


def test_recall_of_no_emergencies_is_not_known() -> None:
    scores = score_alarms([(False, True), (False, False)])
    assert (scores.recall, scores.false_alarms) == (None, 1)


def test_exact_and_overlapping_spans_computed_by_hand() -> None:
    scores = score_spans(
        [
            ([(0, 5)], (0, 5)),  # exact
            ([(0, 5)], (3, 8)),  # overlapping
            ([(0, 5)], (5, 8)),  # beside it
            ([(0, 5)], None),  # missed
            ([], (1, 2)),  # found where there is none
            ([], None),
        ]
    )
    assert scores.exact == Fit(0.25, 0.25, 0.25)
    assert scores.overlap == Fit(0.5, 0.5, 0.5)
    assert scores.accuracy == pytest.approx(2 / 6)


def test_a_span_may_be_found_at_any_of_its_places() -> None:
    assert score_spans([([(0, 2), (6, 8)], (6, 8))]).exact == Fit(1, 1, 1)


@given(st.lists(st.tuples(st.lists(SPANS, max_size=2), SPANS | st.none()), min_size=1))
def test_what_is_exact_overlaps_too(
    pairs: list[tuple[list[tuple[int, int]], tuple[int, int] | None]],
) -> None:
    scores = score_spans(pairs)
    assert scores.exact.f1 <= scores.overlap.f1
    assert scores.exact.recall <= scores.overlap.recall


@given(SPANS, SPANS)
def test_two_spans_overlap_if_they_have_a_character_in_common(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    assert overlaps(one, other) == bool(set(range(*one)) & set(range(*other)))


def test_places_of_a_text() -> None:
    assert places_of("东里", "东里3号东里") == [(0, 2), (4, 6)]
    assert places_of("西里", "东里") == []
    assert places_of("", "东里") == []


def test_json_has_the_names_of_the_command_line() -> None:
    classes = to_json(score_classes([("停车", "停车"), ("停车", "噪声"), ("噪声", "噪声")]))
    assert set(classes) == {"n", "accuracy", "macro_f1", "classes"}
    assert classes["accuracy"] == 0.6667
    ranked = to_json(score_ranked([("停车", [("停车", 1 / 3)])]))
    assert set(ranked) == {*classes, "ece", "top3"}
    assert ranked["ece"] == 0.6667
    assert set(to_json(score_named([("停车", "停车")], []))) == {*classes, "confusions"}
    alarms = to_json(score_alarms([(True, True)]))
    assert set(alarms) == {"n", "accuracy", "macro_f1", "classes", "recall", "false_alarms"}
    spans = to_json(score_spans([([(0, 1)], (0, 1))]))
    assert spans["exact"] == spans["overlap"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert json.loads(json.dumps(alarms)) == alarms
