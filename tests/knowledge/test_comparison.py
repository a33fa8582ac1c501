import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.comparison import Change, compare, wording
from knowledge.passages import Passage

ROOM, PARK, BIKE = (
    "活动室每天早上八点开门。",
    "汽车停在北门，不收费。",
    "自行车停在棚子里，要上锁。",
)


def law(*texts: str) -> list[Passage]:
    return [Passage((), f"第{n}条", text, number=str(n)) for n, text in enumerate(texts, 1)]


def changes(old: list[Passage], new: list[Passage]) -> list[str]:
    return [str(difference) for difference in compare(old, new)]


def test_the_same_text_has_no_differences() -> None:
    assert compare(law(ROOM, PARK), law(ROOM, PARK)) == []


def test_what_is_worded_otherwise_is_shown_in_its_place() -> None:
    later = ROOM.replace("八点", "九点")
    assert changes(law(ROOM, PARK), law(later, PARK)) == [
        "~ 第1条  活动室每天早上[-八-]{+九+}点开门。"
    ]


def test_an_article_put_in_moves_the_others() -> None:
    assert changes(law(ROOM, PARK), law(ROOM, BIKE, PARK)) == [
        f"+ 第2条  {BIKE}",
        "= 第2条 → 第3条",
    ]


def test_an_article_that_is_gone_is_shown_where_it_stood() -> None:
    assert changes(law(ROOM, BIKE, PARK), law(ROOM, PARK)) == [
        f"- 第2条  {BIKE}",
        "= 第3条 → 第2条",
    ]


def test_an_article_may_move_and_change() -> None:
    found = changes(law(ROOM, PARK), law(BIKE, PARK.replace("北", "南"), ROOM))
    assert "~ 第2条  汽车停在[-北-]{+南+}门，不收费。" in found
    assert "= 第1条 → 第3条" in found


def test_very_many_articles_are_compared_number_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.comparison.PAIRS", 3)
    later = [text.replace("门", "厅") for text in (ROOM, PARK)]
    assert [d.change for d in compare(law(ROOM, PARK), law(*later))] == [Change.CHANGED] * 2


def test_pieces_of_an_article_are_compared_as_one() -> None:
    whole = law(ROOM + PARK)
    cut = [
        Passage((), "第1条", ROOM, number="1"),
        Passage((), "第1条", PARK, number="1", begins=False),
    ]
    assert compare(whole, cut) == []


@given(st.text(alphabet="甲乙丙丁[]-{}+", max_size=60), st.text(alphabet="甲乙丙丁[]", max_size=60))
def test_both_wordings_can_be_read_out_of_the_marks(old: str, new: str) -> None:
    plain = all(mark not in old + new for mark in "[]{}")
    shown = wording(old, new)
    if plain:
        import re

        assert re.sub(r"\{\+.*?\+\}|\[-|-\]", "", shown) == old or "+" in old or "-" in old
        assert re.sub(r"\[-.*?-\]|\{\+|\+\}", "", shown) == new


TEXTS = st.lists(st.text(alphabet="停车免费登记活动室开门。", min_size=1, max_size=12), max_size=8)


@given(TEXTS, TEXTS)
def test_every_article_is_accounted_for_once(old: list[str], new: list[str]) -> None:
    found = compare(law(*old), law(*new))
    added = sum(d.change is Change.ADDED for d in found)
    removed = sum(d.change is Change.REMOVED for d in found)
    assert len(new) - added == len(old) - removed
    assert {d.new for d in found if d.new} <= {*new}
    assert {d.old for d in found if d.old} <= {*old}
