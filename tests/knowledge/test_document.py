import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.document import (
    Document,
    entries_of,
    from_content,
    identify,
    in_succession,
    normal_title,
    to_content,
)
from knowledge.entry import in_force
from tests.knowledge.documents import RULES, document_of

TEXT = "第一条 活动室免费。\n第二条 本办法自{}起施行。{}"
OLD = document_of(TEXT.format("2020年3月1日", ""))
NEW = document_of(TEXT.format("2024年3月1日", ""))
OTHER = document_of(
    TEXT.format("2026年7月1日", "《云溪街道活动室管理办法》同时废止。"),
    title="云溪街道居民活动中心办法",
)


def test_a_document_survives_the_database() -> None:
    document = document_of(RULES.partition("\n")[2], title="云溪街道宠物登记办法")
    content = to_content(document)
    assert from_content(json.loads(json.dumps(content))) == document
    assert json.loads(json.dumps(content)) == content


def test_passages_are_entries_in_the_documents_words() -> None:
    document = replace(
        OLD, revision="2020年修正", number="云街〔2020〕3号", link="https://example.org"
    )
    first, second = document.entries()
    assert (first.question, first.answer) == ("《云溪街道活动室管理办法》第一条", "活动室免费。")
    assert first.quoted
    assert (first.source.article, first.source.number) == ("第一条", "云街〔2020〕3号")
    assert (first.source.revision, first.source.link) == ("2020年修正", "https://example.org")
    assert (first.id, second.id) == (f"{document.id}-1", f"{document.id}-2")
    assert (first.effective, first.region) == (date(2020, 3, 1), "云溪街道")


def test_every_passage_has_an_id_of_its_own() -> None:
    long = "活动室要爱护，" * 80
    document = document_of(f"说明文字。\n第一条 {long}。\n附件\n第一条 {long}。\n第二条 完。")
    ids = [entry.id for entry in document.entries()]
    assert len(ids) == len(set(ids)) > 4


def test_items_stand_behind_the_words_they_depend_on() -> None:
    items = "\n".join(f"（{n}）{'不得在楼道里堆放各种杂物和易燃物品' * 5}；" for n in "一二三四五")
    entries = document_of(f"第一条 有下列行为之一的，责令改正：\n{items}").entries()
    assert entries[1].answer.startswith("有下列行为之一的，责令改正：……\n（四）")


def test_a_law_has_one_name_however_it_is_written() -> None:
    names = ["中华人民共和国门牌法", "《门牌法》", "门牌法（2020年修正）", " 门 牌 法 "]
    assert {normal_title(name) for name in names} == {"门牌法"}
    assert identify(names[0], date(2020, 1, 2)) == identify(names[2], date(2020, 1, 2))
    assert identify(names[0], date(2020, 1, 2)) == "men-pai-fa-20200102"


def test_the_old_version_ends_the_day_before_the_new_one_begins() -> None:
    closed, current = in_succession([OLD, NEW])
    assert (closed.expires, current.expires) == (date(2024, 2, 29), None)


def test_a_law_that_repeals_by_name_ends_the_other() -> None:
    ends = [document.expires for document in in_succession([OTHER, NEW, OLD])]
    assert ends == [None, date(2026, 6, 30), date(2024, 2, 29)]


def test_another_region_is_left_alone() -> None:
    elsewhere = replace(OLD, id="elsewhere", region="海淀区")
    assert [d.expires for d in in_succession([elsewhere, NEW, OTHER])] == [
        None,
        date(2026, 6, 30),
        None,
    ]


def test_a_last_day_of_its_own_stays_where_it_comes_first() -> None:
    own = replace(OLD, expires=date(2022, 1, 1))
    assert in_succession([own, NEW])[0].expires == date(2022, 1, 1)
    later = replace(OLD, expires=date(2030, 1, 1))
    assert in_succession([later, NEW])[0].expires == date(2024, 2, 29)


def test_neither_order_nor_asking_twice_makes_a_difference() -> None:
    expected = {d.id: d.expires for d in in_succession([OLD, NEW, OTHER])}
    for order in permutations([OLD, NEW, OTHER]):
        once = in_succession(order)
        assert {d.id: d.expires for d in once} == expected
        assert in_succession(once) == once


def versions(starts: list[int]) -> list[Document]:
    first = date(2020, 1, 1)
    return [
        replace(OLD, id=f"v{n}", effective=first + timedelta(days=start))
        for n, start in enumerate(sorted(set(starts)))
    ]


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=6), st.integers(-10, 3500), st.randoms())
def test_on_any_day_at_most_one_version_is_in_force(
    starts: list[int], day: int, random: st.DrawFn
) -> None:
    documents = versions(starts)
    as_of = date(2020, 1, 1) + timedelta(days=day)
    random.shuffle(documents)  # type: ignore[attr-defined]
    entries = entries_of(map(to_content, documents))
    shown = {e.id.partition("-")[0] for e in entries if in_force(e, as_of, ["云溪街道"])}
    begun = [d for d in documents if d.effective <= as_of]
    latest = {max(begun, key=lambda d: d.effective).id} if begun else set()
    assert shown == latest
