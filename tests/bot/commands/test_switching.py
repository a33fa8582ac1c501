from typing import Any

import pytest

from bot.commands.switching import MARK, edition, texts_of
from tests.knowledge.corpus import ENTRIES, LIBRARY

TEXTS = texts_of(ENTRIES)


def reply(text: str, **more: Any) -> list[dict[str, Any]]:
    return [{"text": text, **more}]


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        (reply(f"{LIBRARY.answer}\n依据：办法", citations=[{}]), "first"),
        (reply(f"{MARK}{LIBRARY.answer}\n依据：办法", citations=[{}]), "second"),
        (reply(f"{LIBRARY.answer[:9]}{MARK}", citations=[{}]), "mixed"),
        (reply("您问的是哪一个？", buttons=[{}]), "asked back"),
        (reply("您说的是办证吗？"), "asked back"),
        (reply("系统正忙，请稍后再试", buttons=[{}]), "failed"),
        (reply("抱歉，刚才出了点问题。"), "failed"),
        (reply(""), "failed"),
    ],
)
def test_an_answer_belongs_wholly_to_one_edition(replies: list[dict[str, Any]], kind: str) -> None:
    assert edition(replies, TEXTS) == kind
