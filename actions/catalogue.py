"""Every action Rasa may call, and the thin layer between rasa-sdk and the flows."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, Restarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import escalated
from actions.filing import finish_report
from actions.follow_up import (
    add_to_ticket,
    rate_ticket,
    show_ticket,
    take_answer,
    urge_ticket,
    withdraw_ticket,
)
from actions.policy import answer_policy
from actions.report import take_report
from actions.take_up import take_up
from actions.talk import (
    answering_or_saying,
    ask_human,
    fall_back,
    restart,
    say_danger,
    saying,
    tell_privacy,
)
from actions.turn import Flow, Guess, Means, Outcome, Turn

logger = logging.getLogger(__name__)

FLOWS: Mapping[str, Flow] = MappingProxyType(
    {
        "action_greet": saying("greet"),
        "action_help": saying("help"),
        "action_goodbye": saying("goodbye"),
        "action_thank": saying("thanks"),
        "action_small_talk": answering_or_saying("small_talk"),
        "action_insult": saying("insult"),
        "action_out_of_scope": answering_or_saying("out_of_scope"),
        "action_restart": restart,
        "action_ask_human": ask_human,
        "action_privacy": tell_privacy,
        "action_emergency": say_danger,
        "action_fallback": fall_back,
        "action_take_up_offer": take_up,
        "action_answer_policy": answer_policy,
        "validate_report_form": take_report,
        "action_finish_report": finish_report,
        "action_show_ticket": show_ticket,
        "action_add_to_ticket": add_to_ticket,
        "action_urge_ticket": urge_ticket,
        "action_withdraw_ticket": withdraw_ticket,
        "action_rate_ticket": rate_ticket,
        "action_take_answer": take_answer,
    }
)

REPORT_FORM = "report_form"
NO_INTERRUPTION = frozenset(
    {"action_listen", "action_extract_slots", "action_take_up_offer", REPORT_FORM}
)

Seen = Callable[[str, str, float], None]
"""Told of every action: its name, the intent that led to it, seconds taken."""


class FlowAction(Action):
    """A flow under the name by which Rasa calls it."""

    def __init__(self, name: str, flow: Flow, means: Means, seen: Seen) -> None:
        self.label = name
        self.flow = flow
        self.means = means
        self.seen = seen

    def name(self) -> str:
        return self.label

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Run the flow in a worker thread. No events mean that it leaves the message to another.

        Rasa's form then rejects its own execution, and a rule for the intent comes to its turn.
        """
        started = time.perf_counter()
        outcome = await asyncio.to_thread(self.answer, tracker)
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        self.seen(self.label, intent, time.perf_counter() - started)
        for reply in outcome.replies:
            dispatcher.utter_message(json_message=reply.to_json())
        return events_of(outcome)

    def answer(self, tracker: Tracker) -> Outcome:
        """What the flow says; nothing to a message that was answered while Rasa was too slow."""
        turn = turn_of(tracker, self.means)
        if turn is None:
            return Outcome()
        return escalated(self.flow(turn, self.means), turn, self.means.person_rules)


def events_of(outcome: Outcome) -> list[EventType]:
    events: list[EventType] = [Restarted()] if outcome.restarts else []
    events += [SlotSet(name, value) for name, value in outcome.slots.items()]
    if outcome.continue_with:
        events.append(FollowupAction(outcome.continue_with))
    return events


def turn_of(tracker: Tracker, means: Means) -> Turn | None:
    """The turn as Rasa's tracker has it, with the original words from our own record."""
    latest = tracker.latest_message
    message = int(latest["metadata"]["message"])
    with means.reading() as session:
        said = means.recall(session, message)
    if said is None:
        return None
    part = latest["metadata"].get("part")
    if part:
        said = replace(said, text=said.text[part[0] : part[1]])
    intent = latest.get("intent") or {}
    loop = (tracker.active_loop or {}).get("name")
    return Turn(
        conversation=tracker.sender_id,
        channel=tracker.sender_id.partition(":")[0],
        message=message,
        said=said,
        intent=Guess(intent.get("name") or "", float(intent.get("confidence") or 0.0)),
        categories=tuple(Guess(c["name"], c["confidence"]) for c in latest.get("category", ())),
        in_report=loop == REPORT_FORM,
        interrupted=is_interrupted(tracker.events),
        part=part[0] if part else 0,
        at=means.clock(),
    )


def is_interrupted(events: list[dict[str, Any]]) -> bool:
    """Whether another action has run since the resident's last words."""
    for event in reversed(events):
        if event["event"] == "user":
            return False
        if event["event"] == "action" and event["name"] not in NO_INTERRUPTION:
            return True
    return False


def build_actions(means: Means, seen: Seen) -> list[Action]:
    """One action per flow, ready to be registered with rasa-sdk's executor."""
    return [FlowAction(name, flow, means, seen) for name, flow in FLOWS.items()]
