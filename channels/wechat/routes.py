"""``/channels/wechat/{account}``: WeChat asks whether it is us, and brings messages."""

import asyncio
import logging
import time
from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy.orm import Session

from channels.arrival import Arrival
from channels.gateway import Gateway
from channels.handling import Answer, Refused
from channels.incoming import Incoming
from channels.metrics import REFUSED
from channels.recipients import lose_recipient
from channels.replays import is_replayed
from channels.rests import has_rest, keep_rest
from channels.sealed import Forged, Malformed
from channels.tables import Late
from channels.wechat.account import Account
from channels.wechat.envelope import Opened, check, open_envelope, seal
from channels.wechat.incoming import number_of, read
from channels.wechat.render import passive, show

logger = logging.getLogger(__name__)

CHANNEL = "wechat"
DELIVERIES = 3
"""WeChat delivers a message that is not answered once and then again; at the third at the latest
something is said, some 14 s after the first."""

SUCCESS = "success"


def wechat_routes(
    gateway: Gateway, accounts: Mapping[str, Account], *, within: float, page: str
) -> APIRouter:
    """The routes of every account.

    Args:
        within: seconds in which a request is answered; WeChat gives up after 5.
        page: address of the residents' page, for cards; empty for none.
    """
    routes = APIRouter(prefix="/channels/wechat")

    @routes.get("/{account}")
    async def verify(account: str, request: Request) -> Response:
        query = checked(gateway, accounts, account, request)[1]
        return Response(query.get("echostr", ""), media_type="text/plain")

    @routes.post("/{account}")
    async def receive(account: str, request: Request) -> Response:
        started = time.perf_counter()
        ours, query = checked(gateway, accounts, account, request)
        body = await request.body()
        try:
            opened = await asyncio.to_thread(open_envelope, ours, query, body)
            incoming = read(opened.message)
        except Forged as error:
            raise refused(account, "forged", 403) from error
        except (Malformed, ValueError, TypeError) as error:
            # Nothing can be made of it, now or later: WeChat need not bring it again.
            REFUSED.labels(CHANNEL, "malformed").inc()
            logger.warning("wechat %s: malformed: %s", account, type(error).__name__)
            return Response(SUCCESS, media_type="text/plain")
        number = number_of(opened.message)
        signed = f"{account}/{query.get('timestamp')}/{query.get('nonce')}"

        def replayed(session: Session) -> bool:
            return is_replayed(session, signed, number, gateway.clock())

        arrival = arrival_of(ours, opened, incoming, number, gateway)
        if incoming.ignored or incoming.leaves:
            if await gateway.change(replayed):
                raise refused(account, "replayed", 403)
            if incoming.leaves:
                await gateway.change(lose_recipient, arrival.conversation)
            return Response(SUCCESS, media_type="text/plain")
        left = within - (time.perf_counter() - started)
        try:
            answer = await gateway.receive(arrival, within=left, unless=replayed)
        except Refused as error:
            raise refused(account, "replayed", 403) from error
        return await respond(ours, opened, answer, arrival, query)

    async def respond(
        account: Account,
        opened: Opened,
        answer: Answer,
        arrival: Arrival,
        query: Mapping[str, str],
    ) -> Response:
        if answer.again:
            # Anything but a 200 makes WeChat bring the message again at once.
            return Response(status_code=503)
        if not answer.replies:
            return Response(SUCCESS, media_type="text/plain")
        shown = show(answer.replies, gateway.wording.text("more"))
        now = gateway.clock()
        earlier = await gateway.read(has_rest, arrival.conversation)
        if shown.rest or earlier:
            about = (arrival.conversation, shown.rest, answer.inbound, gateway.vault, now)
            await gateway.change(keep_rest, *about)
        xml = passive(shown, opened.message, page)
        if opened.encrypted:
            xml = seal(account, xml, query, now)
        return Response(xml, media_type="application/xml")

    return routes


def checked(
    gateway: Gateway, accounts: Mapping[str, Account], name: str, request: Request
) -> tuple[Account, Mapping[str, str]]:
    account = accounts.get(name)
    if account is None:
        raise HTTPException(404)
    query = request.query_params
    try:
        check(account, query, gateway.clock())
    except Forged as error:
        raise refused(name, "forged", 403) from error
    return account, query


def refused(account: str, why: str, status: int) -> HTTPException:
    REFUSED.labels(CHANNEL, why).inc()
    logger.warning("wechat %s: %s", account, why)
    return HTTPException(status)


def conversation_of(account: Account, person: str, gateway: Gateway) -> str:
    """A key that tells nobody who it is."""
    return f"{CHANNEL}:{account.name}:{gateway.vault.pseudonym(person)}"


def arrival_of(
    account: Account, opened: Opened, incoming: Incoming, number: str, gateway: Gateway
) -> Arrival:
    person = str(opened.message.source)
    return Arrival(
        channel=CHANNEL,
        account=account.name,
        external=number,
        conversation=conversation_of(account, person, gateway),
        said=incoming.said,
        late=Late.PUSH if account.writes_first else Late.OWE,
        recipient=person,
        heard_by=incoming.heard_by,
        deliveries_at_most=DELIVERIES,
    )
