from hypothesis import given
from hypothesis import strategies as st

from bot.commands.table import flat, table, width


def test_columns_stand_under_each_other_in_chinese_and_english() -> None:
    assert table(("单号", "n"), [("路灯坏了", "1"), ("ab", "12")]) == (
        "单号      n\n路灯坏了  1\nab        12"
    )


def test_a_table_without_rows_is_its_heading() -> None:
    assert table(("a", "b"), []) == "a  b"


@given(st.lists(st.tuples(st.text(), st.just("|")), min_size=1))
def test_every_row_is_one_line_and_its_last_column_begins_in_the_same_place(
    rows: list[tuple[str, str]],
) -> None:
    lines = table(("", "|"), rows).split("\n")
    assert len(lines) == len(rows) + 1
    assert len({width(line.removesuffix("|")) for line in lines}) == 1


def test_nothing_in_a_cell_moves_the_cursor() -> None:
    assert flat("a\x1b[2J\r\nb") == "a [2J  b"
