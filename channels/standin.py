"""What stand-ins for platforms share: delivering within a time limit, an API with tokens.

For rehearsals and tests; nothing here is used in answering residents.
"""

import asyncio
import contextlib
import itertools
import random
import time
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response

WAITS = 5.0
"""Seconds the platform waits for an answer."""

REPEATS = 2
"""How often it brings a message again that was not answered."""

TOKEN_HOLDS = 7200

CLIENTS = 16
"""Hundreds of deliveries may be under way; a client looks through all of its own for each."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing on a resident's screen: how it came, and when (seconds after the message)."""

    text: str
    how: str
    after: float


@dataclass
class Delivery:
    """One POST to the service: its status, and seconds until the answer."""

    number: int
    attempt: int
    status: int
    seconds: float


@dataclass(kw_only=True)
class Platform(ABC):
    """The platform's side of one account.

    Args:
        urls: the account's address at the service; several, where several processes serve it, are
            used in turn.
        pace: seconds that pass for one second of the platform's clock; below 1 for quick tests.
    """

    urls: list[str]
    pace: float = 1.0
    seed: int = 7
    screens: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    deliveries: list[Delivery] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    tokens: list[str] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    now: Callable[[], float] = time.time
    said_at: dict[str, float] = field(default_factory=dict)
    clients: list[httpx.AsyncClient] = field(default_factory=lambda: new_clients())

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311
        self.numbers = itertools.count(10**15 + self.seed)
        self.turn = itertools.cycle(range(len(self.urls)))

    @property
    def http(self) -> httpx.AsyncClient:
        return self.clients[0]

    async def close(self) -> None:
        for http in self.clients:
            await http.aclose()

    @property
    @abstractmethod
    def signed_as(self) -> str:
        """Name of the parameter that holds the signature of a verification."""

    @abstractmethod
    def asking(self) -> tuple[dict[str, str], str]:
        """The parameters with which the address is verified, and what is to come back."""

    @abstractmethod
    def api(self) -> FastAPI:
        """The platform's API, as far as the service calls it."""

    def stamp(self) -> tuple[str, str]:
        """A timestamp and a nonce."""
        return str(int(self.now())), str(self.random.randrange(10**9))

    async def deliver(
        self, number: int, attempt: int, body: str, query: dict[str, str]
    ) -> str | None:
        """What came back within the platform's time; None where it brings the message again."""
        begun, status, text = time.monotonic(), 0, None
        try:
            async with asyncio.timeout(WAITS * self.pace):
                answer = await self.post(body, query)
                status = answer.status_code
                text = answer.text if status == 200 else None
        except (TimeoutError, httpx.HTTPError):
            # A process that was killed, or is just starting: it waits, and tries again.
            await asyncio.sleep(0.2 * self.pace)
        self.deliveries.append(Delivery(number, attempt, status, time.monotonic() - begun))
        return text

    async def delivered(self, number: int, body: str, query: dict[str, str]) -> str | None:
        """What came back at last; None where all deliveries failed."""
        for attempt in range(1 + REPEATS):
            answer = await self.deliver(number, attempt, body, query)
            if answer is not None:
                return answer
        return None

    async def post(self, body: str, query: dict[str, str]) -> httpx.Response:
        """By way of a load balancer, which passes over a process where nothing listens."""
        http = self.random.choice(self.clients)
        first = next(self.turn)
        *others, last = (*self.urls[first:], *self.urls[:first])
        for url in others:
            with contextlib.suppress(httpx.ConnectError):
                return await http.post(url, params=query, content=body.encode())
        return await http.post(last, params=query, content=body.encode())

    def see(self, person: str, text: str, how: str, begun: float | None = None) -> None:
        """Something appears on a resident's screen, ``begun`` when they said what it answers."""
        now = time.monotonic()
        after = now - (self.said_at.get(person, now) if begun is None else begun)
        self.screens[person].append(Seen(text, how, after))

    def seen(self, person: str) -> list[str]:
        return [seen.text for seen in self.screens[person]]

    async def answered(
        self, request: Request, take: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """The answer of a call that needs a token; ``faults`` are given out first."""
        self.calls[request.url.path.rsplit("/", 1)[-1]] += 1
        if self.faults:
            return {"errcode": self.faults.pop(0)}
        if request.query_params.get("access_token") not in self.tokens[-1:]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return take(await request.json())

    def give_media(self, request: Request) -> Response:
        self.calls["media"] += 1
        content = self.media.get(request.query_params.get("media_id", ""))
        if content is None:
            return Response('{"errcode":40007}', media_type="application/json")
        return Response(content, media_type="image/jpeg")

    def expire_token(self) -> None:
        """The token is taken back, as a platform does when another is given out."""
        self.tokens.append(f"token-{len(self.tokens)}")


def new_clients() -> list[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return [
        httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)  # noqa: S113
        for _ in range(CLIENTS)
    ]
