import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.word_signs import CLOSE, FAR, NEAR, find, mark, sign, spelled, vocabulary

WORDS = {
    "child": "孩子 娃{,儿}",
    "fall": "{掉,落}{进,到}",
    "water": "河 井 水",
    "toy": "玩具",
    "shield": "水费",
}
NOTHING = re.compile(r"(?!)")


def found(line: str, text: str, allowed: int = -1) -> str | None:
    each = sign(line)
    marks = mark(text, vocabulary(WORDS, [each]), denied=re.compile("没"), noun=re.compile("的事"))
    span = find(each, marks, allowed)
    return text[slice(*span)] if span else None


def test_braces_spell_every_choice_and_names_every_word_of_a_class() -> None:
    assert set(spelled("{掉,落}{进,}河", WORDS)) == {"掉进河", "掉河", "落进河", "落河"}
    assert list(spelled("@child 人", WORDS)) == ["孩子", "娃", "娃儿", "人"]


@pytest.mark.parametrize("notation", ["{掉,落", "掉}", "@nobody"])
def test_a_fault_in_the_notation_is_named(notation: str) -> None:
    with pytest.raises(ValueError, match=r"brace|no class"):
        list(spelled(notation, WORDS))


def test_a_sign_without_a_step_or_of_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="no step"):
        sign("-child")
    with pytest.raises(ValueError, match="no class"):
        vocabulary(WORDS, [sign("nobody")])


@pytest.mark.parametrize(
    ("between", "limit"), [("", CLOSE), ("..", NEAR), ("...", FAR)], ids=["close", "near", "far"]
)
def test_the_next_word_stands_at_most_so_far_behind(between: str, limit: int) -> None:
    line = f"child {between} 掉进"
    assert found(line, "孩子" + "啊" * limit + "掉进") == "掉进"
    assert found(line, "孩子" + "啊" * (limit + 1) + "掉进") is None


def test_only_far_steps_cross_a_comma_and_none_crosses_a_full_stop() -> None:
    assert found("child .. fall", "孩子，掉进去") is None
    assert found("child ... fall", "孩子，掉进去") == "掉进"
    assert found("child ... fall", "孩子。掉进去") is None


def test_the_order_of_the_steps_counts() -> None:
    assert found("child .. fall .. water", "孩子掉进河") == "河"
    assert found("child .. fall .. water", "河里孩子掉进") is None


def test_a_barrier_between_two_steps_parts_them() -> None:
    assert found("child .. !toy fall", "孩子玩具掉进河") is None
    assert found("child .. !toy fall", "玩具和孩子掉进河") == "掉进"


def test_words_beside_are_asked_for_and_others_kept_out_in_the_sentence() -> None:
    assert found("fall +child", "掉进河了，是孩子") == "掉进"
    assert found("fall +child", "掉进河了。是孩子") is None
    assert found("fall -toy", "玩具掉进河") is None
    assert found("fall -toy", "掉进河。玩具没事") == "掉进"


def test_a_word_denied_or_made_a_noun_does_not_count() -> None:
    assert found("child .. fall", "孩子没掉进河") is None
    assert found("child .. fall", "孩子掉进的事") is None
    assert found("fall .. water", "掉进河的事") is None


def test_a_part_of_a_shielded_word_is_no_word() -> None:
    assert found("child .. water", "孩子交水费") is None
    assert found("child .. water", "孩子在水里") == "水"


def test_the_last_word_begins_where_it_is_allowed() -> None:
    assert found("child .. water", "孩子水，孩子井", allowed=1 << 6) == "井"


@given(st.text(alphabet="孩子娃儿掉落进到河井水费玩具没的事，。 啊", max_size=80))
def test_a_find_is_a_word_of_the_last_step_within_the_text(text: str) -> None:
    last = set(spelled("@water", WORDS))
    word = found("child .. fall ... water", text)
    assert word is None or word in last


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_said_after_a_full_stop_changes_no_find_before_it(before: str, after: str) -> None:
    first = found("child ... fall", f"孩子掉进河{before}。")
    assert first == "掉进"
    assert found("child ... fall", f"孩子掉进河。{before}。{after}") == "掉进"
