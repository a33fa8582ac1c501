"""A stand-in for WeChat: brings messages as WeChat does, serves its API, keeps what was seen.

It signs and encrypts, waits five seconds and no longer, brings a message again when it got no
answer, counts the allowance for writing first, and gives out tokens that expire. For rehearsals
(``linli wechat rehearse``) and tests; nothing here is used in answering residents.
"""

import html
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import xmltodict
from fastapi import FastAPI, Request, Response
from wechatpy.crypto import WeChatCrypto

from channels.sealed import signature
from channels.standin import TOKEN_HOLDS, Platform, Seen
from channels.wechat.account import Account

BROKEN = "该公众号暂时无法提供服务，请稍后再试"
"""What a resident sees when all deliveries failed."""

ALLOWED = 5


@dataclass
class StandIn(Platform):
    """WeChat's side of one account, ``…/channels/wechat/{name}``."""

    account: Account
    left: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    followers_only: set[str] = field(default_factory=set)

    signed_as = "signature"

    def asking(self) -> tuple[dict[str, str], str]:
        _, query = self.sealed({"ToUserName": "gh", "FromUserName": "rehearsal"})
        echo = str(self.random.randrange(10**15))
        return {**query, "echostr": echo}, echo

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
        answer = await self.delivered(number, *self.sealed(fields))
        if answer is None:
            self.see(person, BROKEN, "broken", begun)
        else:
            self.show(person, answer, begun)
        return number

    def sealed(self, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
        """The body and the address of a delivery; encrypted where the account has a key."""
        xml = xmltodict.unparse({"xml": fields}, full_document=False)
        at, nonce = self.stamp()
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
        self.see(person, text, "passive", begun)

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
                self.expire_token()
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
            return self.give_media(request)

        return app

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
        self.see(person, text, "pushed")
        return {"errcode": 0, "errmsg": "ok"}

    def take_notice(self, given: dict[str, Any]) -> dict[str, Any]:
        values = " ".join(field["value"] for field in given["data"].values())
        self.screens[given["touser"]].append(Seen(values, "notice", 0.0))
        return {"errcode": 0, "errmsg": "ok"}


LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]*)[^>]*>(.*?)</a>')


def links(text: str) -> list[tuple[str, str]]:
    """The choices in a text: what is shown, and what a tap sends."""
    from urllib.parse import unquote

    return [(html.unescape(shown), unquote(sent)) for sent, shown in LINK.findall(text)]
