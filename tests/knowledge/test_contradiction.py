from dataclasses import replace
from datetime import date

import pytest

from knowledge.contradiction import Statement, differing, in_force_together
from tests.knowledge.corpus import POOL


def written(one: str, other: str, question: str = POOL.question) -> list[tuple[str, str]]:
    """The figures in which two answers differ; the second to another question by default."""
    ours = Statement(replace(POOL, answer=one))
    theirs = Statement(replace(POOL, question=question, answer=other))
    return [(a.written, b.written) for a, b in differing(ours, theirs)]


@pytest.mark.parametrize(
    ("one", "other", "pair"),
    [
        ("收到材料后15个工作日办结", "收到材料以后20个工作日办结", ("15个工作日", "20个工作日")),
        ("办证收工本费20元", "办证不收别的，只收工本费三十元", ("20元", "三十元")),
        ("年满60周岁的老人免费游泳", "老人免费游泳的年龄是65岁", ("60周岁", "65岁")),
        ("周末上午九点开门", "周末开门是上午10点", ("上午九点", "上午10点")),
        ("咨询打12345", "咨询打12329", ("12345", "12329")),
        ("押金按百分之二十交", "押金按30%交", ("百分之二十", "30%")),
    ],
)
def test_other_figures_for_the_same_thing_are_found(
    one: str, other: str, pair: tuple[str, str]
) -> None:
    assert written(one, other, "办游泳卡要带什么？") == [pair]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一周内退还押金", "押金在7天内退还"),
        ("罚款1.5万元", "罚款一万五千元"),
        ("下午5点关门", "17:00关门"),
        ("受理以后15天内审核", "家长要提前3天预约换水"),
        ("15个工作日办结", "公示20天"),
        ("个人罚200元以上500元以下", "个人罚200元到五百元"),
    ],
)
def test_the_same_said_otherwise_and_other_things_are_no_contradiction(
    one: str, other: str
) -> None:
    assert written(one, other, "办游泳卡要带什么？") == []


def test_lone_figures_on_the_same_question_need_no_words_in_common() -> None:
    assert written("交齐后十天", "一般要20天") == [("十天", "20天")]
    assert written("交齐后十天", "一般要20天", "办游泳卡要带什么？") == []


def test_answers_that_are_never_in_force_together_may_differ() -> None:
    old = replace(POOL, expires=date(2025, 12, 31))
    new = replace(POOL, effective=date(2026, 1, 1))
    assert not in_force_together(old, new)
    assert not in_force_together(new, old)
    assert in_force_together(POOL, new)
    assert in_force_together(old, replace(new, effective=date(2025, 12, 31)))
