"""The chat API: what the residents' page, and any other client, talks to."""

import asyncio
from functools import partial
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from actions.turn import Location, Said
from channels.arrival import Arrival
from channels.attachments import Attachments, NoPicture
from channels.gateway import Gateway
from channels.transcript import RESIDENT, Spoken, transcript

CHANNEL = "web"


def whole(text: object) -> object:
    """Halves of characters made question marks: JSON can carry them, UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else text


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Text = Annotated[str, BeforeValidator(whole)]


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


def chat_routes(gateway: Gateway, attachments: Attachments) -> APIRouter:
    """``POST /api/chat/messages``, and the transcript of a conversation to whoever knows its id."""
    routes = APIRouter(prefix="/api/chat")
    drawing = asyncio.Semaphore(1)  # a picture may take hundreds of megabytes while it is drawn

    @routes.post("/messages")
    async def messages(message: Message, request: Request) -> dict[str, Any]:
        conversation = message.conversation_id or uuid4().hex
        external = f"{conversation}/{message.message_id or uuid4().hex}"
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
                conversation=key_of(conversation),
                said=Said(message.text or "", location_of(message.location), images),
                origin=request.client.host if request.client else "",
            )
        )
        return {"conversation_id": conversation, "replies": [r.to_json() for r in answer.replies]}

    @routes.get("/conversations/{conversation}/messages")
    async def earlier(
        conversation: Id, after: Annotated[int, Query(ge=0, le=2**62)] = 0
    ) -> dict[str, Any]:
        lines = await asyncio.to_thread(read_transcript, gateway, conversation, after)
        return {"messages": [line_of(line, conversation) for line in lines]}

    @routes.get("/conversations/{conversation}/images/{name}")
    async def image(conversation: Id, name: str) -> Response:
        try:
            if not await asyncio.to_thread(was_sent, gateway, conversation, name):
                raise FileNotFoundError(name)
            content = await asyncio.to_thread(attachments.read, name)
        except FileNotFoundError as error:
            raise HTTPException(404, "没有这张照片。") from error
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
        return Response(content, media_type="image/jpeg", headers=headers)

    return routes


def kept_image(data_url: str, external: str, attachments: Attachments, gateway: Gateway) -> str:
    try:
        return attachments.keep(data_url, external)
    except NoPicture as error:
        limit = attachments.limit // 1_000_000
        raise HTTPException(422, gateway.wording.text("picture_refused", limit=limit)) from error


def location_of(point: Point | None) -> Location | None:
    return Location(point.latitude, point.longitude, point.label, "WGS-84") if point else None


def key_of(conversation: str) -> str:
    return f"{CHANNEL}:{conversation}"


def read_transcript(gateway: Gateway, conversation: str, after: int) -> list[Spoken]:
    with gateway.sessions() as session:
        return transcript(session, key_of(conversation), gateway.vault, after=after)


def was_sent(gateway: Gateway, conversation: str, image: str) -> bool:
    """Whether a picture was sent in this conversation, however long that is."""
    after = 0
    while lines := read_transcript(gateway, conversation, after):
        if any(image in line.content.get("images", ()) for line in lines):
            return True
        after = lines[-1].id
    return False


def line_of(line: Spoken, conversation: str) -> dict[str, Any]:
    """A line as the page reads it: with the turn it belongs to, and pictures by their address."""
    content = dict(line.content)
    images = content.pop("images", [])
    if images:
        content["image"] = f"/api/chat/conversations/{conversation}/images/{images[0]}"
    speaker = RESIDENT if line.speaker == RESIDENT else "linli"
    message_id = line.external.partition("/")[2] if line.external else None
    return {"text": "", **content, "id": line.id, "from": speaker, "message_id": message_id}
