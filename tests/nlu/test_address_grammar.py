import re

import pytest

from nlu.address_divisions import divisions
from nlu.address_grammar import Grammar, clauses, in_characters, kept_apart
from nlu.address_tagger import EXTRA, LEVELS

EXAMPLES = ["灯坏了，没人管", "什么时候开门"]


@pytest.fixture
def grammar() -> Grammar:
    return Grammar(EXAMPLES, seed=3)


def test_the_same_seed_makes_the_same_sentences() -> None:
    one, other = Grammar(EXAMPLES, 5), Grammar(EXAMPLES, 5)
    assert [one.sentence() for _ in range(50)] == [other.sentence() for _ in range(50)]


def test_every_level_is_made_and_nothing_stands_for_itself(grammar: Grammar) -> None:
    made = [piece for _ in range(1500) for piece in grammar.sentence()]
    assert {label for label, _ in made} == {*LEVELS, EXTRA, None}
    assert not [text for _, text in made if re.search(r"[<>?]", text)]


def test_every_word_and_rule_that_is_named_is_there(grammar: Grammar) -> None:
    named = {
        part.name
        for _, productions in grammar.rules.values()
        for production in productions
        for part in production
        if not isinstance(part, str)
    }
    for name in named:
        assert name in grammar.rules or grammar.terminal(name) is not None


def test_divisions_of_an_address_belong_together(grammar: Grammar) -> None:
    known = {(d.province, d.city, d.district) for d in divisions()}
    for _ in range(300):
        address = dict(reversed(grammar.expand("address")))
        full = tuple(address.get(level, "") for level in ("province", "city", "district"))
        if full[0].endswith("省") and full[1].endswith("市") and full[2].endswith(("区", "县")):
            assert full in known or any("某" in name or name[0].isascii() for name in full)


def test_numbers_do_not_run_into_one_another() -> None:
    assert kept_apart([("number", "12"), ("building", "3栋")]) == [
        ("number", "12"),
        (EXTRA, "-"),
        ("building", "3栋"),
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [(3, "三"), (10, "十"), (12, "十二"), (30, "三十"), (45, "四十五"), (302, "三零二")],
)
def test_numbers_are_said_as_on_a_door(value: int, said: str) -> None:
    assert in_characters(value) == said


def test_messages_are_cut_at_marks() -> None:
    assert clauses(["灯坏了，没人管！哦"]) == ["灯坏了", "没人管"]
