from dataclasses import replace
from datetime import date

import pytest

from knowledge.by_name import is_name, named
from knowledge.index import Index
from knowledge.search import Decision, Searcher, items_of
from tests.knowledge.corpus import ENTRIES, REGIONS, TODAY, encoder, searcher
from tests.knowledge.documents import document_of

TITLE = "中华人民共和国图书借阅办法"
TEXT = "第一条 图书馆每天开放。\n第二条 图书不得污损。\n第十二条 借书证不收费用。"
LAW = sorted((*document_of(TEXT, title=TITLE).entries(), *ENTRIES), key=lambda entry: entry.id)


@pytest.mark.parametrize(
    "said",
    [
        "《图书借阅办法》第三条",
        "《图书借阅办法》第十二条之一第（二）项。",
        "《办法》三、(十)",
        "《本市实施《中华人民共和国图书法》办法》第三条",
        "《办法》 第 3 条？",
    ],
)
def test_a_title_with_numbers_is_a_name(said: str) -> None:
    assert is_name(said)


@pytest.mark.parametrize(
    "said",
    [
        "《图书借阅办法》",
        "《图书借阅办法》第三条说的是啥",
        "第三条",
        "《西游记》好看",
        "",
        "《》第一条",
    ],
)
def test_other_words_are_none(said: str) -> None:
    assert not is_name(said)


@pytest.mark.parametrize("title", [TITLE, "图书借阅办法"])
@pytest.mark.parametrize("place", ["第十二条", "第12条", "第十二条。"])
def test_a_passage_is_found_however_its_law_and_number_are_written(title: str, place: str) -> None:
    [number] = named(f"《{title}》{place}", LAW)
    assert LAW[number].answer == "借书证不收费用。"


def test_of_a_law_that_is_not_there_nothing_is_found() -> None:
    assert list(named("《图书办法》第一条", LAW)) == []
    assert list(named("《图书借阅办法》第三条", LAW)) == []


def test_the_passage_that_is_named_is_the_answer_where_it_is_in_force() -> None:
    calibration = searcher().calibration
    asked = Searcher(LAW, Index.build(items_of(LAW), encoder()), encoder(), calibration)
    found = asked.find("《图书借阅办法》第二条", as_of=TODAY, regions=REGIONS)
    assert found.decision is Decision.ANSWER
    assert [hit.entry.answer for hit in found.hits] == ["图书不得污损。"]
    before = asked.find("《图书借阅办法》第二条", as_of=date(1990, 1, 1), regions=REGIONS)
    assert not before.hits
    elsewhere = [replace(entry, region="别处") if entry.quoted else entry for entry in LAW]
    asked = Searcher(elsewhere, asked.index, encoder(), calibration)
    found = asked.find("《图书借阅办法》第二条", as_of=TODAY, regions=REGIONS)
    assert not any(hit.entry.quoted for hit in found.hits)
