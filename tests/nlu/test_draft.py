import re

import pytest

from nlu.draft import Draft


def test_a_replacement_of_the_same_length_goes_character_by_character() -> None:
    draft = Draft.of("ab cd")
    draft.sub(re.compile("cd"), str.upper)
    assert (draft.text, draft.starts, draft.ends) == ("ab CD", [0, 1, 2, 3, 4], [1, 2, 3, 4, 5])


def test_a_replacement_of_another_length_comes_from_the_whole_match() -> None:
    draft = Draft.of("aaaab")
    draft.sub(re.compile("a+"), lambda _: "a")
    assert (draft.text, draft.starts, draft.ends) == ("ab", [0, 4], [4, 5])


def test_what_is_dropped_leaves_the_rest_where_it_was() -> None:
    draft = Draft.of("abcdef")
    draft.drop([(0, 1), (3, 5)])
    assert (draft.text, draft.starts, draft.ends) == ("bcf", [1, 2, 5], [2, 3, 6])


def test_changes_add_up() -> None:
    draft = Draft.of("  xxab ")
    draft.strip()
    draft.sub(re.compile("x+"), lambda _: "")
    draft.reread("AB")
    assert (draft.text, draft.starts, draft.ends) == ("AB", [4, 5], [5, 6])


def test_a_text_of_blanks_strips_to_nothing() -> None:
    draft = Draft.of(" \n ")
    draft.strip()
    assert (draft.text, draft.starts, draft.ends) == ("", [], [])


def test_rereading_keeps_the_length() -> None:
    with pytest.raises(ValueError, match="length"):
        Draft.of("ab").reread("abc")
