import pytest

from bot.commands.address_scores import PART_LABELS, best_in, score_parts, spans_of
from bot.commands.labelled import LabelledRow
from nlu.address import LEVELS

PARTS = (
    ("town", "云溪街道"),
    ("poi", "清河苑"),
    ("houseno", "3号楼"),
    ("roomno", "501室"),
)
ADDRESS = "".join(text for _, text in PARTS)


def row(text: str, address: str | None, *parts: tuple[str, str]) -> LabelledRow:
    return LabelledRow(1, text, address, parts)


def test_the_address_that_says_most_is_taken() -> None:
    found = best_in(f"我在3号楼楼下，家住{ADDRESS}，没电")
    assert found is not None
    assert found.text == ADDRESS


def test_none_is_found_where_none_stands() -> None:
    assert best_in("今天停电吗") is None


def test_parts_are_scored_by_the_label_of_the_data() -> None:
    scores = score_parts([row(f"我住{ADDRESS}，没电", ADDRESS, *PARTS)])
    assert scores == {
        "town": (1.0, 1.0, 1.0, 1),
        "houseno": (1.0, 1.0, 1.0, 1),
        "roomno": (1.0, 1.0, 1.0, 1),
    }


def test_a_part_cut_otherwise_is_wrong_both_ways() -> None:
    scores = score_parts(
        [row("我住溪东路44号，没电", "溪东路44号", ("road", "溪东"), ("roadno", "路44号"))]
    )
    assert scores["road"] == (0.0, 0.0, 0.0, 1)
    assert scores["roadno"] == (0.0, 0.0, 0.0, 1)


def test_a_part_that_is_not_told_counts_against_its_label() -> None:
    scores = score_parts(
        [
            row("我住溪东路44号，没电", "溪东路44号", ("road", "溪东路"), ("roadno", "44号")),
            row("我住溪北路9号，没电", "溪北路9号", ("poi", "溪北路"), ("roadno", "9号")),
        ]
    )
    precision, recall, f1, n = scores["road"]
    assert (precision, recall, n) == (0.5, 1.0, 1)
    assert f1 == pytest.approx(2 / 3)
    assert scores["roadno"] == (1.0, 1.0, 1.0, 2)


def test_rows_without_parts_have_no_part_scores() -> None:
    assert score_parts([row("我住清河苑3号楼", "清河苑3号楼")]) == {}


def test_the_same_words_twice_are_two_places() -> None:
    parts = (("redundant", "北京"), ("city", "北京"), ("road", "溪东路"))
    assert list(spans_of(row("在北京北京溪东路", "北京北京溪东路", *parts))) == [
        ("redundant", (1, 3)),
        ("city", (3, 5)),
        ("road", (5, 8)),
    ]


def test_every_label_means_a_level_and_every_level_itself() -> None:
    assert set(PART_LABELS.values()) == set(LEVELS)
    assert all(PART_LABELS[level] == level for level in LEVELS)


def test_an_address_is_told_as_it_was_written() -> None:
    text = "我住清河苑３号楼，没电"
    found = best_in(text)
    assert found is not None
    assert text[found.start : found.end] == found.text == "清河苑３号楼"
    assert [part.text for part in found.parts] == ["清河苑", "３号楼"]
