"""``/channels/wecom/{account}``: WeCom asks whether it is us, brings messages, and calls."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy.orm import Session

from actions.reply import Reply
from channels.arrival import Arrival
from channels.gateway import Gateway
from channels.handling import Answer
from channels.incoming import GREET, Incoming
from channels.metrics import REFUSED
from channels.recipients import lose_recipient
from channels.replays import is_replayed
from channels.rests import keep_rest
from channels.sealed import Forged, Malformed
from channels.tables import Late, RecipientRow
from channels.wecom.account import Account
from channels.wecom.collector import CHANNEL, Collector, conversation_of
from channels.wecom.envelope import Fields, open_echo, open_envelope, seal
from channels.wecom.members import event_of, number_of, read
from channels.wecom.menu import meant
from channels.wecom.person import Person
from channels.wecom.render import show

logger = logging.getLogger(__name__)

DELIVERIES = 3
"""WeCom delivers a message that is not answered within five seconds once and then again."""

CALL = "kf_msg_or_event"


def wecom_routes(
    gateway: Gateway, accounts: Mapping[str, Account], collector: Collector, *, within: float
) -> APIRouter:
    """The routes of every account.

    Args:
        within: seconds in which a request is answered; WeCom gives up after 5.
    """
    routes = APIRouter(prefix="/channels/wecom")

    @routes.get("/{account}")
    async def verify(account: str, request: Request) -> Response:
        ours = known(account)
        try:
            echo = await asyncio.to_thread(open_echo, ours, request.query_params, gateway.clock())
        except Forged as error:
            raise refused(account, "forged") from error
        return Response(echo, media_type="text/plain")

    @routes.post("/{account}")
    async def receive(account: str, request: Request) -> Response:
        started = time.perf_counter()
        ours, query = known(account), request.query_params
        body = await request.body()
        try:
            fields = await asyncio.to_thread(open_envelope, ours, query, body, gateway.clock())
            incoming = read(fields)
        except Forged as error:
            raise refused(account, "forged") from error
        except (Malformed, ValueError, TypeError) as error:
            # Nothing can be made of it, now or later: WeCom need not bring it again.
            REFUSED.labels(CHANNEL, "malformed").inc()
            logger.warning("wecom %s: malformed: %s", account, type(error).__name__)
            return Response()
        signed = f"{account}/{query.get('timestamp')}/{query.get('nonce')}"
        if await gateway.change(is_replayed, signed, number_of(fields), gateway.clock()):
            raise refused(account, "replayed")
        if event_of(fields) == CALL:
            service = fields.get("openkfid") or fields.get("open_kfid") or ""
            await collector.called(account, str(service), str(fields.get("token") or ""))
            return Response()
        left = within - (time.perf_counter() - started)
        return await answer(ours, fields, incoming, query, left)

    async def answer(
        account: Account, fields: Fields, incoming: Incoming, query: Mapping[str, str], left: float
    ) -> Response:
        user = str(fields.get("fromusername") or "")
        if incoming.ignored or account.agent_id is None or not user:
            return Response()
        arrival = arrival_of(account, Person(user), incoming, number_of(fields), gateway)
        if incoming.leaves:
            await gateway.change(lose_recipient, arrival.conversation)
            return Response()
        if incoming.said.notice == GREET and await gateway.read(is_met, arrival.conversation):
            # Whoever opens the application again need not be greeted again.
            return Response()
        ask = partial(meant, tappable=False)
        text = await gateway.read(ask, arrival.conversation, arrival.said.text, gateway.vault)
        arrival = replace(arrival, said=replace(arrival.said, text=text))
        given = await gateway.receive(arrival, within=left)
        return await passive(account, user, given, arrival, query)

    async def passive(
        account: Account, user: str, given: Answer, arrival: Arrival, query: Mapping[str, str]
    ) -> Response:
        """The answer in the response; an empty one is taken as received."""
        if not given.replies:
            return Response()
        shown = show(Reply.of(given.replies), gateway.wording)
        now = gateway.clock()
        about = (arrival.conversation, shown.rest, given.inbound, gateway.vault, now)
        await gateway.change(keep_rest, *about)
        reply = {
            "ToUserName": user,
            "FromUserName": account.corp_id,
            "CreateTime": str(int(now.timestamp())),
            "MsgType": "text",
            "Content": shown.text,
        }
        return Response(seal(account, reply, query, now), media_type="application/xml")

    def known(name: str) -> Account:
        if name not in accounts:
            raise HTTPException(404)
        return accounts[name]

    return routes


def refused(account: str, why: str) -> HTTPException:
    REFUSED.labels(CHANNEL, why).inc()
    logger.warning("wecom %s: %s", account, why)
    return HTTPException(403)


def is_met(session: Session, conversation: str) -> bool:
    row = session.get(RecipientRow, conversation)
    return row is not None and row.reachable


def arrival_of(
    account: Account, person: Person, incoming: Incoming, number: str, gateway: Gateway
) -> Arrival:
    return Arrival(
        channel=CHANNEL,
        account=account.name,
        external=number,
        conversation=conversation_of(account.name, person, gateway),
        said=incoming.said,
        late=Late.PUSH,
        recipient=str(person),
        heard_by=incoming.heard_by,
        deliveries_at_most=DELIVERIES,
    )
