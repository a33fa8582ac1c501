"""Tokens of conversations: whoever shows one may go on with the conversation and read it.

A conversation has a name, 128 random bits, which may stand in addresses and logs, and a token,
which is the name with the day and a signature: ``linli1.NAME.DAY.SIGNATURE``. The name alone opens
nothing, and a token is made from a name with the vault's key only.
"""

import base64
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from actions.vault import Vault
from nlu.clock import Clock

VERSION = "linli1"
"""How tokens are made; tokens of another version are read beside these as long as they last."""

TOKEN = re.compile(
    rf"({VERSION}\.[A-Za-z0-9_-]{{22}})\.(\d{{1,6}})\.([A-Za-z0-9_-]{{22}})", re.ASCII
)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that somebody showed the token of, and how old the token is."""

    name: str
    age: timedelta = field(default=timedelta(), compare=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes tokens, and tells those that hold.

    Args:
        lasts: how long one is good for.
    """

    vault: Vault
    clock: Clock
    lasts: timedelta

    def new(self) -> str:
        """The token of a conversation not begun."""
        random = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        return self.token(f"{VERSION}.{random}")

    def token(self, name: str) -> str:
        signed = f"{name}.{(self.clock() - EPOCH).days}"
        return f"{signed}.{self.vault.sign(signed)}"

    def held(self, token: str) -> Held | None:
        """What a token opens; None where it is forged or has run out."""
        found = TOKEN.fullmatch(token)
        if found is None:
            return None
        name, day, signature = found.groups()
        if not self.vault.signed(f"{name}.{day}", signature):
            return None
        age = self.clock() - EPOCH - timedelta(days=int(day))
        return Held(name, age) if age < self.lasts + timedelta(days=1) else None


def name_of(token: str) -> str:
    """The name in a token, whether or not it holds."""
    return ".".join(token.split(".")[:2])


def is_ours(conversation: str) -> bool:
    """Whether an id is of the kind that only a token opens."""
    return conversation.partition(".")[0] == VERSION
