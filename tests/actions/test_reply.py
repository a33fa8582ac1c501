import pytest

from actions.reply import Button, Citation, PhoneNumber, Reply, TicketCard

WHOLE = Reply(
    text="好",
    buttons=(Button("有帮助", "有帮助"),),
    citations=(Citation("图书借阅办法", "第三条", effective="2024-01-01"),),
    ticket=TicketCard("LL20261123-0001-0", "待受理", "灯坏了", resolve_by="2026-11-30T24:00"),
    calls=(PhoneNumber("报警", "110"),),
    urgent=True,
)


@pytest.mark.parametrize("reply", [WHOLE, Reply("好"), Reply("")])
def test_a_reply_survives_its_way_through_json(reply: Reply) -> None:
    assert Reply.from_json({"text": "", **reply.to_json()}) == reply


def test_what_is_empty_is_left_out() -> None:
    assert Reply("好").to_json() == {"text": "好"}
    assert WHOLE.to_json()["citations"] == [
        {"title": "图书借阅办法", "article": "第三条", "effective": "2024-01-01"}
    ]


def test_an_empty_text_is_still_a_text() -> None:
    assert Reply("").to_json() == {"text": ""}


@pytest.mark.parametrize("value", [{}, {"text": "好", "buttons": [{"title": "好"}]}])
def test_what_is_no_reply_is_refused(value: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        Reply.from_json(value)
