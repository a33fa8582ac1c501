import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.person import find_contact_name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我姓周", "周"),
        ("免贵姓吴，住3号楼", "吴"),
        ("我叫陈小满，电话13800000000", "陈小满"),
        ("联系人：何平 13800000000", "何平"),
        ("我是郑阿姨", "郑阿姨"),
        ("找刘师傅就行，13800000000", "刘师傅"),
    ],
)
def test_a_name_given_as_ones_own_is_found(said: str, name: str) -> None:
    assert find_contact_name(said) == name


@pytest.mark.parametrize("said", ["我姓什么不重要", "我叫不开门", "王府井怎么走", "找物业", ""])
def test_other_words_are_no_name(said: str) -> None:
    assert find_contact_name(said) is None


@given(st.text("我叫姓王李是找联系人女士先生，电话 免贵", max_size=20) | st.text(max_size=30))
def test_a_name_stands_in_the_text(text: str) -> None:
    name = find_contact_name(text)
    assert name is None or name in text
