"""When a conversation should come to a person: asked for, by a rule, or after failures.

Flows only say so, by a signal on their replies; the desk decides (``channels.hotline``).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from actions.draft import BEGINNINGS
from actions.reply import Signal
from actions.turn import Outcome, PersonRule, Turn

SURE = 0.5
"""How likely an intent or category must be for a rule."""

ASKS_FOR_PERSON = re.compile(
    r"(?:我要|我想|请|帮我|给我|麻烦|快|能|可以)*(?:转|找|接|换|要)?(?:一下|个|到)?"
    r"(?:人工(?:客服|服务|坐席)?|真人|活人|客服|坐席|工作人员)(?:吗|吧|呢|啊|谢谢)*[，。！？!? ]*"
)
"""Asks for a person and says nothing more."""


class BadPersonRules(ValueError):
    """The message names file, place and fault."""


def signalling(outcome: Outcome, signal: Signal) -> Outcome:
    """The same outcome, its replies with the signal."""
    return replace(outcome, replies=tuple(replace(r, signal=signal) for r in outcome.replies))


def escalated(outcome: Outcome, turn: Turn, rules: Sequence[PersonRule]) -> Outcome:
    """The outcome, signalling where a rule leads to a person; what is urgent stays as it is."""
    if any(reply.urgent for reply in outcome.replies):
        return outcome
    return signalling(outcome, Signal.RULE) if any(fits(r, turn) for r in rules) else outcome


def fits(rule: PersonRule, turn: Turn) -> bool:
    sure = turn.intent.name if turn.intent.confidence >= SURE else ""
    likeliest = turn.categories[0] if turn.categories else None
    # A category says something of words that report, not of an address or a thank-you.
    reports = turn.intent.name in BEGINNINGS and likeliest and likeliest.confidence >= SURE
    category = likeliest.name if likeliest and reports else ""
    return (
        (not rule.words or any(word in turn.text for word in rule.words))
        and (not rule.intents or sure in rule.intents)
        and (not rule.categories or category in rule.categories)
    )


def load_person_rules(
    path: Path, *, intents: Collection[str], categories: Collection[str]
) -> tuple[PersonRule, ...]:
    """Rules from a YAML list of ``{words?, intents?, categories?}``.

    Args:
        intents, categories: those that are known.

    Raises:
        BadPersonRules: the file cannot be used.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadPersonRules(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadPersonRules(f"{path}: is not YAML in UTF-8") from error
    if not isinstance(given, list):
        raise BadPersonRules(f"{path}: must be a list of rules")
    known = {"intents": intents, "categories": categories}
    return tuple(read_rule(f"{path}: rule {n}", rule, known) for n, rule in enumerate(given, 1))


def read_rule(place: str, rule: Any, known: dict[str, Collection[str]]) -> PersonRule:
    names = [field.name for field in fields(PersonRule)]
    if not isinstance(rule, dict) or not rule or not set(rule) <= set(names):
        raise BadPersonRules(f"{place}: must name some of {', '.join(names)}")
    for name, values in rule.items():
        texts = isinstance(values, list) and all(isinstance(v, str) and v.strip() for v in values)
        if not texts or not values:
            raise BadPersonRules(f"{place}: {name}: must be a list of texts")
        for value in values:
            if name in known and value not in known[name]:
                raise BadPersonRules(f"{place}: {name}: “{value}” is not known")
    return PersonRule(**{name: tuple(values) for name, values in rule.items()})
