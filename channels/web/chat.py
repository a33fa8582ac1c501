"""The chat API: what the residents' page, and any other client, talks to."""

import asyncio
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from actions.turn import Location, Said
from channels.attachments import Attachments, NoPicture
from channels.gateway import Gateway
from channels.transcript import RESIDENT, Arrival, Spoken, transcript

CHANNEL = "web"
CONVERSATION = r"^[A-Za-z0-9_.-]{1,100}$"
Conversation = Annotated[str, Field(pattern=CONVERSATION)]


class Point(BaseModel):
    """A place as a browser gives it: degrees, WGS-84."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    label: str | None = Field(None, max_length=200)


class Message(BaseModel):
    """A message of a resident. The same ``message_id`` gets the same replies."""

    model_config = ConfigDict(extra="ignore")

    conversation_id: Conversation | None = None
    message_id: Annotated[str, Field(pattern=CONVERSATION)] | None = None
    text: str | None = Field(None, max_length=200_000)
    location: Point | None = None
    image: str | None = None


def chat_routes(gateway: Gateway, attachments: Attachments) -> APIRouter:
    """``POST /api/chat/messages``, and the transcript of a conversation to whoever knows its id."""
    routes = APIRouter(prefix="/api/chat")

    @routes.post("/messages")
    async def messages(message: Message) -> dict[str, Any]:
        conversation = message.conversation_id or uuid4().hex
        said = await asyncio.to_thread(said_in, message, attachments, gateway)
        replies = await gateway.receive(
            Arrival(
                channel=CHANNEL,
                account="",
                external=f"{conversation}/{message.message_id or uuid4().hex}",
                conversation=key_of(conversation),
                said=said,
            )
        )
        return {"conversation_id": conversation, "replies": [r.to_json() for r in replies]}

    @routes.get("/conversations/{conversation}/messages")
    async def earlier(
        conversation: Conversation, after: Annotated[int, Query(ge=0, le=2**62)] = 0
    ) -> dict[str, Any]:
        lines = await asyncio.to_thread(read_transcript, gateway, conversation, after)
        return {"messages": [line_of(line, conversation) for line in lines]}

    @routes.get("/conversations/{conversation}/images/{name}")
    async def image(conversation: Conversation, name: str) -> Response:
        lines = await asyncio.to_thread(read_transcript, gateway, conversation, 0)
        if not any(name in line.content.get("images", ()) for line in lines):
            raise HTTPException(404, "没有这张照片。")
        content = await asyncio.to_thread(attachments.read, name)
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
        return Response(content, media_type="image/jpeg", headers=headers)

    return routes


def said_in(message: Message, attachments: Attachments, gateway: Gateway) -> Said:
    images: tuple[str, ...] = ()
    if message.image:
        try:
            images = (attachments.keep(message.image),)
        except NoPicture as error:
            limit = attachments.limit // 1_000_000
            words = gateway.wording.text("picture_refused", limit=limit)
            raise HTTPException(422, words) from error
    point = message.location
    location = Location(point.latitude, point.longitude, point.label, "WGS-84") if point else None
    return Said(text=message.text or "", location=location, images=images)


def key_of(conversation: str) -> str:
    return f"{CHANNEL}:{conversation}"


def read_transcript(gateway: Gateway, conversation: str, after: int) -> list[Spoken]:
    with gateway.sessions() as session:
        return transcript(session, key_of(conversation), gateway.vault, after=after)


def line_of(line: Spoken, conversation: str) -> dict[str, Any]:
    """A line as the page reads it: with the turn it belongs to, and pictures by their address."""
    content = dict(line.content)
    images = content.pop("images", [])
    if images:
        content["image"] = f"/api/chat/conversations/{conversation}/images/{images[0]}"
    speaker = RESIDENT if line.speaker == RESIDENT else "linli"
    message_id = line.external.partition("/")[2] if line.external else None
    return {"text": "", **content, "id": line.id, "from": speaker, "message_id": message_id}
