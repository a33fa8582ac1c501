"""How far each customer-service account has been collected, by which process, and what is due."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.vault import Vault
from channels.tables import CursorRow

HOLD = timedelta(seconds=30)
"""How long an account is held by a process that gives no further sign of life."""

TOKEN_HOLDS = timedelta(minutes=9)
"""A callback's token is valid for ten minutes (读取消息); without one the API is limited strictly.
"""

EVERY = timedelta(minutes=5)
"""An account nothing was heard of is looked at so often, without a token, for a lost callback."""

BEFORE = timedelta(minutes=10)
"""What was said longer before an account was first met is not answered: the first collection
brings three days of it."""

UNKNOWN = ""
"""In the place of an open_kfid: which accounts there are is still to be asked."""


@dataclass(frozen=True, slots=True)
class Round:
    """One collection of an account, from ``cursor`` on."""

    account: str
    service: str
    cursor: str
    token: str = field(repr=False)
    since: datetime
    begun: datetime
    calls: int


def meet(session: Session, account: str, service: str, now: datetime) -> CursorRow:
    """The row of an account, made where there is none."""
    row = session.get(CursorRow, (account, service))
    if row is None:
        row = CursorRow(
            account=account,
            open_kfid=service,
            cursor="",
            since=now - BEFORE,
            sealed="",
            calls=0,
            collected=0,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            row = session.get_one(CursorRow, (account, service))
    return row


def note_call(
    session: Session, account: str, service: str, token: str, vault: Vault, now: datetime
) -> list[str]:
    """WeCom says that there is something; which accounts are to be collected.

    Args:
        service: empty where it did not say which: all that are known, or else it is asked.
    """
    rows = [meet(session, account, service, now)] if service else known(session, account)
    for row in rows or [meet(session, account, UNKNOWN, now)]:
        session.refresh(row, with_for_update=True)
        row.calls += 1
        row.called, row.sealed = now, vault.seal(token) if token else ""
    return [row.open_kfid for row in rows] or [UNKNOWN]


def known(session: Session, account: str) -> list[CursorRow]:
    return list(
        session.scalars(
            select(CursorRow).where(CursorRow.account == account, CursorRow.open_kfid != UNKNOWN)
        )
    )


def due(session: Session, accounts: Sequence[str], now: datetime) -> list[tuple[str, str]]:
    """Accounts with something to collect, or not looked at for long, that nobody holds."""
    for account in accounts:
        meet(session, account, UNKNOWN, now)
    rows = session.execute(
        select(CursorRow.account, CursorRow.open_kfid).where(
            CursorRow.account.in_(accounts),
            or_(CursorRow.held_until.is_(None), CursorRow.held_until <= now),
            or_(
                CursorRow.begun.is_(None),
                CursorRow.calls > CursorRow.collected,
                CursorRow.begun <= now - EVERY,
            ),
        )
    )
    return [(account, service) for account, service in rows]


def begin(
    session: Session, account: str, service: str, owner: str, vault: Vault, now: datetime
) -> Round | None:
    """A round of collecting, held by ``owner``; None while another one is at it."""
    row = session.get(CursorRow, (account, service), with_for_update=True)
    if row is None or (row.held_until is not None and row.held_until > now):
        return None
    row.owner, row.held_until = owner, now + HOLD
    fresh = row.sealed and row.called is not None and now - row.called < TOKEN_HOLDS
    token = vault.open(row.sealed) if fresh else ""
    return Round(account, service, row.cursor, token, row.since, now, row.calls)


def advance(session: Session, round: Round, cursor: str, owner: str, now: datetime) -> bool:
    """Everything before ``cursor`` is written down; False where the hold was lost meanwhile."""
    row = session.get_one(CursorRow, (round.account, round.service), with_for_update=True)
    if row.owner != owner:
        return False
    row.cursor, row.held_until = cursor, now + HOLD
    return True


def end(session: Session, round: Round, owner: str) -> bool:
    """The round came to its end; True where WeCom called meanwhile, and another one is due."""
    row = session.get_one(CursorRow, (round.account, round.service), with_for_update=True)
    if row.owner != owner:
        return False
    row.begun, row.collected, row.held_until, row.owner = round.begun, round.calls, None, None
    return row.calls > round.calls


def put_off(session: Session, round: Round, until: datetime, owner: str) -> None:
    """The round failed, and is tried again later."""
    row = session.get_one(CursorRow, (round.account, round.service), with_for_update=True)
    if row.owner == owner:
        row.held_until = until
