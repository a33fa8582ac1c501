import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files.numbering import chinese
from knowledge.marks import Rank, mark, number


@given(st.integers(1, 9999))
def test_numbers_in_words_are_read(value: int) -> None:
    assert number(chinese(value)) == value == number(str(value))


@pytest.mark.parametrize(
    ("text", "rank", "value", "label"),
    [
        ("第三章 罚则", Rank.CHAPTER, 3, "第三章"),
        ("第十二章罚则", Rank.CHAPTER, 12, "第十二章"),
        ("第 一 节  登记", Rank.SECTION, 1, "第一节"),
        ("第二编 物权", Rank.BOOK, 2, "第二编"),
        ("第一分编　通则", Rank.SUBBOOK, 1, "第一分编"),
        ("第一百二十三条 养狗要登记。", Rank.ARTICLE, 123, "第一百二十三条"),
        ("第30条 养狗要登记。", Rank.ARTICLE, 30, "第30条"),
        ("第 三 十 条　养狗要登记。", Rank.ARTICLE, 30, "第三十条"),
        ("一、开放时间", Rank.ONE, 1, "一"),
        ("（十一）其他", Rank.BRACKETED, 11, "（十一）"),
        ("(二) 其他", Rank.BRACKETED, 2, "(二)"),
        ("附件2：", Rank.ANNEX, 0, "附件2"),
        ("附表", Rank.ANNEX, 0, "附表"),
    ],
)
def test_marks_are_known(text: str, rank: Rank, value: int, label: str) -> None:
    found = mark(text)
    assert found is not None
    assert (found.rank, found.number, found.label) == (rank, value, label)


def test_an_inserted_article_has_a_second_number() -> None:
    found = mark("第一百二十条之一 资助的，罚款。")
    assert found is not None
    assert (found.number, found.sub, found.label) == (120, 1, "第一百二十条之一")


@pytest.mark.parametrize(
    "text",
    [
        "养狗要登记。",
        "第三章规定的事项，由街道办理，不收任何费用。",
        "一天之内办完",
        "附件请到服务台领取",
        "",
    ],
)
def test_a_sentence_is_no_mark(text: str) -> None:
    assert mark(text) is None


@given(st.text(max_size=80))
def test_a_mark_takes_up_no_more_than_the_text(text: str) -> None:
    found = mark(text)
    assert found is None or 0 < found.length <= len(text)
