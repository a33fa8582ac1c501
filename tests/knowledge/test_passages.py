import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files.block import Block
from knowledge.files.numbering import chinese
from knowledge.passages import LONGEST, Passage, cut
from tests.knowledge.documents import NOTICE, RULES, blocks

LONG = "街道可以帮忙，" * 30 + "但要先登记。"


def written(passages: tuple[Passage, ...]) -> str:
    """Everything in the passages as it stood."""
    parts = []
    for passage in passages:
        label = passage.label if passage.number and passage.begins else ""
        parts += [*passage.opening, label, passage.text]
    return bare("".join(parts))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_an_article_is_a_passage_under_its_headings() -> None:
    passages = cut(blocks(RULES)[2:])
    assert [p.label for p in passages] == [f"第{n}条" for n in "一二三四五"]
    third = passages[2]
    assert third.path == ("第二章 登记",)
    assert third.opening == ("第二章 登记",)
    assert (
        third.text == "有下列情形之一的，应当登记：\n（一）新养的；\n（二）搬来的。\n登记不收费。"
    )
    assert passages[3].opening == ()


def test_a_notice_is_cut_at_its_numbered_headings() -> None:
    passages = cut(blocks(NOTICE)[3:])
    assert [(p.path, p.place) for p in passages] == [
        ((), ""),
        (("一、开放时间",), "一、（一）"),
        (("一、开放时间",), "一、（二）"),
        (("二、预约办法",), "二、"),
    ]
    assert "周末上午九点开门" in written(passages)


def test_a_long_article_is_cut_between_its_paragraphs_and_says_which() -> None:
    text = f"第七条 {LONG}\n{LONG}\n{LONG}"
    passages = cut(blocks(text))
    assert [p.place for p in passages] == ["第七条第一款", "第七条第二款", "第七条第三款"]
    assert [p.begins for p in passages] == [True, False, False]


def test_items_keep_the_words_they_depend_on() -> None:
    items = "\n".join(f"（{n}）{'不得在楼道里堆放各种杂物和易燃物品' * 5}；" for n in "一二三四五")
    passages = cut(blocks(f"第七条 有下列行为之一的，责令改正：\n{items}\n不改的，罚款。"))
    assert passages[1].place.startswith("第七条第一款第（四）项至第二款")
    assert passages[1].lead == "有下列行为之一的，责令改正："
    assert passages[0].lead == ""


def test_an_overlong_sentence_is_cut_all_the_same() -> None:
    passages = cut([Block("第一条 " + "甲" * 2000)])
    assert all(len(p.text) <= LONGEST for p in passages)
    assert "".join(p.text for p in passages) == "甲" * 2000


def test_a_reference_to_an_article_at_the_beginning_of_a_line_is_text() -> None:
    passages = cut(
        blocks(
            "第一条 甲。\n第九条规定的事项，另行通知。\n第二条 乙。\n第一条第二款所称的人，是居民。"
        )
    )
    assert [p.label for p in passages] == ["第一条", "第二条"]
    assert "第九条规定的事项" in passages[0].text


def test_articles_of_an_annex_begin_anew() -> None:
    passages = cut(blocks("第一条 甲。\n第二条 乙。\n附件1\n登记办法\n第一条 丙。"))
    assert [p.label for p in passages] == ["第一条", "第二条", "", "第一条"]
    assert passages[3].path == ("附件1",)


def test_pages_are_kept() -> None:
    passages = cut([Block("第一条 甲。", page=1), Block("第二条 乙。", page=2)])
    assert [p.page for p in passages] == [1, 2]


@pytest.mark.parametrize("text", ["第一章 总则", "附件：", "一、"])
def test_a_heading_without_a_text_is_not_lost(text: str) -> None:
    assert bare(text) in written(cut(blocks(text)))


LINES = st.one_of(
    st.integers(1, 130).map(lambda n: f"第{chinese(n)}条 本街道的居民可以办理。"),
    st.integers(1, 20).map(lambda n: f"第{chinese(n)}章 杂项"),
    st.integers(1, 12).map(lambda n: f"{chinese(n)}、办理"),
    st.integers(1, 12).map(lambda n: f"（{chinese(n)}）身份证；"),
    st.text(alphabet="第一二三十条章节、（）。，；：附件甲乙 \u3000", min_size=1, max_size=60),
    st.integers(1, 900).map(lambda n: "甲乙，丙。丁" * (n // 4 + 1)),
    st.sampled_from(["附件", "附则", "目录", "第一条之一 甲。"]),
)


@given(
    st.lists(st.tuples(LINES, st.sampled_from([0, 0, 0, 1, 2, 3])), max_size=30),
    st.sampled_from([20, 60, 300]),
)
def test_cutting_loses_nothing_and_keeps_the_order(
    lines: list[tuple[str, int]], longest: int
) -> None:
    given_blocks = [Block(text, level) for text, level in lines]
    passages = cut(given_blocks, longest)
    assert written(passages) == bare("".join(text for text, _ in lines))


@given(st.integers(1, 160), st.integers(1, 12), st.booleans())
def test_every_article_is_found_once_and_in_order(n: int, step: int, spaced: bool) -> None:
    gap = " " if spaced else ""
    lines = []
    for number in range(1, n + 1):
        if number % step == 0:
            lines.append(f"第{chinese(number // step)}章 杂项")
        lines.append(f"第{chinese(number)}条{gap}居民应当按照第{chinese(number)}条的规定办理。")
        lines.append("（一）带身份证；")
    numbers = [int(p.number) for p in cut(blocks("\n".join(lines))) if p.begins]
    assert numbers == list(range(1, n + 1))
    assert all(b == a + 1 for a, b in pairwise(numbers))
