from dataclasses import replace
from datetime import date

from knowledge.differences import NAMES, differences, fields
from knowledge.document import to_content as document_content
from knowledge.entry import to_content
from knowledge.version import Kind
from tests.knowledge.corpus import POOL
from tests.knowledge.documents import document_of


def told(**changed: object) -> list[str]:
    return differences(Kind.ENTRY, to_content(POOL), to_content(replace(POOL, **changed)))  # type: ignore[arg-type]


def test_a_text_shows_what_is_gone_and_what_is_new_in_it() -> None:
    assert told(question="游泳馆几点关门？") == ["~ 标准问题  游泳馆几点[-开-]{+关+}门？"]


def test_of_several_texts_each_has_a_line() -> None:
    variants = (*POOL.variants[1:], "泳池开到几点")
    assert told(variants=variants) == ["- 别的问法  泳池什么时候开放", "+ 别的问法  泳池开到几点"]
    assert told(variants=POOL.variants[::-1]) == ["= 别的问法  换了次序"]


def test_what_was_empty_is_new_and_what_becomes_empty_is_gone() -> None:
    assert told(expires=date(2027, 1, 1)) == ["+ 到期  2027-01-01"]
    assert told(tests=()) == [f"- 测试问法  {text}" for text in POOL.tests]
    assert told() == []


def test_every_field_of_an_entry_is_shown() -> None:
    content = to_content(replace(POOL, expires=date(2027, 1, 1)))
    shown = fields(content)
    assert set(content) - {"id"} <= {f for f, name in NAMES.items() if name in shown}
    assert (shown["依据"], shown["条款"]) == ([POOL.source.title], ["第三条"])
    assert "标题" not in shown


def test_documents_are_compared_article_by_article() -> None:
    old = document_content(document_of("第一条 每天换水。\n第二条 周一停业。"))
    new = document_content(document_of("第一条 每天换水。\n第二条 周二停业。"))
    (line,) = differences(Kind.DOCUMENT, old, new)
    assert "周[-一-]{+二+}停业" in line
