"""A stand-in for WeChat: brings messages as WeChat does, serves its API, keeps what was seen.

It signs and encrypts, waits five seconds and no longer, brings a message again when it got no
answer, counts the allowance for writing first, and gives out tokens that expire. For rehearsals
(``linli wechat rehearse``) and tests; nothing here is used in answering residents.
"""

import asyncio
import contextlib
import html
import itertools
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import xmltodict
from fastapi import FastAPI, Request, Response
from wechatpy.crypto import WeChatCrypto

from channels.sealed import signature
from channels.wechat.account import Account

WAITS = 5.0
"""Seconds WeChat waits for an answer."""

REPEATS = 2
"""How often it brings a message again that was not answered."""

BROKEN = "该公众号暂时无法提供服务，请稍后再试"
"""What a resident sees when all deliveries failed."""

TOKEN_HOLDS = 7200
ALLOWED = 5

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


@dataclass
class StandIn:
    """WeChat's side of one account.

    Args:
        url: the account's address at the service, ``…/channels/wechat/{name}``; several, where
            several processes serve it, are used in turn.
        pace: seconds that pass for one second of WeChat's clock; below 1 for quick tests.
    """

    account: Account
    urls: list[str]
    pace: float = 1.0
    seed: int = 7
    screens: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    deliveries: list[Delivery] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    tokens: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    faults: list[int] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    followers_only: set[str] = field(default_factory=set)
    said_at: dict[str, float] = field(default_factory=dict)
    clients: list[httpx.AsyncClient] = field(default_factory=lambda: new_clients())

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311
        self.numbers = itertools.count(10**15 + self.seed)
        self.turn = itertools.cycle(self.urls)

    @property
    def http(self) -> httpx.AsyncClient:
        return self.clients[0]

    async def close(self) -> None:
        for http in self.clients:
            await http.aclose()

    async def say(self, person: str, text: str, number: int | None = None) -> int:
        """A resident writes; the number of the message once it is settled."""
        return await self.bring(person, number, MsgType="text", Content=text)

    async def send_event(self, person: str, event: str, **more: str) -> None:
        await self.bring(person, None, MsgType="event", Event=event, **more)

    async def bring(self, person: str, number: int | None = None, **content: str) -> int:
        """A message on its way, until it was answered or given up."""
        number = number or next(self.numbers)
        fields = {
            "ToUserName": "gh_standin",
            "FromUserName": person,
            "CreateTime": str(int(time.time())),
            **content,
        }
        if content["MsgType"] != "event":
            fields["MsgId"] = str(number)
            self.left[person] = ALLOWED
        begun = self.said_at[person] = time.monotonic()
        body, query = self.sealed(fields)
        for attempt in range(1 + REPEATS):
            answer = await self.deliver(number, attempt, body, query)
            if answer is not None:
                self.show(person, answer, begun)
                return number
        self.screens[person].append(Seen(BROKEN, "broken", time.monotonic() - begun))
        return number

    async def deliver(
        self, number: int, attempt: int, body: str, query: dict[str, str]
    ) -> str | None:
        """What came back within WeChat's time; None where it brings the message again."""
        begun, status, text = time.monotonic(), 0, None
        try:
            async with asyncio.timeout(WAITS * self.pace):
                answer = await self.post(body, query)
                status = answer.status_code
                text = answer.text if status == 200 else None
        except (TimeoutError, httpx.HTTPError):
            # A process that was killed, or is just starting: WeChat waits, and tries again.
            await asyncio.sleep(0.2 * self.pace)
        self.deliveries.append(Delivery(number, attempt, status, time.monotonic() - begun))
        return text

    async def post(self, body: str, query: dict[str, str]) -> httpx.Response:
        """By way of a load balancer, which passes over a process where nothing listens."""
        http = self.random.choice(self.clients)
        for _ in self.urls[1:]:
            with contextlib.suppress(httpx.ConnectError):
                return await http.post(next(self.turn), params=query, content=body.encode())
        return await http.post(next(self.turn), params=query, content=body.encode())

    def sealed(self, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
        """The body and the address of a delivery; encrypted where the account has a key."""
        xml = xmltodict.unparse({"xml": fields}, full_document=False)
        at, nonce = str(int(time.time())), str(self.random.randrange(10**9))
        token = self.account.token.get_secret_value()
        query = {"timestamp": at, "nonce": nonce, "signature": signature(token, at, nonce)}
        if key := self.account.aes_key.get_secret_value():
            xml = WeChatCrypto(token, key, self.account.app_id).encrypt_message(xml, nonce, at)
            inner = xmltodict.parse(xml)["xml"]
            query |= {"encrypt_type": "aes", "msg_signature": inner["MsgSignature"]}
            outer = {"ToUserName": fields["ToUserName"], "Encrypt": inner["Encrypt"]}
            xml = xmltodict.unparse({"xml": outer}, full_document=False)
        return xml, query

    def show(self, person: str, answer: str, begun: float) -> None:
        """The answer as the resident sees it; an empty one, or “success”, shows nothing."""
        if answer in {"", "success"}:
            return
        fields = xmltodict.parse(answer)["xml"]
        if "Encrypt" in fields:
            token, key = self.account.token, self.account.aes_key.get_secret_value()
            crypto = WeChatCrypto(token.get_secret_value(), key, self.account.app_id)
            signed = (fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
            fields = xmltodict.parse(crypto.decrypt_message(fields, *signed))["xml"]
        text = fields.get("Content") or fields["Articles"]["item"]["Description"]
        self.screens[person].append(Seen(text, "passive", time.monotonic() - begun))

    def seen(self, person: str) -> list[str]:
        return [seen.text for seen in self.screens[person]]

    def api(self) -> FastAPI:
        """WeChat's API, as far as the service calls it."""
        app = FastAPI()

        @app.post("/cgi-bin/stable_token")
        async def stable_token(request: Request) -> dict[str, Any]:
            self.calls["token"] += 1
            given = await request.json()
            if given.get("secret") != self.account.secret.get_secret_value():
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            if not self.tokens or given.get("force_refresh"):
                self.tokens.append(f"token-{len(self.tokens)}")
            return {"access_token": self.tokens[-1], "expires_in": TOKEN_HOLDS}

        @app.post("/cgi-bin/message/custom/send")
        async def send(request: Request) -> dict[str, Any]:
            return await self.answered(request, self.take_custom)

        @app.post("/cgi-bin/message/subscribe/bizsend")
        async def notify(request: Request) -> dict[str, Any]:
            return await self.answered(request, self.take_notice)

        @app.post("/cgi-bin/menu/create")
        async def menu(request: Request) -> dict[str, Any]:
            return await self.answered(request, lambda given: {"errcode": 0})

        @app.get("/cgi-bin/media/get")
        async def media(request: Request) -> Response:
            self.calls["media"] += 1
            content = self.media.get(request.query_params.get("media_id", ""))
            if content is None:
                return Response('{"errcode":40007}', media_type="application/json")
            return Response(content, media_type="image/jpeg")

        return app

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

    def take_custom(self, given: dict[str, Any]) -> dict[str, Any]:
        person = given["touser"]
        if person in self.followers_only:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        if person not in self.said_at:
            return {"errcode": 45015, "errmsg": "response out of time limit"}
        if self.left[person] <= 0:
            return {"errcode": 45047, "errmsg": "out of response count limit"}
        text = given["text"]["content"]
        if len(text.encode()) > 2048:
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        self.left[person] -= 1
        after = time.monotonic() - self.said_at[person]
        self.screens[person].append(Seen(text, "pushed", after))
        return {"errcode": 0, "errmsg": "ok"}

    def take_notice(self, given: dict[str, Any]) -> dict[str, Any]:
        values = " ".join(field["value"] for field in given["data"].values())
        self.screens[given["touser"]].append(Seen(values, "notice", 0.0))
        return {"errcode": 0, "errmsg": "ok"}

    def expire_token(self) -> None:
        """The token is taken back, as WeChat does when another is given out."""
        self.tokens.append(f"token-{len(self.tokens)}")


def new_clients() -> list[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return [
        httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)  # noqa: S113
        for _ in range(CLIENTS)
    ]


LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]*)[^>]*>(.*?)</a>')


def links(text: str) -> list[tuple[str, str]]:
    """The choices in a text: what is shown, and what a tap sends."""
    from urllib.parse import unquote

    return [(html.unescape(shown), unquote(sent)) for sent, shown in LINK.findall(text)]
