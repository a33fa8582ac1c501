"""A stand-in for WeCom: brings callbacks as WeCom does, serves its API, keeps what was seen.

Members' messages come with the callback; customers' lie with WeCom until they are fetched page by
page. For rehearsals (``linli wecom rehearse``) and tests; nothing here is used in answering
residents.
"""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import xmltodict
from fastapi import FastAPI, Request, Response
from wechatpy.enterprise.crypto import WeChatCrypto

from channels.standin import TOKEN_HOLDS, Platform
from channels.wecom.account import Account

SERVICE = "wkStandIn"
"""The customer-service account, where a test names no other."""

ALLOWED = 5
WITH_A_PERSON = 3


@dataclass
class StandIn(Platform):
    """WeCom's side of one application, ``…/channels/wecom/{name}``.

    ``page`` is how many messages a page has at most; ``names_service`` whether callbacks say which
    customer-service account they are about.
    """

    account: Account
    page: int = 100
    names_service: bool = True
    services: list[str] = field(default_factory=lambda: [SERVICE])
    said: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    left: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    choices: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)

    signed_as = "msg_signature"

    def asking(self) -> tuple[dict[str, str], str]:
        echo = str(self.random.randrange(10**15))
        sealed, query = self.encrypted(echo)
        return {**query, "echostr": sealed}, echo

    async def say(self, person: str, text: str, number: int | None = None) -> int:
        """A member writes to the application."""
        return await self.bring(person, number, MsgType="text", Content=text)

    async def bring(self, person: str, number: int | None = None, **content: str) -> int:
        """A member's message or event on its way, until it was answered or given up."""
        number = number or next(self.numbers)
        fields = {
            "ToUserName": self.account.corp_id,
            "FromUserName": person,
            "CreateTime": str(int(self.now())),
            "AgentID": str(self.account.agent_id),
            **content,
        }
        if content["MsgType"] != "event":
            fields["MsgId"] = str(number)
        self.said_at[person] = time.monotonic()
        answer = await self.delivered(number, *self.sealed(fields))
        if answer:
            self.see(person, self.opened(answer)["Content"], "passive")
        return number

    async def write(self, person: str, text: str, service: str = SERVICE, **more: str) -> None:
        """A customer writes to a customer-service account, and WeCom calls."""
        self.leave(person, service, msgtype="text", text={"content": text, **more})
        await self.call(service)

    async def tap(self, person: str, place: int, service: str = SERVICE) -> None:
        """A customer taps a choice of the last menu."""
        choice = self.choices[person][place]
        more = {"menu_id": choice["id"]} if "id" in choice else {}
        await self.write(person, choice["content"], service, **more)

    async def happen(self, person: str, kind: str, service: str = SERVICE, **about: Any) -> None:
        """An event of customer service; its accounts stand inside, as WeCom has it."""
        event = {"event_type": kind, "open_kfid": service, "external_userid": person, **about}
        self.said[service].append(self.item(msgtype="event", origin=4, event=event))
        await self.call(service)

    def leave(self, person: str, service: str = SERVICE, **content: Any) -> None:
        """A customer's message lies with WeCom from now on."""
        self.said_at[person] = time.monotonic()
        self.left[person] = ALLOWED
        about = {"open_kfid": service, "external_userid": person, "origin": 3}
        self.said[service].append(self.item(**{**about, **content}))

    def item(self, **content: Any) -> dict[str, Any]:
        return {"msgid": f"m{next(self.numbers)}", "send_time": int(self.now()), **content}

    async def call(self, service: str = SERVICE, **fields: str) -> None:
        """The callback that says there is something to fetch."""
        about = {
            "ToUserName": self.account.corp_id,
            "CreateTime": str(int(self.now())),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": "callback-token",
        }
        if self.names_service:
            about["OpenKfId"] = service
        await self.delivered(next(self.numbers), *self.sealed({**about, **fields}))

    def sealed(self, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
        """The body and the address of a delivery."""
        inner, query = self.encrypted(self.plain(fields))
        outer = {"ToUserName": self.account.corp_id, "Encrypt": inner}
        return xmltodict.unparse({"xml": outer}, full_document=False), query

    def plain(self, fields: dict[str, str]) -> str:
        return str(xmltodict.unparse({"xml": fields}, full_document=False))

    def encrypted(self, text: str) -> tuple[str, dict[str, str]]:
        at, nonce = self.stamp()
        fields = xmltodict.parse(self.crypto().encrypt_message(text, nonce, at))["xml"]
        signed = {"msg_signature": fields["MsgSignature"], "timestamp": at, "nonce": nonce}
        return fields["Encrypt"], signed

    def opened(self, answer: str) -> dict[str, str]:
        fields = xmltodict.parse(answer)["xml"]
        signed = (fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
        return dict(xmltodict.parse(self.crypto().decrypt_message(fields, *signed))["xml"])

    def crypto(self) -> WeChatCrypto:
        token, key = self.account.token, self.account.aes_key
        return WeChatCrypto(token.get_secret_value(), key.get_secret_value(), self.account.corp_id)

    def api(self) -> FastAPI:
        """WeCom's API, as far as the service calls it."""
        app = FastAPI()

        @app.get("/cgi-bin/gettoken")
        async def gettoken(corpsecret: str) -> dict[str, Any]:
            self.calls["token"] += 1
            if corpsecret != self.account.secret.get_secret_value():
                return {"errcode": 40001, "errmsg": "invalid secret"}
            if not self.tokens:
                self.expire_token()
            return {"errcode": 0, "access_token": self.tokens[-1], "expires_in": TOKEN_HOLDS}

        @app.get("/cgi-bin/media/get")
        async def media(request: Request) -> Response:
            return self.give_media(request)

        for path, take in (
            ("message/send", self.take_message),
            ("kf/sync_msg", self.give_page),
            ("kf/send_msg", self.take_reply),
            ("kf/send_msg_on_event", self.take_welcome),
            ("kf/service_state/get", self.give_state),
            ("kf/account/list", self.give_services),
        ):
            app.add_api_route(f"/cgi-bin/{path}", self.answering(take), methods=["POST"])
        return app

    def answering(
        self, take: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Callable[[Request], Awaitable[dict[str, Any]]]:
        async def answer(request: Request) -> dict[str, Any]:
            return await self.answered(request, take)

        return answer

    def take_message(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["touser"] in self.strangers:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        if given["agentid"] != self.account.agent_id:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        return self.take(given["touser"], given["text"]["content"], 2048)

    def give_page(self, given: dict[str, Any]) -> dict[str, Any]:
        """Some messages from the cursor on; it is a number here, and opaque to whoever gets it."""
        self.asked.append(given)
        if given.get("open_kfid") not in self.services:
            return {"errcode": 95000, "errmsg": "invalid open_kfid"}
        if given.get("token") not in {None, "callback-token"}:
            return {"errcode": 95007, "errmsg": "invalid msgtoken"}
        messages = self.said[given["open_kfid"]]
        begin = int(given.get("cursor") or 0)
        end = min(begin + min(self.page, given["limit"]), len(messages))
        return {
            "errcode": 0,
            "next_cursor": str(end),
            "has_more": int(end < len(messages)),
            "msg_list": messages[begin:end],
        }

    def take_reply(self, given: dict[str, Any]) -> dict[str, Any]:
        person, key = given["touser"], given["msgid"]
        if key in self.sent:
            return {"errcode": 40058, "errmsg": "msgid exists"}
        if self.states[person] not in {0, 1}:
            return {"errcode": 95018, "errmsg": "send msg session status invalid"}
        if self.left[person] <= 0:
            return {"errcode": 95001, "errmsg": "send msg count limit"}
        done = self.show(person, given)
        if not done["errcode"]:
            self.left[person] -= 1
            self.sent[key] = person
        return done

    def take_welcome(self, given: dict[str, Any]) -> dict[str, Any]:
        person = given["code"].partition(":")[0]
        if given["code"] not in self.codes:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.codes.remove(given["code"])
        return self.show(person, given)

    def show(self, person: str, given: dict[str, Any]) -> dict[str, Any]:
        if given["msgtype"] == "text":
            return self.take(person, given["text"]["content"], 2048)
        menu = given["msgmenu"]
        choices = [item["click"] for item in menu["list"]]
        if len(choices) > 10:
            return {"errcode": 95008, "errmsg": "too many menu items"}
        if any(len(c["content"].encode()) > 128 or len(c.get("id", "").encode()) > 64
               for c in choices):  # fmt: skip
            return {"errcode": 40058, "errmsg": "invalid menu item"}
        done = self.take(person, menu["head_content"], 1024)
        self.choices[person] = choices
        return done

    def take(self, person: str, text: str, most: int) -> dict[str, Any]:
        if not 0 < len(text.encode()) <= most:
            return {"errcode": 40058, "errmsg": "invalid content size"}
        self.see(person, text, "pushed")
        return {"errcode": 0, "errmsg": "ok"}

    def give_state(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"errcode": 0, "service_state": self.states[given["external_userid"]]}

    def give_services(self, given: dict[str, Any]) -> dict[str, Any]:
        managed = {"name": "邻里", "manage_privilege": True}
        found = [{"open_kfid": service, **managed} for service in self.services]
        return {"errcode": 0, "account_list": found}
