"""Events of customer service: somebody comes in, a message is lost, a servicer takes over."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.orm import Session

from actions.reply import Reply
from channels.client import ApiError, Client
from channels.courier import NotNow, Undeliverable
from channels.gateway import Gateway
from channels.incoming import GREET
from channels.metrics import SENT
from channels.outgoing import find_sent, give_up, put_back
from channels.recipients import lose_recipient
from channels.transcript import LINLI, write
from channels.wecom.api import UNTIL_THEY_WRITE
from channels.wecom.attended import TAKEN, attend, release
from channels.wecom.customers import Brought
from channels.wecom.menu import menu_of

logger = logging.getLogger(__name__)

ON_EVENT = "/cgi-bin/kf/send_msg_on_event"

WELCOMES_WITHIN = timedelta(seconds=20)
"""How long a welcome_code is valid (发送欢迎语等事件响应消息)."""

REFUSED_BY_THEM = 10
ARRIVES_LATER = frozenset({4, 5, 6})
"""fail_type: 48 hours over, session closed, five messages sent; a word of theirs opens the way.
The others (account deleted 1, application closed 2, enterprise not verified 8, nobody logged in 11,
a kind that is forbidden 12, security 13, unknown 0) are the deployer's to see."""

Happening = Callable[[Brought, str, Client, Gateway], Awaitable[None]]


async def enter(brought: Brought, conversation: str, client: Client, gateway: Gateway) -> None:
    """Somebody opened the conversation: a word of welcome, where WeCom gives the right to one."""
    code = brought.about.get("welcome_code")
    late = brought.at is not None and gateway.clock() - brought.at > WELCOMES_WITHIN
    if not code or late:
        return
    greeting = gateway.wording.say(GREET)
    try:
        await client.call(ON_EVENT, {"code": str(code), **message_of(greeting)})
    except (NotNow, Undeliverable, ApiError, httpx.HTTPError, ValueError) as error:
        # The code is good for one message and some seconds; they will be greeted when they write.
        logger.info("wecom: no welcome: %s", type(error).__name__)
        return
    await gateway.change(note_greeting, conversation, greeting, gateway)


def message_of(reply: Reply) -> Mapping[str, Any]:
    menu = menu_of(reply)
    if menu is not None:
        return {"msgtype": "msgmenu", "msgmenu": menu}
    return {"msgtype": "text", "text": {"content": reply.text}}


def note_greeting(session: Session, conversation: str, greeting: Reply, gateway: Gateway) -> None:
    now = gateway.clock()
    write(session, conversation, None, LINLI, greeting.to_json(), gateway.vault, now)


async def miss(brought: Brought, conversation: str, client: Client, gateway: Gateway) -> None:
    """A message that the API had taken did not arrive."""
    kind = int(brought.about.get("fail_type") or 0)
    key = str(brought.about.get("fail_msgid") or "")
    await gateway.change(note_miss, conversation, key, kind, brought, gateway)


def note_miss(
    session: Session, conversation: str, key: str, kind: int, brought: Brought, gateway: Gateway
) -> None:
    now, reason = gateway.clock(), f"fail_type {kind}"
    rows = find_sent(session, key, gateway.vault)
    if rows and kind == REFUSED_BY_THEM:
        lose_recipient(session, conversation)
    for row in rows:
        if kind in ARRIVES_LATER:
            put_back(session, row, reason, now, after=UNTIL_THEY_WRITE)
            SENT.labels("wecom", "later").inc()
        else:
            give_up(session, row.id, reason, now)
            SENT.labels("wecom", "dead").inc()
            logger.warning("line %d did not arrive: %s", row.id, reason)


async def change_hands(
    brought: Brought, conversation: str, client: Client, gateway: Gateway
) -> None:
    """A servicer took the session, or ended it."""
    if int(brought.about.get("change_type") or 0) in TAKEN:
        await gateway.change(attend, conversation, gateway.clock())
    else:
        await gateway.change(release, conversation)


HAPPENINGS: Mapping[str, Happening] = {
    "enter_session": enter,
    "msg_send_fail": miss,
    "session_status_change": change_hands,
}
"""Others (a servicer's own status, a message taken back …) need nothing of us."""
