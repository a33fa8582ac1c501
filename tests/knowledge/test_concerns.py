from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from knowledge import concerns as module
from knowledge.concerns import concerns
from knowledge.entry import Entry, Source
from knowledge.review import archive
from knowledge.version import Kind
from tests.knowledge.corpus import LIBRARY, POOL
from tests.knowledge.editing import NOW, WANG, draft, empty_database, put

CARDS = replace(
    LIBRARY,
    id="reading-card",
    question="阅览证在哪里领？",
    variants=("领阅览证", "阅览室要证吗"),
    answer="带身份证到云溪图书馆二层领，要交工本费10元。",
)
CHARGED = replace(
    CARDS, id="card-fee", question="补证收多少钱？", variants=(), answer="工本费20元。"
)


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def told(session: Session, *entries: Entry) -> dict[str, list[str]]:
    return concerns(session, {entry.id: entry for entry in entries})


def test_nothing_is_said_of_entries_that_have_nothing_in_common(session: Session) -> None:
    put(session, LIBRARY)
    other = replace(POOL, source=Source("泳池管理办法"))
    assert told(session, other) == {}
    assert told(session) == {}


def test_a_question_asked_already_is_told_with_its_id_and_how_alike(session: Session) -> None:
    put(session, LIBRARY)
    again = replace(
        POOL, id="new", question="图书馆的借书证要怎么办", source=Source("泳池管理办法")
    )
    (line,) = told(session, again)["new"]
    assert line.startswith("和 library-card“图书馆的借书证怎么办？”问得很像（")


def test_a_wording_that_another_entry_has_is_told(session: Session) -> None:
    put(session, LIBRARY)
    other = replace(POOL, id="new", variants=("借书要办什么证！",), source=Source("泳池管理办法"))
    assert told(session, other) == {"new": ["问法“借书要办什么证！”在 library-card 里已经有了"]}


def test_other_figures_on_the_same_article_are_told(session: Session) -> None:
    put(session, CARDS)
    assert told(session, CHARGED)["card-fee"] == [
        "和 reading-card“阅览证在哪里领？”同据《图书借阅办法第三条》，"
        "数字不同：这里是“20元”，那里是“10元”"
    ]
    assert told(session, replace(CHARGED, source=Source("图书借阅办法", "第四条"))) == {}


def test_other_days_in_force_on_the_same_article_are_told(session: Session) -> None:
    put(session, CARDS)
    later = replace(
        CHARGED, answer="不收费。", effective=date(2025, 1, 1), expires=date(2027, 1, 1)
    )
    assert told(session, later)["card-fee"] == [
        "和 reading-card“阅览证在哪里领？”同据《图书借阅办法第三条》，起止日期不同："
        "这里2025-01-01起到2027-01-01，那里2024-01-01起"
    ]


def test_what_was_closed_before_and_what_is_archived_contradict_nobody(session: Session) -> None:
    put(session, replace(CARDS, expires=date(2024, 12, 31)))
    assert told(session, replace(CHARGED, effective=date(2025, 1, 1))) == {}
    draft(session, CARDS)
    assert told(session, CHARGED) != {}
    archive(session, Kind.ENTRY, [CARDS.id], WANG, NOW)
    assert told(session, CHARGED) == {}


def test_a_new_version_is_not_compared_with_the_one_before(session: Session) -> None:
    put(session, CARDS)
    assert told(session, replace(CARDS, answer="带身份证领，工本费30元。")) == {}


def test_those_saved_together_are_compared_with_one_another(session: Session) -> None:
    assert set(told(session, CARDS, CHARGED)) == {"reading-card", "card-fee"}


def test_a_large_knowledge_base_is_not_read_whole(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, LIBRARY)
    other = replace(POOL, id="new", variants=("借书要办什么证",), source=Source("泳池管理办法"))
    monkeypatch.setattr(module, "LARGE", 0)
    assert told(session, other) == {}


def test_no_entry_gets_more_than_a_few_lines_of_a_sort(session: Session) -> None:
    put(session, *(replace(CARDS, id=f"card-{n}") for n in range(10)))
    lines = told(session, replace(CARDS, id="new", answer="工本费20元。"))["new"]
    assert len([line for line in lines if "问得很像" in line]) == module.TOLD
    assert len([line for line in lines if "数字不同" in line]) == module.TOLD
