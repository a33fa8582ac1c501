"""The chat API: what the residents' page, and any other client, talks to."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from actions.turn import Location, Said
from channels.arrival import Arrival
from channels.attachments import Attachments, NoPicture
from channels.gateway import Gateway
from channels.limits import JsonRoute
from channels.web.lines import CHANNEL, key_of, line_of
from channels.web.streams import Seat, Streams
from channels.web.visitors import Visitors


def whole(text: object) -> object:
    """Halves of characters made question marks: JSON can carry them, UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else text


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Text = Annotated[str, BeforeValidator(whole)]
After = Annotated[int, Query(ge=0, le=2**62)]


class Point(BaseModel):
    """A place as a browser gives it: degrees, WGS-84."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    label: Text | None = Field(None, max_length=200)


class Message(BaseModel):
    """A message of a resident. The same ``message_id`` gets the same replies."""

    model_config = ConfigDict(extra="ignore")

    conversation_id: Id | None = None
    message_id: Id | None = None
    text: Text | None = Field(None, max_length=200_000)
    location: Point | None = None
    image: str | None = None


def chat_routes(
    gateway: Gateway, attachments: Attachments, visitors: Visitors, streams: Streams
) -> APIRouter:
    """Writing, and for whoever holds the conversation's token, reading: then, and as it comes."""
    routes = APIRouter(prefix="/api/chat", route_class=JsonRoute)
    drawing = asyncio.Semaphore(1)  # a picture may take hundreds of megabytes while it is drawn

    @routes.post("/messages")
    async def messages(message: Message, request: Request, response: Response) -> dict[str, Any]:
        conversation = visitors.writes_to(request, message.conversation_id)
        external = f"{conversation.name}/{message.message_id or uuid4().hex}"
        images: tuple[str, ...] = ()
        if message.image:
            async with drawing:
                keep = partial(kept_image, message.image, external, attachments, gateway)
                images = (await asyncio.to_thread(keep),)
        answer = await gateway.receive(
            Arrival(
                channel=CHANNEL,
                account="",
                external=external,
                conversation=key_of(conversation.name),
                said=Said(message.text or "", location_of(message.location), images),
                origin=request.client.host if request.client else "",
            )
        )
        visitors.renew(request, response)
        replies = [reply.to_json() for reply in answer.replies]
        return {"conversation_id": conversation.id, "replies": replies}

    @routes.post("/conversations")
    async def begin(request: Request, response: Response) -> dict[str, str]:
        return {"conversation_id": visitors.begin(request, response)}

    @routes.post("/conversations/leave", status_code=204)
    async def leave(request: Request, response: Response) -> None:
        visitors.leave(request, response)

    @routes.get("/conversations/{conversation}/messages")
    async def earlier(
        conversation: Id, request: Request, response: Response, after: After = 0
    ) -> dict[str, Any]:
        key = key_of(visitors.reads(request, conversation))
        lines = await asyncio.to_thread(streams.read, key, after)
        visitors.renew(request, response)
        response.headers["Cache-Control"] = "no-store"
        return {"messages": [line_of(line, address_of(conversation)) for line in lines]}

    async def seat(conversation: Id, request: Request) -> AsyncIterator[Seat]:
        key = key_of(visitors.reads(request, conversation))
        with streams.seat(key) as seat:
            yield seat

    @routes.get("/conversations/{conversation}/events", response_class=EventSourceResponse)
    async def events(
        conversation: Id,
        seat: Annotated[Seat, Depends(seat)],
        after: After = 0,
        last_event_id: Annotated[int | None, Header(ge=0, le=2**62)] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        start = after if last_event_id is None else last_event_id
        async for event in streams.events(seat, start, address_of(conversation)):
            yield event

    @routes.get("/conversations/{conversation}/images/{name}")
    async def image(conversation: Id, name: str, request: Request) -> Response:
        key = key_of(visitors.reads(request, conversation))
        try:
            if not await asyncio.to_thread(was_sent, streams, key, name):
                raise FileNotFoundError(name)
            content = await asyncio.to_thread(attachments.read, name)
        except FileNotFoundError as error:
            raise HTTPException(404, "没有这张照片。") from error
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return Response(content, media_type="image/jpeg", headers=headers)

    return routes


def address_of(conversation: str) -> str:
    return f"/api/chat/conversations/{conversation}"


def kept_image(data_url: str, external: str, attachments: Attachments, gateway: Gateway) -> str:
    try:
        return attachments.keep(data_url, external)
    except NoPicture as error:
        limit = attachments.limit // 1_000_000
        raise HTTPException(422, gateway.wording.text("picture_refused", limit=limit)) from error


def location_of(point: Point | None) -> Location | None:
    return Location(point.latitude, point.longitude, point.label, "WGS-84") if point else None


def was_sent(streams: Streams, conversation: str, image: str) -> bool:
    """Whether a picture was sent in this conversation, however long that is."""
    after = 0
    while lines := streams.read(conversation, after):
        if any(image in line.content.get("images", ()) for line in lines):
            return True
        after = lines[-1].id
    return False
