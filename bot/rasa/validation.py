"""Checks what an action returns against Rasa's schema, with a validator compiled once.

Rasa 3.6.21 re-checks the schema itself on every action call, which takes 20 ms of a turn. The
check stays; only the compiling is done once. It touches a private method, so the version is
pinned and ``tests/bot/rasa`` runs it.
"""

from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction

VALIDATOR = Draft202012Validator(RemoteAction.action_response_format_spec())


def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """True when ``result`` has the shape of an action's answer.

    Raises:
        jsonschema.ValidationError: it has not.
    """
    VALIDATOR.validate(result)
    return True


def install() -> None:
    """Put the compiled check in the place of Rasa's own."""
    RemoteAction._validate_action_result = validate_action_result
