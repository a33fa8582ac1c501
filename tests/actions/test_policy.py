from dataclasses import replace

import pytest

from actions.offer import OfferKind
from actions.policy import answer_if_sure, answer_policy
from knowledge.search import Decision
from tests.actions.stage import MORNING, Stage, buttons, searcher
from tests.knowledge.corpus import LIBRARY, REGIONS
from tests.knowledge.corpus import searcher as searcher_of

NEAR = "办证"
UNKNOWN = "公积金怎么提取"


@pytest.fixture(autouse=True)
def _the_small_knowledge_decides_as_these_tests_need() -> None:
    day = MORNING.date()
    for query, decision in ((NEAR, Decision.ASK_WHICH), (UNKNOWN, Decision.UNKNOWN)):
        assert searcher().find(query, as_of=day, regions=REGIONS).decision is decision


def test_an_answer_names_its_source_and_date_and_asks_whether_it_helped(stage: Stage) -> None:
    (reply,) = stage.play(answer_policy, stage.said("借书证怎么办", "ask_policy")).replies
    assert "《图书借阅办法》第三条" in reply.text
    assert "自2024年1月1日起施行" in reply.text
    (citation,) = reply.citations
    assert (citation.title, citation.article) == ("图书借阅办法", "第三条")
    assert citation.effective == "2024-01-01"
    assert buttons(reply) == ["有帮助", "没解决"]


def test_between_near_ones_the_question_is_which_was_meant(stage: Stage) -> None:
    (reply,) = stage.play(answer_policy, stage.said(NEAR, "ask_policy")).replies
    assert LIBRARY.question in buttons(reply)
    assert buttons(reply)[-1] == "都不是"
    offer = stage.offer()
    assert offer is not None
    assert offer.kind is OfferKind.WHICH


def test_what_is_not_known_is_said_and_offered_as_a_ticket(stage: Stage) -> None:
    (reply,) = stage.play(answer_policy, stage.said(UNKNOWN, "ask_policy")).replies
    assert "没有经过审核的答案" in reply.text
    assert "登记工单" in buttons(reply)
    assert not reply.citations


@pytest.mark.parametrize("question", ["借书证怎么办", NEAR, UNKNOWN])
def test_in_a_report_an_answer_leaves_no_offer_and_no_button_that_leads_away(
    stage: Stage, question: str
) -> None:
    stage.in_report = True
    (reply,) = stage.play(answer_policy, stage.said(question, "ask_policy")).replies
    assert stage.offer() is None
    assert not {"有帮助", "没解决", "登记工单", "都不是"} & set(buttons(reply))


def test_only_a_sure_answer_is_given_unasked(stage: Stage) -> None:
    assert answer_if_sure(stage.said("借书证怎么办"), stage.means) is not None
    assert answer_if_sure(stage.said(NEAR), stage.means) is None
    assert answer_if_sure(stage.said(UNKNOWN), stage.means) is None


def test_the_day_is_that_of_shanghai(stage: Stage) -> None:
    begins = replace(LIBRARY, effective=MORNING.date())
    tomorrow = replace(stage.means, searcher=lambda: searcher_of([begins]))
    stage.now = MORNING.replace(hour=0, minute=30)  # still the day before in UTC
    assert answer_policy(stage.said("借书证怎么办"), tomorrow).replies[0].citations
    stage.now = MORNING.replace(day=22, hour=23, minute=30)
    assert not answer_policy(stage.said("借书证怎么办"), tomorrow).replies[0].citations
