import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from actions.catalogue import FLOWS
from actions.offer import Offer, OfferKind, make_offer
from actions.reply import Citation, Reply
from bot import database
from bot.commands import outcomes
from bot.commands.labelled import LabelledRow
from bot.commands.outcomes import (
    ACTIONS,
    Became,
    Facts,
    Outcome,
    Watched,
    count,
    follow,
    in_empty_home,
    look,
    outcomes_of,
    row_of,
    shown,
    to_json,
)
from bot.settings import Settings
from channels.arrival import Arrival
from channels.handling import Answer
from tests.actions.conftest import stage
from tests.actions.stage import Stage

__all__ = ["stage"]

PLAIN = Reply("好的")
CITED = Reply("带户口本", citations=(Citation("某办法"),))
URGENT = Reply("快打 119", urgent=True)


def became(
    *replies: Reply, actions: tuple[str, ...] = (), reports: bool = False, which: bool = False
) -> list[str]:
    return [o.value for o in outcomes_of(Facts(replies, actions, reports, which))]


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("action_answer_policy", "unknown"),
        ("action_out_of_scope", "out_of_scope"),
        ("action_small_talk", "small_talk"),
        ("action_insult", "small_talk"),
        ("action_fallback", "not_understood"),
        ("action_show_ticket", "ticket"),
        ("action_ask_human", "human"),
        ("action_greet", "courtesy"),
        ("action_take_up_offer", "nothing_open"),
    ],
)
def test_what_became_follows_from_the_action_where_nothing_else_speaks(
    action: str, outcome: str
) -> None:
    assert became(PLAIN, actions=(action,)) == [outcome]


def test_every_action_comes_to_something() -> None:
    assert set(ACTIONS) == set(FLOWS)


def test_a_cited_answer_is_one_whatever_the_message_was_taken_for() -> None:
    for action in ("action_answer_policy", "action_out_of_scope", "action_fallback"):
        assert became(CITED, actions=(action,)) == ["answered"]


def test_urgency_and_open_questions_and_reports_are_facts_of_their_own() -> None:
    assert became(URGENT) == ["emergency"]
    assert became(URGENT, actions=("action_emergency",)) == ["emergency"]
    assert became(PLAIN, actions=("action_answer_policy",), which=True) == ["asked_which"]
    assert became(PLAIN, actions=("validate_report_form",), reports=True) == ["report_started"]


def test_two_wants_have_two_outcomes() -> None:
    assert became(CITED, PLAIN, reports=True) == ["answered", "report_started"]


def test_a_reply_without_any_action_is_no_answer() -> None:
    assert became(PLAIN) == ["unanswered"]
    assert became(PLAIN, actions=("action_of_another",)) == ["unanswered"]


ROWS = [
    Became(1, "ask_policy", (Outcome.ANSWERED,)),
    Became(2, "ask_policy", (Outcome.OUT_OF_SCOPE,)),
    Became(4, "report_problem", (Outcome.ANSWERED, Outcome.REPORT_STARTED)),
    Became(5, None, (Outcome.NOT_UNDERSTOOD,)),
]


def test_shares_count_outcomes_and_served_counts_messages() -> None:
    counted = to_json(ROWS)
    assert (counted["n"], counted["served"]) == (4, 0.5)
    assert counted["outcomes"]["answered"] == {"n": 2, "share": 0.5}
    assert counted["outcomes"]["small_talk"] == {"n": 0, "share": 0.0}
    assert set(counted["outcomes"]) == {outcome.value for outcome in Outcome}
    assert counted["intents"]["ask_policy"]["served"] == 0.5
    assert set(counted["intents"]) == {"ask_policy", "report_problem"}


def test_greeting_and_help_are_served_and_chat_is_not() -> None:
    for outcome in Outcome:
        served = count([Became(1, None, (outcome,))]).served
        unserved = {"small_talk", "out_of_scope", "not_understood", "unanswered"}
        assert served == (outcome.value not in unserved)


def test_people_get_a_table_and_a_row_for_each_intent() -> None:
    lines = shown(ROWS).splitlines()
    assert lines[:2] == ["n       4", "served  0.500"]
    assert "answered        2  0.500" in lines
    assert "small_talk" not in "".join(lines)
    assert lines[-2].split() == ["ask_policy", "2", "0.500", "1", "0", "1", "0"]
    assert shown(ROWS[3:]).count("intent") == 0


def test_rows_are_told_without_their_words() -> None:
    assert row_of(ROWS[2]) == {
        "row": 4, "intent": "report_problem", "outcomes": ["answered", "report_started"]
    }  # fmt: skip


def test_reports_and_open_questions_are_found_in_the_database(stage: Stage) -> None:
    service: Any = SimpleNamespace(means=stage.means)
    assert look(service, "web:9", (PLAIN,), ("a",)) == Facts((PLAIN,), ("a",), False, False)
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    assert look(service, stage.conversation, (), ()).reports
    with stage.means.sessions.begin() as session:
        offer = Offer(OfferKind.WHICH, {"question": "居住证", "entries": []})
        make_offer(session, "web:9", offer, stage.means.vault, stage.means.clock())
    assert look(service, "web:9", (), ()).asks_which


def test_each_row_is_the_first_of_its_own_conversation_and_keeps_its_place(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    ran: dict[str, list[str]] = {}

    async def receive(arrival: Arrival) -> Answer:
        heard.append(arrival.conversation)
        # Later rows are answered sooner.
        await asyncio.sleep(0.01 / len(heard))
        ran[arrival.conversation] = ["action_" + arrival.said.text]
        return Answer((PLAIN,))

    @contextlib.asynccontextmanager
    async def serving(settings: Settings) -> AsyncIterator[tuple[Any, Mapping[str, list[str]]]]:
        yield SimpleNamespace(means=stage.means, gateway=SimpleNamespace(receive=receive)), ran

    monkeypatch.setattr(outcomes, "serving", serving)
    texts = ["greet", "fallback", "show_ticket"] * 7
    rows = [LabelledRow(number, text, None) for number, text in enumerate(texts, 1)]
    done: list[int] = []
    found = asyncio.run(follow(Settings(), rows, done.append))
    names = {"greet": "courtesy", "fallback": "not_understood", "show_ticket": "ticket"}
    assert [one.outcomes for one in found] == [(names[text],) for text in texts]
    assert [one.row for one in found] == list(range(1, 22))
    assert len(set(heard)) == 21
    assert sorted(done) == done == list(range(1, 22))


def test_actions_are_noted_by_conversation_and_still_run() -> None:
    class Executor:
        async def run(self, call: dict[str, Any]) -> str:
            return f"ran {call['next_action']}"

    ran: dict[str, list[str]] = {}
    watched = Watched(Executor(), ran)
    for name in ("action_greet", "action_help"):
        given: dict[str, Any] = {"sender_id": "web:1", "next_action": name, "domain": {}}
        assert asyncio.run(watched.run(given)) == f"ran {name}"
    assert ran == {"web:1": ["action_greet", "action_help"]}


def test_the_home_is_empty_but_for_knowledge_and_model(tmp_path: Path) -> None:
    mine, empty = tmp_path / "mine", tmp_path / "empty"
    for folder in (mine / "snapshots", mine / "models", mine / "encoders", empty):
        folder.mkdir(parents=True)
    (mine / "models" / "one.tar.gz").touch()
    (mine / "snapshots" / "current").write_text("1", encoding="utf-8")
    fresh = in_empty_home(
        Settings(home=mine, database_url=SecretStr("sqlite://"), port=8000), empty
    )
    assert (fresh.home, fresh.rasa_model) == (empty, mine / "models" / "one.tar.gz")
    assert (empty / "snapshots" / "current").read_text(encoding="utf-8") == "1"
    assert fresh.port != 8000
    assert str(empty) in fresh.database
    assert database.is_current(fresh.database)


@pytest.mark.rasa
def test_messages_go_the_whole_way_through_the_service() -> None:
    """With the model and the knowledge of this checkout; nothing of it is left behind."""
    settings = Settings()
    before = sorted(settings.home.iterdir())
    texts = [
        "我家着火了快来人",
        "老小区加装电梯要多少人同意？",
        "芳草园3号楼楼道的灯坏了三天了，没人修",
        "我的工单办到哪一步了",
        "您好",
    ]
    rows = [LabelledRow(number, text, None) for number, text in enumerate(texts, 1)]
    found = [one.outcomes for one in asyncio.run(follow(settings, rows))]
    assert found == [
        (Outcome.EMERGENCY,),
        (Outcome.ANSWERED,),
        (Outcome.REPORT_STARTED,),
        (Outcome.TICKET,),
        (Outcome.COURTESY,),
    ]
    assert sorted(settings.home.iterdir()) == before
