import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.script import simplified


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("社區裡的電梯壞了", "社区里的电梯坏了"),
        ("頭髮和發票", "头发和发票"),
        ("乾隆年間著名的瞭望臺", "乾隆年间著名的瞭望台"),
        ("巿政道路", "市政道路"),
        ("no 漢字 1", "no 汉字 1"),
        ("", ""),
    ],
)
def test_traditional_characters_are_read_as_simplified(written: str, read: str) -> None:
    assert simplified(written) == read


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_the_length_stays(text: str) -> None:
    assert len(simplified(text)) == len(text)
