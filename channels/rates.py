"""How many messages a person, an address and everybody together may send, and what is said beyond.

A person is a conversation; a page on the web can begin a new one at any time, so there the address
of the client counts as well. Keys are keyed hashes: neither Redis nor memory holds who it was.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from limits import RateLimitItem, parse_many
from pydantic import AfterValidator, SecretStr

from actions.reply import Reply
from actions.vault import Vault
from actions.wording import Wording
from channels.arrival import Arrival
from channels.metrics import LIMITED
from channels.windows import OwnWindows, RedisWindows, SharedWindows, Windows
from nlu.clock import Clock

HOUSEHOLD = 64
"""Bits of an IPv6 address that tell one connection from another; the rest its owner may choose."""


def checked_rate(text: str) -> str:
    """Rates as they are written: ``60/minute;600/hour``; ``off`` for none.

    Raises:
        ValueError: it is not so.
    """
    rates_of(text)
    return text


def rates_of(text: str) -> tuple[RateLimitItem, ...]:
    """The limits of a text, the shortest first.

    Raises:
        ValueError: it is neither of the form ``60/minute;600/hour`` nor ``off``.
    """
    if text.strip() == "off":
        return ()
    try:
        found = parse_many(text)
    except ValueError as error:
        raise ValueError("must be of the form 60/minute;600/hour, or off") from error
    if any(limit.amount < 1 for limit in found):
        raise ValueError("must allow at least one message")
    return tuple(sorted(found, key=lambda limit: limit.get_expiry()))


Rate = Annotated[str, AfterValidator(checked_rate)]

Network = IPv4Network | IPv6Network


def networks_of(texts: Sequence[str]) -> tuple[Network, ...]:
    """
    Raises:
        ValueError: one is neither an address nor a network.
    """
    return tuple(ip_network(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits and where they are counted.

    Args:
        proxies: addresses that are nobody's own: messages that seem to come from there are not
            limited by address.
    """

    windows: Windows
    vault: Vault
    wording: Wording
    person: Sequence[RateLimitItem] = ()
    address: Sequence[RateLimitItem] = ()
    overall: Sequence[RateLimitItem] = ()
    proxies: Sequence[Network] = ()

    async def __call__(self, arrival: Arrival) -> Reply | None:
        """A word to a message beyond a limit, after it has been counted; None within them."""
        for by, limits, key in self.counted(arrival):
            for limit in limits:
                wait = await self.windows.take(limit, key)
                if wait:
                    LIMITED.labels(arrival.channel, by).inc()
                    return self.word(by, wait)
        return None

    def counted(self, arrival: Arrival) -> Iterator[tuple[str, Sequence[RateLimitItem], str]]:
        """By what it is limited: the kind, its limits, the key."""
        yield "person", self.person, self.vault.pseudonym(f"rate/{arrival.conversation}")
        household = household_of(arrival.origin, self.proxies)
        if household:
            yield "address", self.address, self.vault.pseudonym(f"rate/{household}")
        yield "overall", self.overall, "overall"

    def word(self, by: str, wait: float) -> Reply:
        if by == "overall":
            return self.wording.say("busy")
        if wait <= 60:
            return self.wording.say("limited_seconds", seconds=math.ceil(wait))
        return self.wording.say("limited_minutes", minutes=math.ceil(wait / 60))


def household_of(origin: str, proxies: Sequence[Network]) -> str:
    """What stands for one connection to the net; empty where the address tells nothing."""
    try:
        address: IPv4Address | IPv6Address = ip_address(origin.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if any(address in proxy for proxy in proxies):
        return ""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, HOUSEHOLD), strict=False))
    return str(address)


def build_rates(
    texts: Mapping[str, str],
    *,
    redis: SecretStr | None,
    proxies: Sequence[str],
    vault: Vault,
    wording: Wording,
    clock: Clock,
) -> Rates:
    """Counted in Redis where its address is given, else in this process.

    Args:
        texts: rates as they are written, by person, address and overall.
    """
    own = OwnWindows(clock)
    shared = redis and SharedWindows(RedisWindows(redis.get_secret_value()), own, clock)
    limits = {by: rates_of(text) for by, text in texts.items()}
    return Rates(shared or own, vault, wording, proxies=networks_of(proxies), **limits)
