from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.reply import Reply
from bot.reading import as_engine_reads
from bot.responder import READ_BY_ENGINE
from nlu.text import normalise
from tests.actions.conftest import stage
from tests.actions.stage import Stage
from tests.bot.test_responder import Rasa, respond

__all__ = ["stage"]


def answer(text: str) -> Sequence[Reply]:
    return [Reply("好的")]


def test_phones_and_identity_numbers_are_masked() -> None:
    read = as_engine_reads("东里灯坏了，电话13800000000，身份证110101199003070038")
    assert read == "东里灯坏了，电话138****0000，身份证***"


@pytest.mark.parametrize("text", ["/路灯壞了，電話１３８00000000", "灯" + "坏了，" * 500])
def test_it_is_what_the_responder_gives_to_rasa(stage: Stage, text: str) -> None:
    rasa = Rasa(answer)
    respond(stage, rasa, stage.said(normalise(text)))
    assert rasa.given == [as_engine_reads(text)]


@given(st.text())
def test_no_text_can_name_an_intent_to_rasa_or_be_too_long(text: str) -> None:
    read = as_engine_reads(text)
    assert not read.lstrip().startswith("/")
    assert len(read) <= READ_BY_ENGINE
