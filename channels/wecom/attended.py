"""Conversations that a servicer holds on WeCom itself; there Linli is silent."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from channels.client import Client
from channels.tables import AttendedRow
from channels.wecom.person import Person

STATE = "/cgi-bin/kf/service_state/get"
WAITING, WITH_A_PERSON, ENDED = 2, 3, 4
"""会话状态: in the pool until somebody takes it, held by a servicer, ended or not begun. In the
others, 0 (new) and 1 (with the assistant), the API may write."""

TAKEN = frozenset({1, 2, 4})
"""change_type of session_status_change: taken from the pool, handed on, taken up again; 3 ends it.
Servicers' own doing in their client; what is changed by the API makes no event."""


def attend(session: Session, conversation: str, now: datetime) -> None:
    if session.get(AttendedRow, conversation) is None:
        session.add(AttendedRow(conversation=conversation, since=now))


def release(session: Session, conversation: str) -> None:
    row = session.get(AttendedRow, conversation)
    if row is not None:
        session.delete(row)


def is_attended(session: Session, conversation: str) -> bool:
    return session.get(AttendedRow, conversation) is not None


async def state_of(client: Client, person: Person) -> int:
    """The state of a customer's session.

    Raises:
        As ``Client.call`` does.
    """
    asked: dict[str, Any] = {"open_kfid": person.service, "external_userid": person.user}
    answer = await client.call(STATE, asked)
    return int(answer.get("service_state") or 0)
