"""``/hotline/api``: the desk for programs, behind one token until operators have accounts."""

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, Field, SecretStr
from sqlalchemy.orm import Session

from channels.hotline.desk import Desk
from channels.hotline.handover import (
    Handover,
    HandoverError,
    NoHandover,
    State,
    ended,
    events,
    found,
    queue,
)
from channels.hotline.operators import (
    LONGEST,
    Line,
    answer,
    file_ticket,
    give_back,
    lines,
    settle,
    take_over,
)
from nlu.text import normalise

T = TypeVar("T")

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


def whole(text: object) -> object:
    """Clean text without blanks around it."""
    return normalise(text).strip() if isinstance(text, str) else text


Name = Annotated[str, BeforeValidator(whole), Field(min_length=1, max_length=50)]


class Operator(BaseModel):
    """Who does it; their name is kept, and told to the resident."""

    by: Name


class Words(Operator):
    """What is said; the same ``key`` says it once."""

    text: str = Field(max_length=LONGEST)
    key: str = Field("", pattern=r"^[A-Za-z0-9_.-]{0,64}$")


class Filing(Operator):
    text: str = Field("", max_length=LONGEST)


def hotline_routes(desk: Desk, token: SecretStr | None) -> APIRouter:
    """The routes; without a token they are not there."""

    def authorised(request: Request) -> None:
        if token is None or not token.get_secret_value():
            raise HTTPException(404)
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode()):
            raise HTTPException(401, "口令不对。", {"WWW-Authenticate": "Bearer"})

    async def run(work: Callable[[Session], T], *, writes: bool) -> T:
        def within() -> T:
            with (desk.means.sessions if writes else desk.means.reading).begin() as session:
                return work(session)

        try:
            return await asyncio.to_thread(within)
        except NoHandover as error:
            raise HTTPException(404, f"{error}。") from error
        except HandoverError as error:
            raise HTTPException(409, f"{error}。") from error

    def shown(session: Session, number: int) -> dict[str, Any]:
        session.flush()
        return {
            **facts(found(session, number, desk.means.vault), desk.means.clock()),
            "events": [
                {"step": e.step, "by": e.by, "at": moment(e.at)} for e in events(session, number)
            ],
        }

    routes = APIRouter(prefix="/hotline/api", dependencies=[Depends(authorised)])

    @routes.get("/queue")
    async def show_queue() -> dict[str, Any]:
        now = desk.means.clock()
        open_ones = await run(lambda session: queue(session, desk.means.vault), writes=False)
        return {
            "open": desk.hours.is_open(now),
            "hours": desk.hours.in_words(),
            "waiting": [facts(h, now) for h in open_ones if h.state is State.WAITING],
            "taken": [facts(h, now) for h in open_ones if h.state is State.TAKEN],
        }

    @routes.get("/ended")
    async def show_ended() -> dict[str, Any]:
        last = await run(lambda session: ended(session, desk.means.vault), writes=False)
        return {"ended": [facts(h, desk.means.clock()) for h in last]}

    @routes.get("/handovers/{number}")
    async def show(number: Number) -> dict[str, Any]:
        return await run(lambda session: shown(session, number), writes=False)

    @routes.get("/handovers/{number}/lines")
    async def show_lines(
        number: Number, after: Annotated[int, Query(ge=0, le=2**62)] = 0
    ) -> dict[str, Any]:
        def read(session: Session) -> list[Line]:
            handover = found(session, number, desk.means.vault)
            return lines(session, handover, desk, after=after)

        return {"lines": [line_facts(line) for line in await run(read, writes=False)]}

    @routes.post("/handovers/{number}/take")
    async def take(number: Number, operator: Operator) -> dict[str, Any]:
        def work(session: Session) -> dict[str, Any]:
            take_over(session, number, operator.by, desk)
            return shown(session, number)

        return await run(work, writes=True)

    @routes.post("/handovers/{number}/replies")
    async def reply(number: Number, said: Words) -> dict[str, Any]:
        def work(session: Session) -> int:
            return answer(session, number, said.by, said.text, desk, key=said.key)

        return {"line": await run(work, writes=True)}

    @routes.post("/handovers/{number}/ticket")
    async def ticket(number: Number, filing: Filing) -> dict[str, Any]:
        def work(session: Session) -> str:
            return file_ticket(session, number, filing.by, desk, filing.text).number

        return {"ticket": await run(work, writes=True)}

    @routes.post("/handovers/{number}/back")
    async def back(number: Number, operator: Operator) -> dict[str, Any]:
        def work(session: Session) -> dict[str, Any]:
            give_back(session, number, operator.by, desk)
            return shown(session, number)

        return await run(work, writes=True)

    @routes.post("/handovers/{number}/close")
    async def close(number: Number, operator: Operator) -> dict[str, Any]:
        def work(session: Session) -> dict[str, Any]:
            settle(session, number, operator.by, desk)
            return shown(session, number)

        return await run(work, writes=True)

    return routes


def facts(handover: Handover, now: datetime) -> dict[str, Any]:
    """A handover without its conversation's id, by which anybody could read all of it."""
    until = handover.taken or handover.closed or now
    return {
        "id": handover.id,
        "channel": handover.channel,
        "state": handover.state,
        "reason": handover.reason,
        "urgent": handover.urgent,
        "summary": handover.summary,
        "since": moment(handover.since),
        "waited_seconds": int((until - handover.since).total_seconds()),
        "taken": moment(handover.taken),
        "taken_by": handover.taken_by,
        "closed": moment(handover.closed),
        "closed_by": handover.closed_by,
        "ending": handover.ending,
    }


def line_facts(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "from": line.speaker,
        "by": line.by,
        "text": line.text,
        "images": line.images,
        "place": line.place,
        "at": moment(line.at),
        "sent": line.sent,
        "reason": line.reason,
    }


def moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
