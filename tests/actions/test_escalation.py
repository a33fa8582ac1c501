from pathlib import Path

import pytest

from actions.catalogue import FLOWS
from actions.escalation import (
    ASKS_FOR_PERSON,
    BadPersonRules,
    escalated,
    fits,
    load_person_rules,
)
from actions.policy import answer_policy
from actions.reply import Reply, Signal
from actions.talk import answering_or_saying, ask_human, fall_back
from actions.turn import Outcome, PersonRule
from tests.actions.stage import Stage

INTENTS = {"report_violation", "complain_about_service", "thanks"}
CATEGORIES = {"纪检监察", "城乡建设"}


def signals(outcome: Outcome) -> list[Signal | None]:
    return [reply.signal for reply in outcome.replies]


def test_the_wish_for_a_person_is_signalled_also_in_a_report(stage: Stage) -> None:
    assert signals(stage.play(ask_human, stage.said("转人工"))) == [Signal.PERSON]
    stage.in_report = True
    assert signals(stage.play(ask_human, stage.said("转人工"))) == [Signal.PERSON]


def test_what_is_not_understood_or_not_known_is_signalled(stage: Stage) -> None:
    assert signals(stage.play(fall_back, stage.said("阿巴阿巴"))) == [Signal.MISSED]
    turn = stage.said("火星上怎么办社保", "ask_policy")
    assert signals(stage.play(answer_policy, turn)) == [Signal.MISSED]


def test_an_answer_signals_nothing_until_it_was_of_no_use(stage: Stage) -> None:
    asked = stage.said("借书证怎么办", "ask_policy")
    assert signals(stage.play(answer_policy, asked)) == [None]
    refused = stage.said("没解决", "deny")
    assert signals(stage.play(FLOWS["action_take_up_offer"], refused)) == [Signal.UNSOLVED]


def test_what_is_not_ours_is_signalled_and_small_talk_is_not(stage: Stage) -> None:
    turn = stage.said("放首歌", "out_of_scope")
    assert signals(stage.play(answering_or_saying("out_of_scope"), turn)) == [Signal.NOT_OURS]
    turn = stage.said("吃了吗", "small_talk")
    assert signals(stage.play(answering_or_saying("small_talk"), turn)) == [None]


def test_a_signal_comes_through_rasa_and_nothing_is_said_of_none() -> None:
    assert "signal" not in Reply("好").to_json()
    said = Reply("好", signal=Signal.MISSED)
    assert Reply.from_json(said.to_json()) == said


@pytest.mark.parametrize(
    "text", ["转人工", "人工客服", "我要找真人", "能转人工吗？", "给我接人工吧"]
)
def test_a_bare_wish_for_a_person_is_known_without_a_model(text: str) -> None:
    assert ASKS_FOR_PERSON.fullmatch(text)


@pytest.mark.parametrize("text", ["人工湖的水臭了", "客服电话打不通", "工作人员态度差", "人"])
def test_other_words_are_no_such_wish(text: str) -> None:
    assert not ASKS_FOR_PERSON.fullmatch(text)


@pytest.mark.parametrize(
    ("rule", "fitting"),
    [
        (PersonRule(words=("收礼", "记者")), True),
        (PersonRule(words=("记者",)), False),
        (PersonRule(intents=("report_violation",)), True),
        (PersonRule(intents=("thanks",)), False),
        (PersonRule(categories=("纪检监察",)), True),
        (
            PersonRule(words=("收礼",), intents=("report_violation",), categories=("纪检监察",)),
            True,
        ),
        (PersonRule(words=("收礼",), intents=("thanks",)), False),
    ],
)
def test_every_part_that_a_rule_names_must_fit(
    stage: Stage, rule: PersonRule, fitting: bool
) -> None:
    turn = stage.said("村主任收礼", "report_violation", category="纪检监察")
    assert fits(rule, turn) is fitting
    replies = escalated(Outcome((Reply("记下了"),)), turn, [rule]).replies
    assert replies[0].signal is (Signal.RULE if fitting else None)


def test_a_guess_is_not_enough_for_a_rule(stage: Stage) -> None:
    rule = PersonRule(intents=("report_violation",))
    assert not fits(rule, stage.said("村主任收礼", "report_violation", 0.4))


def test_a_category_counts_only_for_what_is_reported(stage: Stage) -> None:
    rule = PersonRule(categories=("纪检监察",))
    assert not fits(rule, stage.said("谢谢", "thanks", category="纪检监察"))


def test_what_is_urgent_is_not_held_up_by_a_rule(stage: Stage) -> None:
    outcome = Outcome((Reply("请打119", urgent=True),))
    assert escalated(outcome, stage.said("记者"), [PersonRule(words=("记者",))]) == outcome


def read(path: Path, text: str) -> tuple[PersonRule, ...]:
    path.write_text(text, encoding="utf-8")
    return load_person_rules(path, intents=INTENTS, categories=CATEGORIES)


def test_rules_are_read(tmp_path: Path) -> None:
    text = "- words: [记者, 曝光]\n- intents: [report_violation]\n  categories: [纪检监察]\n"
    assert read(tmp_path / "rules.yml", text) == (
        PersonRule(words=("记者", "曝光")),
        PersonRule(intents=("report_violation",), categories=("纪检监察",)),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("words: [记者]", "must be a list of rules"),
        ("- [记者]", "rule 1: must name some of words, intents, categories"),
        ("- {}", "rule 1: must name"),
        ("- word: [记者]", "rule 1: must name"),
        ("- words: [记者]\n- words: 曝光", "rule 2: words: must be a list of texts"),
        ("- words: []", "rule 1: words: must be"),
        ("- words: [' ']", "rule 1: words: must be"),
        ("- intents: [bribe]", "rule 1: intents: “bribe” is not known"),
        ("- categories: [贪腐]", "rule 1: categories: “贪腐” is not known"),
        ("- words: [", "is not YAML"),
    ],
)
def test_a_bad_rule_is_told_with_file_and_place(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(BadPersonRules, match=r"rules\.yml") as told:
        read(tmp_path / "rules.yml", text)
    assert fault in str(told.value)
