"""What a line of the log is about: the conversation by a key that is no person, and the message.

Runs inside Rasa too.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """``conversation`` is a keyed hash; ``message`` the number of the inbound record."""

    channel: str = ""
    conversation: str = ""
    message: int | None = None


current: ContextVar[Mark] = ContextVar("mark", default=Mark())  # noqa: B039  # it is frozen


def mark(pseudonym: Callable[[str], str], conversation: str, message: int | None) -> None:
    """From here on, in this task and in what it begins, lines are about this message."""
    channel = conversation.partition(":")[0]
    current.set(Mark(channel, key_of(pseudonym, conversation), message))


def key_of(pseudonym: Callable[[str], str], conversation: str) -> str:
    """12 hexadecimal digits: they lead to nobody, and open no conversation on the page.

    Args:
        pseudonym: a keyed hash, ``Vault.pseudonym``.
    """
    return pseudonym(f"log/{conversation}")[:12]
