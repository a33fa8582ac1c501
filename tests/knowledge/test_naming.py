import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.naming import LONGEST, spelled


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("门牌法", "men-pai-fa"),
        ("12345热线", "12345-re-xian"),
        ("用WiFi吗", "yong-wifi-ma"),
        ("、？", ""),
    ],
)
def test_words_are_spelled_by_their_sounds(text: str, name: str) -> None:
    assert spelled(text) == name


@given(st.text(max_size=120))
def test_any_text_gives_a_name_or_none(text: str) -> None:
    name = spelled(text)
    assert len(name) <= LONGEST
    assert not name or re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
