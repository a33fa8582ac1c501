import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.catalogue import (
    FLOWS,
    NO_INTERRUPTION,
    REPORT_FORM,
    FlowAction,
    build_actions,
    events_of,
    is_interrupted,
    turn_of,
)
from actions.draft import BEGINNINGS, KINDS, Step
from actions.filing import SLOT_NAMES, UNSET
from actions.reply import Reply
from actions.taking import INTERLUDES
from actions.turn import Flow, Means, Outcome, Turn
from actions.wording import OWN
from tests.actions.stage import Stage

BOT = OWN.parents[1] / "bot"
WITHOUT_SLOT = {Step.CATEGORY, Step.SIMILAR}
OF_RASA = {"nlu_fallback", "restart"}
"""Intents that are Rasa's own: its fallback, and restart, whose rule stands in Rasa itself."""


def tables(folder: str) -> list[dict[str, Any]]:
    paths = sorted((BOT / folder).glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


def domain(section: str) -> list[str]:
    return [name for table in tables("domain") for name in table.get(section, [])]


def rules() -> list[dict[str, Any]]:
    return [rule for table in tables("flows") for rule in table["rules"]]


def within(steps: list[dict[str, Any]], kind: str) -> Iterator[str]:
    """Names of all the intents, or actions, of a rule, also those in an ``or``."""
    for step in steps:
        if kind in step:
            yield step[kind]
        yield from within(step.get("or", []), kind)


def intents_of(chosen: list[dict[str, Any]]) -> set[str]:
    return {name for rule in chosen for name in within(rule["steps"], "intent")}


def is_in_report(rule: dict[str, Any]) -> bool:
    return {"active_loop": REPORT_FORM} in rule.get("condition", [])


def test_every_action_of_the_domain_has_a_flow_and_every_flow_an_action() -> None:
    assert sorted(domain("actions")) == sorted(FLOWS)


def test_every_action_of_a_rule_is_known() -> None:
    forms = {name for table in tables("domain") for name in table.get("forms", {})}
    called = {name for rule in rules() for name in within(rule["steps"], "action")}
    assert called <= set(FLOWS) | forms


def test_every_flow_is_called_by_a_rule_or_by_rasa() -> None:
    called = {name for rule in rules() for name in within(rule["steps"], "action")}
    assert set(FLOWS) - called == {"validate_report_form", "action_restart"}


def test_every_intent_has_a_rule_outside_a_report_and_every_rule_a_known_intent() -> None:
    ruled = intents_of([rule for rule in rules() if not is_in_report(rule)])
    assert ruled | OF_RASA == set(domain("intents")) | OF_RASA


def test_what_may_come_between_has_a_rule_that_asks_again() -> None:
    """An interlude without a rule would end in an empty answer; without the form at its end the
    report would be forgotten."""
    between = [rule for rule in rules() if is_in_report(rule) and "intent" in str(rule["steps"][0])]
    assert intents_of(between) == set(INTERLUDES) - {"restart"}
    for rule in between:
        assert rule["steps"][-2:] == [{"action": REPORT_FORM}, {"active_loop": REPORT_FORM}]


def test_the_rule_that_begins_a_report_names_every_intent_that_does() -> None:
    beginning = next(r for r in rules() if r["steps"][-1] == {"active_loop": REPORT_FORM})
    assert set(within(beginning["steps"], "intent")) == BEGINNINGS
    assert set(KINDS) <= set(domain("intents"))


def test_the_form_asks_for_the_steps_in_their_order() -> None:
    forms = {name: form for t in tables("domain") for name, form in t.get("forms", {}).items()}
    assert tuple(forms[REPORT_FORM]["required_slots"]) == SLOT_NAMES
    assert [step.value for step in Step if step not in WITHOUT_SLOT] == list(SLOT_NAMES)
    slots = {name for table in tables("domain") for name in table.get("slots", {})}
    assert set(UNSET) <= slots


def test_no_file_of_the_domain_is_empty() -> None:
    assert len(list(Path(BOT / "domain").glob("*.yml"))) > 3
    assert all(tables("domain"))


# The layer between rasa-sdk and the flows


def action_event(name: str) -> dict[str, Any]:
    return {"event": "action", "name": name}


USER: dict[str, Any] = {"event": "user"}


def tracker(
    turn: Turn, *, loop: str | None = None, events: list[dict[str, Any]] | None = None
) -> Tracker:
    latest = {
        "text": "（遮住）",
        "intent": {"name": turn.intent.name, "confidence": turn.intent.confidence},
        "category": [{"name": g.name, "confidence": g.confidence} for g in turn.categories],
        "metadata": {"message": turn.message},
    }
    active = {"name": loop} if loop else {}
    return Tracker(turn.conversation, {}, latest, events or [USER], False, None, active, None)


def test_a_turn_has_the_original_words_and_what_rasa_understood(stage: Stage) -> None:
    turn = stage.said("路灯坏了，电话13800000000", "report_problem", 0.8, category="交通")
    assert turn_of(tracker(turn), stage.means) == turn


def test_a_part_of_a_message_is_a_turn_of_its_own(stage: Stage) -> None:
    turn = stage.said("路灯坏了，顺便问下居住证怎么办", "ask_policy")
    given = tracker(turn)
    given.latest_message["metadata"]["part"] = [5, 15]
    found = turn_of(given, stage.means)
    assert found is not None
    assert found.said.text == "顺便问下居住证怎么办"


def test_a_turn_within_the_form_knows_so(stage: Stage) -> None:
    turn = stage.said("清河苑5号楼")
    found = turn_of(tracker(turn, loop=REPORT_FORM), stage.means)
    assert found is not None
    assert found.in_report
    other = turn_of(tracker(turn, loop="open_question"), stage.means)
    assert other is not None
    assert not other.in_report


def test_a_message_answered_while_rasa_was_too_slow_is_not_answered_again(stage: Stage) -> None:
    turn = stage.said("清河苑5号楼楼道的灯坏了三天", "report_problem")
    stage.answered.add(turn.message)
    assert turn_of(tracker(turn), stage.means) is None
    events, said = run(stage, tracker(turn), FLOWS["validate_report_form"])
    assert (events, said) == ([], [])
    assert stage.tickets() == []


@pytest.mark.parametrize(
    ("events", "interrupted"),
    [
        ([USER], False),
        ([USER, action_event("action_answer_policy")], True),
        ([action_event("action_answer_policy"), USER], False),
        *[([USER, action_event(name)], False) for name in sorted(NO_INTERRUPTION)],
        ([USER, action_event("action_greet"), action_event(REPORT_FORM)], True),
    ],
)
def test_another_action_since_the_last_words_is_an_interruption(
    events: list[dict[str, Any]], interrupted: bool
) -> None:
    assert is_interrupted(events) is interrupted


def run(stage: Stage, given: Tracker, flow: Flow) -> tuple[list[dict[str, Any]], list[Any]]:
    seen: list[str] = []
    action = FlowAction("action_x", flow, stage.means, lambda name, intent, _: seen.append(name))
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action.run(dispatcher, given, {}))
    assert seen == ["action_x"]
    return [dict(event) for event in events], [m["custom"] for m in dispatcher.messages]


def test_replies_slots_and_what_follows_reach_rasa(stage: Stage) -> None:
    def flow(turn: Turn, means: Means) -> Outcome:
        return Outcome((Reply("好"),), slots={"report_what": True}, continue_with=REPORT_FORM)

    events, said = run(stage, tracker(stage.said("好", "affirm")), flow)
    assert said == [{"text": "好"}]
    assert [event["event"] for event in events] == ["slot", "followup"]


def test_a_declined_message_leaves_no_event_so_that_a_rule_comes_to_its_turn() -> None:
    assert events_of(Outcome(declined=True)) == []


def test_restarting_comes_before_everything_else() -> None:
    assert [e["event"] for e in events_of(Outcome(restarts=True, slots={"a": None}))] == [
        "restart",
        "slot",
    ]


def test_every_flow_is_registered_under_its_name(stage: Stage) -> None:
    actions = build_actions(stage.means, lambda *_: None)
    assert [action.name() for action in actions] == list(FLOWS)


@pytest.mark.parametrize("name", sorted(FLOWS))
@pytest.mark.parametrize("said", ["好的", "", "第二个", "LL20261122-0042-0", "电话13800000000"])
def test_every_flow_answers_whatever_comes(stage: Stage, name: str, said: str) -> None:
    outcome = FLOWS[name](stage.said(said, "affirm"), stage.means)
    assert outcome.replies or outcome.continue_with or outcome.declined
    assert all(reply.text.strip() for reply in outcome.replies)
