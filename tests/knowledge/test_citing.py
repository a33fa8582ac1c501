from dataclasses import replace

from knowledge.citing import cited, places_of, resting
from knowledge.entry import Source
from tests.knowledge.corpus import LIBRARY, POOL
from tests.knowledge.documents import document_of

LAW = list(
    document_of(
        "第一条 图书馆每天开放。\n第二条 图书不得污损。\n第三条 借书证不收费用。",
        title="中华人民共和国图书借阅办法",
    ).entries()
)


def test_the_articles_of_a_source_are_told_apart() -> None:
    source = Source("《中华人民共和国图书借阅法》", "第三条、第 12 条之一、第三条第二款")
    assert places_of(source) == (("图书借阅法", 3, ""), ("图书借阅法", 12, "一"))


def test_a_source_that_names_no_article_rests_on_nothing() -> None:
    assert places_of(Source("图书借阅法", "全文")) == ()


def test_an_entry_rests_on_the_articles_it_names() -> None:
    entries = [*LAW, LIBRARY]
    assert cited(entries) == {3: frozenset({2})}
    both = replace(LIBRARY, source=replace(LIBRARY.source, article="第一条、第三条"))
    assert cited([*LAW, both]) == {3: frozenset({0, 2})}


def test_another_law_another_version_or_no_such_article_is_not_rested_on() -> None:
    for source in (
        Source("游泳馆办法", "第三条"),
        Source("图书借阅办法（2025年修订）", "第三条"),
        Source("图书借阅办法", "第九条"),
    ):
        assert cited([*LAW, replace(POOL, source=source)]) == {}


def test_every_piece_of_an_article_counts() -> None:
    pieces = [replace(LAW[2], id=f"{LAW[2].id}.{n}") for n in (2, 3)]
    pieces[1] = replace(
        pieces[1], source=replace(pieces[1].source, article="第三条第二款第（一）项")
    )
    assert cited([LIBRARY, *pieces]) == {0: frozenset({1, 2})}


def test_of_a_few_entries_it_is_told_which_rests_on_which() -> None:
    assert resting([LAW[2], LIBRARY, LAW[0]]).tolist() == [
        [False] * 3,
        [True, False, False],
        [False] * 3,
    ]
    assert resting([]).shape == (0, 0)
