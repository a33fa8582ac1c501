import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import clip, has_words, normalise, title_of

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    "a1１ＡＢ，,。!！～~ \t\n\r\u200b\u3000\u0301\ufeff\udc00\U000f0001好好", max_size=40
)


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT)
def test_normalised_text_can_be_stored_as_utf8(text: str) -> None:
    assert normalise(text).encode("utf-8").decode("utf-8") == normalise(text)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("我住３号楼Ａ座", "我住3号楼A座"),
        ("在吗？！", "在吗？！"),
        ("电话：（０１０）", "电话：（010）"),
        ("路灯\u200b坏了\ufeff", "路灯坏了"),
        ("a \t\u3000 b", "a b"),
        ("一\r\n\r\n 二", "一\n二"),
        ("救命啊啊啊啊啊啊", "救命啊啊啊"),
        ("10000000元", "10000000元"),
        ("\x00坏\x07了", "坏了"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_text_is_brought_into_one_form(said: str, expected: str) -> None:
    assert normalise(said) == expected


def test_an_unpaired_surrogate_becomes_a_question_mark() -> None:
    assert normalise("灯\ud83d坏") == "灯?坏"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("😀！？", False), ("", False), ("。。。", False), ("6", True), ("好", True)],
)
def test_emoji_and_marks_are_no_words(text: str, expected: bool) -> None:
    assert has_words(text) is expected


@given(ANY_TEXT, st.integers(1, 30))
def test_a_clipped_text_is_never_longer_than_allowed(text: str, limit: int) -> None:
    assert len(clip(text, limit)) <= limit


def test_a_cut_is_marked_and_no_comma_stands_before_the_mark() -> None:
    assert clip("楼道灯坏了，没人修", 7) == "楼道灯坏了…"


def test_the_title_is_the_first_clause_that_says_something() -> None:
    assert title_of("你好，喂，三号楼的水管爆了。快来") == "三号楼的水管爆了"


def test_a_text_without_such_a_clause_is_its_own_title() -> None:
    assert title_of("灯坏\n了") == "灯坏 了"
