from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.likelihood import likelihood


@pytest.mark.parametrize(
    ("run", "words"),
    [("物业不管", ["物业", "不管"]), ("居住证", ["居住证"]), ("灯", ["灯"]), ("", [])],
)
def test_a_run_is_cut_into_its_likeliest_words(run: str, words: list[str]) -> None:
    assert likelihood().cut(run)[0] == words


@given(st.text("物业居住证的了号楼好0灯坏\U00020000", max_size=30))
def test_the_words_of_a_run_are_the_run(run: str) -> None:
    words, cost = likelihood().cut(run)
    assert "".join(words) == run
    assert cost >= 0


def test_what_is_no_word_costs_more_than_any_word() -> None:
    costs = likelihood().costs
    assert costs["物叶"] == inf
    assert costs["的"] < costs["物业"] < inf


def test_a_word_is_cheaper_after_one_that_it_often_follows() -> None:
    likely = likelihood()
    assert likely.after("物业", "不管") < likely.after("蝴蝶", "不管")
    assert likely.of_chain(["物业", "不管"]) == likely.after("物业", "不管")


def test_a_rare_character_is_an_unlikely_one_of_its_syllable() -> None:
    assert likelihood().rarity("澜") > likelihood().rarity("蓝") > 0
