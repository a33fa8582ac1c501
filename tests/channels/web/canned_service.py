"""The chat API as the residents' page sees it, with canned replies and faults on order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import socket
from threading import Thread
from time import monotonic, sleep
from typing import Annotated, Any

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from channels.web.page import page_routes

OPENING = """您好，我是邻里，云溪街道的助手。
可以问我政策、办事和手续，也可以说说身边的问题，我帮您提交工单。
比如：“老楼能装电梯吗”“3号楼的路灯不亮了”“我的工单”。"""

QUESTIONS = (
    "居住证怎么办？",
    "老楼加装电梯要几户同意？",
    "助餐点几点开饭？",
    "楼道里堆了杂物",
    "我的工单",
)

ATTACK = "<script>window.hit='script'</script><img src=x onerror=\"window.hit='img'\"><b>粗</b>&lt;"

LIFT = {
    "text": "可以申请。先由本单元业主商量，参与表决的人数和面积都要够三分之二，"
    "其中四分之三以上同意，再到街道的加装电梯窗口登记。\n"
    "带上身份证、房产证和同意书，一般 10 个工作日内答复。",
    "citations": [
        {
            "title": "民法典",
            "article": "第二百七十八条",
            "effective": "2021-01-01",
            "number": "示例文号",
            "link": "https://example.org/law",
            "quote": "（示例）这里是条文的原文。",
        }
    ],
    "buttons": [{"title": "有帮助", "text": "有帮助"}, {"title": "没解决", "text": "没解决"}],
}

TICKET = {
    "text": "已经提交了。有进展我会告诉您，也可以随时拿单号来问。",
    "ticket": {
        "number": "LL20301122-0042-7",
        "status": "待受理",
        "title": "3号楼2单元楼道灯不亮",
        "category": "市政设施 / 照明",
        "address": "云溪街道青禾社区3号楼2单元",
        "resolve_by": "2030-11-28T16:00:00Z",
    },
}

FIRE = {
    "text": "请马上离开房间，到楼外安全的地方，再打 119。不要坐电梯。",
    "urgent": True,
    "calls": [
        {"name": "火警", "number": "119"},
        {"name": "街道值班（示例）", "number": "010-0000 0000"},
    ],
}

HOSTILE = {
    "text": ATTACK,
    "buttons": [{"title": ATTACK, "text": "知道了"}],
    "citations": [
        {
            "title": ATTACK,
            "article": ATTACK,
            "number": ATTACK,
            "effective": ATTACK,
            "quote": ATTACK,
            "link": "javascript:window.hit='link'",
        }
    ],
    "ticket": {
        "number": ATTACK,
        "status": ATTACK,
        "title": ATTACK,
        "category": ATTACK,
        "address": ATTACK,
        "resolve_by": ATTACK,
    },
    "urgent": True,
    "calls": [{"name": ATTACK, "number": "javascript:window.hit='call'"}],
}

ODD: dict[str, Any] = {
    "text": None,
    "buttons": [None, 7, {}],
    "citations": "no list",
    "ticket": 5,
    "calls": {},
}

REPLIES: dict[str, list[dict[str, Any]]] = {
    "电梯": [LIFT],
    "灯不亮": [TICKET],
    "着火": [FIRE],
    "攻击": [HOSTILE],
    "怪": [ODD, {"text": "还在"}],
    "很长": [{"text": "这是很长的回答，一行接着一行。\n" * 60}],
    "两句": [{"text": "第一句"}, {"text": "第二句"}],
}


@dataclass
class CannedService:
    """Answers from REPLIES, keeps a transcript, and repeats a turn for a repeated message_id."""

    origin: str = ""
    posts: list[dict[str, Any]] = field(default_factory=list)
    turns: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    faults: list[int] = field(default_factory=list)  # statuses that the next posts get unread
    held: bool = False  # whether replies wait until this is taken back
    given_id: str | None = None  # a conversation id the service insists on
    begun: int = 0  # conversations that were asked for
    left: int = 0  # browsers that gave their conversation up
    lost: set[str] = field(default_factory=set)  # conversations that nobody may see any more
    streams: int = 0  # opened so far
    cut: int = 0  # raised to break all open streams off
    shut: bool = False  # whether streams are refused
    requests: Sized = ()  # that are under way, open streams among them

    def reset(self) -> None:
        """As if nothing had been, once the pages that were before are heard no more."""
        self.cut += 1
        httpx.get(self.origin, trust_env=False)  # answered after what they had sent was read
        wait_for(lambda: not self.requests)
        fresh = CannedService(
            origin=self.origin, begun=self.begun, cut=self.cut, requests=self.requests
        )
        self.__dict__.update(fresh.__dict__)

    def said(self) -> list[str]:
        """What reached the service, once a turn."""
        return [
            row["text"] for rows in self.rows.values() for row in rows if row["from"] == "resident"
        ]

    def record(self, conversation: str, row: dict[str, Any]) -> None:
        number = sum(len(rows) for rows in self.rows.values()) + 1
        self.rows[conversation].append({"id": number, **row})

    def notify(self, conversation: str, text: str, speaker: str = "linli") -> None:
        """A row that belongs to nobody's turn."""
        self.record(conversation, {"from": speaker, "message_id": None, "text": text})

    def answer(self, message: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        conversation = self.given_id or message.get("conversation_id") or "key"
        turn = (conversation, message["message_id"])
        if turn not in self.turns:
            text = message.get("text") or ("[照片]" if message.get("image") else "[位置]")
            replies = next(
                (replies for word, replies in REPLIES.items() if word in text),
                [{"text": f"收到：{text}"}],
            )
            self.turns[turn] = replies
            self.record(conversation, {"from": "resident", "message_id": turn[1], "text": text})
            for reply in replies:
                self.record(conversation, {"from": "linli", "message_id": turn[1], **reply})
        return conversation, self.turns[turn]


def app_of(service: CannedService) -> FastAPI:
    app = FastAPI()
    app.include_router(page_routes(community="云溪街道", opening=OPENING, questions=QUESTIONS))

    def open_only() -> None:
        if service.shut:
            raise HTTPException(503)

    @app.post("/api/chat/messages")
    async def post(request: Request) -> JSONResponse:
        message = await request.json()
        service.posts.append(message)
        while service.held:  # noqa: ASYNC110  # set by another thread
            await asyncio.sleep(0.02)
        if service.faults:
            status = service.faults.pop(0)
            return JSONResponse({"error": {"message": f"测试故障{status}"}}, status)
        if message.get("conversation_id") in service.lost:
            return JSONResponse({"error": {"message": "没有这段对话。"}}, 404)
        conversation, replies = service.answer(message)
        return JSONResponse({"conversation_id": conversation, "replies": replies})

    @app.post("/api/chat/conversations")
    def begin() -> JSONResponse:
        service.begun += 1
        return JSONResponse({"conversation_id": f"linli1.{service.begun}"})

    @app.post("/api/chat/conversations/leave", status_code=204)
    def leave() -> None:
        service.left += 1

    @app.get("/api/chat/conversations/{conversation}/messages")
    def transcript(conversation: str, after: int = 0) -> JSONResponse:
        if conversation in service.lost:
            return JSONResponse({"error": {"message": "没有这段对话。"}}, 404)
        return JSONResponse({"messages": rows_of(conversation, after)[:50]})

    @app.get(
        "/api/chat/conversations/{conversation}/events",
        response_class=EventSourceResponse,
        dependencies=[Depends(open_only)],
    )
    async def events(
        conversation: str, after: int = 0, last_event_id: Annotated[int | None, Header()] = None
    ) -> AsyncIterator[ServerSentEvent]:
        service.streams += 1
        cut, cursor = service.cut, last_event_id or after
        yield ServerSentEvent(event="open", raw_data="", retry=50)
        while service.cut == cut:
            for row in rows_of(conversation, cursor):
                cursor = row["id"]
                yield ServerSentEvent(data=row, id=str(cursor))
            await asyncio.sleep(0.02)

    def rows_of(conversation: str, after: int) -> list[dict[str, Any]]:
        return [row for row in service.rows.get(conversation, []) if row["id"] > after]

    return app


def wait_for(condition: Callable[[], bool]) -> None:
    started = monotonic()
    while not condition():
        if monotonic() - started > 60:
            raise TimeoutError("the canned service is not ready")
        sleep(0.01)


@contextmanager
def running(service: CannedService) -> Iterator[CannedService]:
    """The service on a free port of this machine."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        service.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(app_of(service), log_level="error", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wait_for(lambda: server.started)
        service.requests = server.server_state.tasks
        try:
            yield service
        finally:
            server.should_exit = True
            service.cut += 1
            thread.join(timeout=60)
