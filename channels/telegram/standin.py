"""A stand-in for Telegram: the Bot API over HTTP, and a resident's screen.

It brings updates to the webhook until they are taken, or hands them out to whoever fetches; it
refuses what Telegram refuses (too long, too often, blocked, a keyboard that is none). For trials
and tests; nothing here is used in answering residents.
"""

import asyncio
import itertools
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from channels.telegram.render import LIMIT, units

DELIVERIES = 5
"""How often an update that is not taken is brought again here; Telegram itself goes on for a
day, at growing distances."""

DATA_BYTES = 64
NESTED = frozenset({"reply_markup", "commands", "allowed_updates", "link_preview_options"})
"""Fields of a call that come as JSON within the form."""


@dataclass
class Shown:
    """A message on a resident's screen: what stands there, and the rows of buttons under it."""

    number: int
    text: str
    rows: list[list[tuple[str, str]]]

    @property
    def titles(self) -> list[str]:
        return [title for row in self.rows for title, _ in row]


class Refusal(Exception):
    """Telegram's no: its status, description and parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass
class StandIn:
    """Telegram's side of one bot.

    Args:
        pause: seconds before an update that was not taken is brought again.
        faults: refusals given out before anything else, in their order.
        fails: methods that are refused.
    """

    token: str
    pause: float = 0.05
    webhook: str = ""
    secret: str = ""
    last_error: tuple[int, str] = (0, "")
    listens_to: list[str] = field(default_factory=list)
    screens: dict[int, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    toasts: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    faults: list[Refusal] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)
    previews: list[bool] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    pending: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[int] = field(default_factory=list)
    commands: list[dict[str, str]] = field(default_factory=list)
    http: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(timeout=60, trust_env=False)
    )

    def __post_init__(self) -> None:
        self.updates = itertools.count(700)
        self.numbers = itertools.count(1)
        self.arrived = asyncio.Event()

    async def close(self) -> None:
        await self.http.aclose()

    async def say(self, person: int, text: str) -> int:
        """A resident writes; the number of the message."""
        return await self.send(person, text=text)

    async def send(self, person: int, **content: Any) -> int:
        """A message with any content, as the Bot API names it."""
        self.known.add(person)
        number = next(self.numbers)
        await self.bring(message=self.message(person, number, **content))
        return number

    async def edit(self, person: int, number: int, **content: Any) -> None:
        changed = self.message(person, number, **content, edit_date=int(time.time()))
        await self.bring(edited_message=changed)

    async def press(self, person: int, title: str, *, shown: Shown | None = None) -> None:
        """Press the button with this title, on the last message that has one.

        Raises:
            LookupError: there is no such button on the screen.
        """
        places = [shown] if shown else list(reversed(self.screens[person]))
        found = [(m, d) for m in places for row in m.rows for t, d in row if t == title]
        if not found:
            raise LookupError(title)
        message, data = found[0]
        where = self.message(person, message.number, text=message.text)
        where["from"] = {"id": int(self.token.partition(":")[0]), "is_bot": True, "first_name": "b"}
        where["reply_markup"] = markup_of(message.rows)
        about = {"from": self.person(person), "chat_instance": "c", "data": data}
        query = {"id": f"q{next(self.numbers)}", "message": where, **about}
        await self.bring(callback_query=query)

    async def block(self, person: int) -> None:
        self.blocked.add(person)
        member = {"user": {"id": 1, "is_bot": True, "first_name": "bot"}}
        change = {
            "chat": {"id": person, "type": "private"},
            "from": self.person(person),
            "date": int(time.time()),
            "old_chat_member": {**member, "status": "member"},
            "new_chat_member": {**member, "status": "kicked", "until_date": 0},
        }
        await self.bring(my_chat_member=change)

    def message(self, person: int, number: int, **content: Any) -> dict[str, Any]:
        return {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": person, "type": "private", "first_name": "甲", "username": "someone"},
            "from": self.person(person),
            **content,
        }

    def person(self, number: int) -> dict[str, Any]:
        return {"id": number, "is_bot": False, "first_name": "甲", "username": "someone"}

    async def bring(self, **content: Any) -> None:
        """An update on its way: to the webhook until it is taken, or kept for who fetches."""
        update = {"update_id": next(self.updates), **content}
        if not self.webhook:
            self.pending.append(update)
            self.arrived.set()
            return
        for _ in range(DELIVERIES):
            if 200 <= await self.deliver(update) < 300:
                return
            await asyncio.sleep(self.pause)

    async def deliver(self, update: dict[str, Any]) -> int:
        """The status of one POST to the webhook; 0 where nothing answers."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            answer = await self.http.post(self.webhook, json=update, headers=headers)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        self.deliveries.append(status)
        return status

    def seen(self, person: int) -> list[str]:
        return [shown.text for shown in self.screens[person]]

    def api(self) -> FastAPI:
        """The Bot API, as far as the service calls it."""
        app = FastAPI()
        methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "getme": self.get_me,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "setmycommands": self.set_commands,
            "sendmessage": self.send_message,
            "answercallbackquery": self.answer_query,
            "editmessagereplymarkup": self.edit_markup,
            "getfile": self.get_file,
        }

        @app.post("/bot{token}/{method}")
        async def call(token: str, method: str, request: Request) -> Response:
            self.calls[method] += 1
            sent = parse_qsl((await request.body()).decode(), keep_blank_values=True)
            given = {name: json.loads(v) if name in NESTED else v for name, v in sent}
            try:
                if token != self.token:
                    raise Refusal(401, "Unauthorized")
                if self.faults:
                    raise self.faults.pop(0)
                if method in self.fails:
                    raise Refusal(500, "Internal Server Error")
                if method == "getUpdates":
                    return JSONResponse({"ok": True, "result": await self.get_updates(given)})
                return JSONResponse({"ok": True, "result": methods[method.lower()](given)})
            except Refusal as no:
                told = {"ok": False, "error_code": no.status, "description": no.description}
                if no.parameters:
                    told["parameters"] = no.parameters
                return JSONResponse(told, status_code=no.status)

        @app.get("/file/bot{token}/{path:path}")
        async def file(token: str, path: str) -> Response:
            self.calls["file"] += 1
            content = self.files.get(path.removeprefix("photos/"))
            if token != self.token or content is None:
                return Response(status_code=404)
            return Response(content, media_type="application/octet-stream")

        return app

    async def get_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; "
                               "use deleteWebhook to delete the webhook first")  # fmt: skip
        offset = int(given.get("offset") or 0)
        self.pending = [u for u in self.pending if u["update_id"] >= offset]
        self.arrived.clear()
        if not self.pending:
            try:
                async with asyncio.timeout(float(given.get("timeout") or 0)):
                    await self.arrived.wait()
            except TimeoutError:
                pass
        return self.pending[:100]

    def get_me(self, given: dict[str, Any]) -> dict[str, Any]:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "邻里", "username": "linli_trial_bot"}

    def set_webhook(self, given: dict[str, Any]) -> bool:
        if not str(given["url"]).startswith("https://"):
            raise Refusal(
                400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            )
        self.webhook, self.secret = given["url"], str(given.get("secret_token", ""))
        self.listens_to = given["allowed_updates"]
        return True

    def delete_webhook(self, given: dict[str, Any]) -> bool:
        self.webhook = self.secret = ""
        return True

    def get_webhook_info(self, given: dict[str, Any]) -> dict[str, Any]:
        at, told = self.last_error
        return {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            **({"last_error_date": at, "last_error_message": told} if at else {}),
        }

    def set_commands(self, given: dict[str, Any]) -> bool:
        self.commands = given["commands"]
        return True

    def send_message(self, given: dict[str, Any]) -> dict[str, Any]:
        person, text = int(given["chat_id"]), str(given["text"])
        if person in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if person not in self.known:
            raise Refusal(400, "Bad Request: chat not found")
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if units(text) > LIMIT:
            raise Refusal(400, "Bad Request: message is too long")
        self.previews.append((given.get("link_preview_options") or {}).get("is_disabled", False))
        shown = Shown(next(self.numbers), text, rows_of(given.get("reply_markup")))
        self.screens[person].append(shown)
        return self.message(person, shown.number, text=text)

    def answer_query(self, given: dict[str, Any]) -> bool:
        self.toasts.append((str(given["callback_query_id"]), str(given.get("text", ""))))
        return True

    def edit_markup(self, given: dict[str, Any]) -> dict[str, Any]:
        person, number = int(given["chat_id"]), int(given["message_id"])
        for shown in self.screens[person]:
            if shown.number == number:
                rows = rows_of(given.get("reply_markup"))
                if rows == shown.rows:
                    raise Refusal(400, "Bad Request: message is not modified")
                shown.rows = rows
                return self.message(person, number, text=shown.text)
        raise Refusal(400, "Bad Request: message to edit not found")

    def get_file(self, given: dict[str, Any]) -> dict[str, Any]:
        name = str(given["file_id"])
        if name not in self.files:
            raise Refusal(400, "Bad Request: invalid file_id")
        about = {"file_id": name, "file_unique_id": f"u{name}", "file_path": f"photos/{name}"}
        return {**about, "file_size": len(self.files[name])}


def rows_of(markup: dict[str, Any] | None) -> list[list[tuple[str, str]]]:
    rows = []
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if not 0 < len(button["callback_data"].encode()) <= DATA_BYTES or not button["text"]:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        rows.append([(button["text"], button["callback_data"]) for button in row])
    return rows


def markup_of(rows: list[list[tuple[str, str]]]) -> dict[str, Any]:
    keyboard = [[{"text": text, "callback_data": data} for text, data in row] for row in rows]
    return {"inline_keyboard": keyboard}


def photo(name: str, *, width: int = 1280, size: int = 90_000) -> list[dict[str, Any]]:
    """A photo as Telegram keeps it: a small one and a large one."""
    small = {"file_id": f"{name}-small", "file_unique_id": "s", "width": 90, "height": 60}
    large = {"file_id": name, "file_unique_id": "l", "width": width, "height": 960}
    return [{**small, "file_size": 1500}, {**large, "file_size": size}]
