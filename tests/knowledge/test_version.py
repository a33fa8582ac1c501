from dataclasses import replace

import pytest

from knowledge.entry import Source, to_content
from knowledge.version import (
    STATUS_NAMES,
    TRANSITIONS,
    ReviewFault,
    Status,
    check,
    content_hash,
    content_hashes,
    person,
    same_person,
    source_key,
    title_of,
)
from tests.knowledge.corpus import ENTRIES, LIBRARY


def test_every_status_has_a_name_and_a_line_in_the_table() -> None:
    assert set(TRANSITIONS) == set(STATUS_NAMES) == set(Status)


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_only_what_the_table_allows_passes(before: Status, after: Status) -> None:
    if after in TRANSITIONS[before]:
        check(before, after, "x")
    else:
        with pytest.raises(ReviewFault, match=r"^x is .* and cannot become "):
            check(before, after, "x")


def test_nothing_is_published_that_was_not_approved() -> None:
    assert [s for s in Status if Status.PUBLISHED in TRANSITIONS[s]] == [Status.APPROVED]
    assert [s for s in Status if Status.APPROVED in TRANSITIONS[s]] == [Status.IN_REVIEW]


@pytest.mark.parametrize("name", ["", " \n", "长" * 101, "小\x00王"])
def test_a_name_is_one_line_of_at_most_a_hundred_characters(name: str) -> None:
    with pytest.raises(ReviewFault, match="is no name"):
        person(name)


def test_spaces_width_and_case_make_no_other_person() -> None:
    assert person("　小王 \n") == "小王"
    assert same_person("Wang Li", "ｗａｎｇｌｉ ")
    assert not same_person("小王", "小汪")


def test_the_hash_follows_the_content_and_not_the_order() -> None:
    assert content_hash(LIBRARY) == content_hash(to_content(LIBRARY))
    assert content_hash(LIBRARY) != content_hash(replace(LIBRARY, handler="街道"))
    assert content_hash(LIBRARY) != content_hash(replace(LIBRARY, quoted=True))
    assert content_hashes(ENTRIES) == content_hashes(ENTRIES[::-1])
    assert content_hashes(ENTRIES) != content_hashes(ENTRIES[1:])


def test_the_source_is_the_same_however_it_is_spaced_and_bracketed() -> None:
    one = source_key(to_content(LIBRARY))
    bracketed = replace(LIBRARY, source=Source("《图书借阅办法》", "第 三 条", "", "link"))
    assert source_key(to_content(bracketed)) == one
    assert source_key(to_content(replace(LIBRARY, source=Source("图书借阅办法")))) != one
    assert source_key({"title": "办法"}) == ""


def test_an_entry_is_listed_by_its_question_and_a_document_by_its_title() -> None:
    assert title_of(to_content(LIBRARY)) == LIBRARY.question
    assert title_of({"title": "办法"}) == "办法"
