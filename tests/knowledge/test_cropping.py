from dataclasses import replace

from knowledge.cropping import ENDINGS, cropped
from tests.knowledge.corpus import ENTRIES

CLAUSE = "游泳馆每天上午九点向居民开放"
ENTRY = replace(ENTRIES[0], quoted=True, answer=f"{CLAUSE}。")


def test_the_question_is_the_same_each_time() -> None:
    assert cropped(ENTRY) == cropped(ENTRY)


def test_other_passages_are_asked_otherwise() -> None:
    asked = {cropped(replace(ENTRY, id=f"law-{n}")) for n in range(20)}
    assert len(asked) > 10


def test_words_are_left_out() -> None:
    asked = [cropped(replace(ENTRY, id=f"law-{n}")) for n in range(40)]
    assert any(CLAUSE not in question for question in asked if question)
    assert any(question.endswith(ENDINGS[1:]) for question in asked)


def test_nothing_is_asked_where_no_clause_is_long_enough() -> None:
    assert cropped(replace(ENTRY, answer="略。")) == ""
