from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.offer import OfferKind
from actions.policy import answer_with
from actions.quoting import LEAST, SCREEN, beginning, citation, label, named, quoted
from actions.take_up import take_up
from actions.wording import load_wording
from knowledge.entry import Source
from tests.actions.stage import FACTS, Stage, buttons
from tests.knowledge.corpus import LIBRARY, searcher

SENTENCE = "读者凭身份证借书，每次不超过五本，一个月内归还。"
SHORT = replace(
    LIBRARY, id="rules-3", answer=SENTENCE, quoted=True,
    source=Source("图书借阅办法", "第三条", revision="2020年修正"),
)  # fmt: skip
LONG = replace(SHORT, id="rules-4", answer=SENTENCE * 12)
WORDING = load_wording(FACTS)


def test_a_passage_is_quoted_with_its_place_its_text_and_its_day() -> None:
    reply, left_out = quoted(SHORT, WORDING)
    assert not left_out
    assert f"“{SENTENCE}”" in reply.text
    assert reply.text.endswith("依据：《图书借阅办法》（2020年修正）第三条，自2024年1月1日起施行")
    assert reply.citations[0].quote == SENTENCE


def test_a_long_passage_ends_with_a_sentence_and_the_citation_has_all() -> None:
    reply, left_out = quoted(LONG, WORDING)
    assert left_out
    shown = reply.text.partition("“")[2].partition("……”")[0]
    assert shown == SENTENCE * (SCREEN // len(SENTENCE))
    assert reply.citations[0].quote == LONG.answer


def test_an_answer_of_ones_own_words_has_no_quotation() -> None:
    assert citation(LIBRARY).quote is None
    assert named(LIBRARY.source) == "《图书借阅办法》第三条"


def test_the_choice_of_a_passage_tells_how_it_begins() -> None:
    passage = replace(SHORT, question="《中华人民共和国图书法》第三条")
    assert label(passage) == "《图书法》第三条：读者凭身份证借书，每次不超过…"
    assert label(replace(passage, answer="可以借书。\n凭证。")) == "《图书法》第三条：可以借书。"
    assert label(LIBRARY) == LIBRARY.question


@given(st.text(alphabet="甲乙丙。；，\n", max_size=900))
def test_what_is_shown_is_a_beginning_of_the_text(text: str) -> None:
    shown = beginning(text.strip())
    assert text.strip().startswith(shown)
    assert len(shown) <= SCREEN
    assert len(shown) == len(text.strip()) or len(shown) >= LEAST - 1


@pytest.mark.parametrize("words", ["看全文", "全文", "原文给我看看"])
def test_the_rest_is_there_for_the_asking(stage: Stage, words: str) -> None:
    stage.means = replace(stage.means, searcher=lambda: searcher([SHORT, LONG]))
    asked = stage.said("书能借多久", "ask_policy")
    (reply,) = answer_with(asked, stage.means, LONG).replies
    assert buttons(reply) == ["看全文", "有帮助", "没解决"]
    (whole,) = stage.play(take_up, stage.said(words, "choose")).replies
    assert f"“{LONG.answer}”" in whole.text
    assert buttons(whole) == ["有帮助", "没解决"]
    offer = stage.offer()
    assert offer is not None
    assert offer.kind is OfferKind.ANSWER


def test_in_a_report_the_beginning_is_shown_without_buttons(stage: Stage) -> None:
    stage.in_report = True
    (reply,) = answer_with(stage.said("书能借多久"), stage.means, LONG).replies
    assert buttons(reply) == []
    assert stage.offer() is None
