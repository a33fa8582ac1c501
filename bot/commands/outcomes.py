"""What becomes of messages (去向): each is the first of a conversation of its own.

They go the whole way through the service, in a home that is thrown away. What became of one is
read from facts: citations, urgency, the draft of a report, what was offered, the action that ran.
"""

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import uvicorn

from actions.draft import DraftState, latest
from actions.offer import OfferKind, last_offer
from actions.reply import Reply
from actions.turn import Said
from bot.commands.chat import until_ready
from bot.commands.labelled import LabelledRow
from bot.commands.table import table
from bot.database import migrate
from bot.engine import free_port, newest_model
from bot.service import Service, build, build_app
from bot.settings import Settings
from channels.arrival import Arrival
from nlu.evaluation import share

AT_ONCE = 6
"""Conversations that are held at the same time."""
ANSWERED_WITHIN = timedelta(seconds=30)
"""For one message; a slow machine shall not change what is counted."""
CHANNEL = "web"

Progress = Callable[[int], None]


class Outcome(StrEnum):
    EMERGENCY = "emergency"
    ANSWERED = "answered"
    ASKED_WHICH = "asked_which"
    REPORT_STARTED = "report_started"
    TICKET = "ticket"
    UNKNOWN = "unknown"
    HUMAN = "human"
    PRIVACY = "privacy"
    COURTESY = "courtesy"
    NOTHING_OPEN = "nothing_open"
    SMALL_TALK = "small_talk"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_UNDERSTOOD = "not_understood"
    UNANSWERED = "unanswered"


UNSERVED = frozenset(
    {Outcome.SMALL_TALK, Outcome.OUT_OF_SCOPE, Outcome.NOT_UNDERSTOOD, Outcome.UNANSWERED}
)

ACTIONS: Mapping[str, Outcome] = MappingProxyType(
    {
        "action_greet": Outcome.COURTESY,
        "action_help": Outcome.COURTESY,
        "action_goodbye": Outcome.COURTESY,
        "action_thank": Outcome.COURTESY,
        "action_restart": Outcome.COURTESY,
        "action_small_talk": Outcome.SMALL_TALK,
        "action_insult": Outcome.SMALL_TALK,
        "action_out_of_scope": Outcome.OUT_OF_SCOPE,
        "action_fallback": Outcome.NOT_UNDERSTOOD,
        "action_ask_human": Outcome.HUMAN,
        "action_privacy": Outcome.PRIVACY,
        "action_emergency": Outcome.UNKNOWN,
        "action_answer_policy": Outcome.UNKNOWN,
        "action_take_up_offer": Outcome.NOTHING_OPEN,
        "action_take_answer": Outcome.NOTHING_OPEN,
        "action_finish_report": Outcome.NOTHING_OPEN,
        "validate_report_form": Outcome.NOTHING_OPEN,
        "action_show_ticket": Outcome.TICKET,
        "action_add_to_ticket": Outcome.TICKET,
        "action_urge_ticket": Outcome.TICKET,
        "action_withdraw_ticket": Outcome.TICKET,
        "action_rate_ticket": Outcome.TICKET,
    }
)
"""What an action comes to where no stronger fact speaks: it warned, answered or began nothing."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be seen of one answered message; ``actions`` in the order in which they ran."""

    replies: tuple[Reply, ...]
    actions: tuple[str, ...]
    reports: bool
    asks_which: bool


@dataclass(frozen=True, slots=True)
class Became:
    """A row, the intent it is of if that is known, and what became of it."""

    row: int
    intent: str | None
    outcomes: tuple[Outcome, ...]

    @property
    def is_served(self) -> bool:
        return any(outcome not in UNSERVED for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Counted:
    """A message with two wants counts in both outcomes; ``served`` counts it once."""

    n: int
    served: int
    outcomes: Mapping[Outcome, int]


def outcomes_of(facts: Facts) -> tuple[Outcome, ...]:
    """What became of a message; more than one where it had two wants."""
    strong = {
        Outcome.EMERGENCY: any(reply.urgent for reply in facts.replies),
        Outcome.ANSWERED: any(reply.citations for reply in facts.replies),
        Outcome.ASKED_WHICH: facts.asks_which,
        Outcome.REPORT_STARTED: facts.reports,
    }
    found = tuple(outcome for outcome, is_so in strong.items() if is_so)
    return (
        found
        or tuple(dict.fromkeys(ACTIONS[name] for name in facts.actions if name in ACTIONS))[-1:]
        or (Outcome.UNANSWERED,)
    )


def count(became: Sequence[Became]) -> Counted:
    taken = Counter(outcome for one in became for outcome in one.outcomes)
    return Counted(
        n=len(became),
        served=sum(one.is_served for one in became),
        outcomes={outcome: taken[outcome] for outcome in Outcome},
    )


def by_intent(became: Sequence[Became]) -> dict[str, Counted]:
    """Counted apart for each intent that rows name, by name."""
    names = sorted({one.intent for one in became if one.intent is not None})
    return {name: count([one for one in became if one.intent == name]) for name in names}


def to_json(became: Sequence[Became]) -> dict[str, Any]:
    """Plain JSON: ``n``, ``served``, ``outcomes``, and the same for each of ``intents``."""
    intents = {name: plain(counted) for name, counted in by_intent(became).items()}
    return {**plain(count(became)), "intents": intents}


def row_of(one: Became) -> dict[str, Any]:
    """A row for a file: its line, and what became of it; no words."""
    return {"row": one.row, "intent": one.intent, "outcomes": list(one.outcomes)}


def shown(became: Sequence[Became]) -> str:
    """Tables for people: what became of all, then a row an intent where rows name any."""
    counted = count(became)
    lines = [f"n       {counted.n}", f"served  {share(counted.served, counted.n):.3f}", ""]
    rows = [(o, str(n), f"{share(n, counted.n):.3f}") for o, n in counted.outcomes.items() if n]
    lines.append(table(("outcome", "n", "share"), rows))
    intents = by_intent(became)
    if intents:
        seen = [outcome for outcome, n in counted.outcomes.items() if n]
        of_each = [
            (
                name,
                str(c.n),
                f"{share(c.served, c.n):.3f}",
                *(str(c.outcomes[outcome]) for outcome in seen),
            )
            for name, c in intents.items()
        ]
        lines += ["", table(("intent", "n", "served", *seen), of_each)]
    return "\n".join(lines)


def plain(counted: Counted) -> dict[str, Any]:
    return {
        "n": counted.n,
        "served": round(share(counted.served, counted.n), 4),
        "outcomes": {
            outcome.value: {"n": n, "share": round(share(n, counted.n), 4)}
            for outcome, n in counted.outcomes.items()
        },
    }


async def follow(
    settings: Settings, rows: Sequence[LabelledRow], progress: Progress = lambda done: None
) -> list[Became]:
    """Sends every row and looks at what became of it, a few at a time.

    Raises:
        FileNotFoundError: no model has been trained.
    """
    became: dict[int, Became] = {}
    waiting: Iterator[tuple[int, LabelledRow]] = iter(enumerate(rows))

    async def work(service: Service, ran: Mapping[str, list[str]]) -> None:
        for place, row in waiting:
            conversation = f"{CHANNEL}:{place}"
            answer = await service.gateway.receive(
                Arrival(CHANNEL, "", str(place), conversation, Said(row.text))
            )
            facts = await asyncio.to_thread(
                look, service, conversation, answer.replies, tuple(ran.get(conversation, ()))
            )
            became[place] = Became(row.number, row.label, outcomes_of(facts))
            progress(len(became))

    async with serving(settings) as (service, ran), asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work(service, ran))
    return [became[place] for place in range(len(rows))]


def look(
    service: Service, conversation: str, replies: tuple[Reply, ...], actions: tuple[str, ...]
) -> Facts:
    means = service.means
    with means.reading() as session:
        draft = latest(session, conversation, means.vault, *DraftState)
        offer = last_offer(session, conversation, means.vault, means.clock())
    return Facts(
        replies=replies,
        actions=actions,
        reports=draft is not None,
        asks_which=offer is not None and offer.kind is OfferKind.WHICH,
    )


@contextlib.asynccontextmanager
async def serving(
    settings: Settings,
) -> AsyncIterator[tuple[Service, Mapping[str, list[str]]]]:
    """A service of its own that remembers nothing, and the actions run in each conversation."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = await asyncio.to_thread(in_empty_home, settings, Path(folder))
        service = build(fresh)
        ran: dict[str, list[str]] = {}
        service.executor = Watched(service.executor, ran)
        server = uvicorn.Server(
            uvicorn.Config(build_app(service), host=fresh.host, port=fresh.port, log_level="error")
        )
        running = asyncio.create_task(server.serve())
        try:
            await until_ready(fresh.own_url)
            yield service, ran
        finally:
            server.should_exit = True
            await running


def in_empty_home(settings: Settings, home: Path) -> Settings:
    """The same settings with a home that has knowledge and model, and nothing else yet."""
    for name in ("snapshots", "encoders"):
        (home / name).symlink_to(settings.home / name)
    fresh = settings.model_copy(
        update={
            "home": home,
            "host": "127.0.0.1",
            "port": free_port(),
            "database_url": None,
            "rasa_url": None,
            "rasa_model": newest_model(settings),
            "rasa_answers_within": ANSWERED_WITHIN,
            "desk_hours": (),
        }
    )
    migrate(fresh.database)
    return fresh


class Watched:
    """An action executor that notes which action ran in which conversation."""

    def __init__(self, executor: Any, ran: dict[str, list[str]]) -> None:
        self.executor = executor
        self.ran = ran

    async def run(self, call: dict[str, Any]) -> Any:
        self.ran.setdefault(str(call.get("sender_id")), []).append(str(call.get("next_action")))
        return await self.executor.run(call)
