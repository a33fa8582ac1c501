import asyncio
from typing import Any

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from channels.clerk import Clerk
from channels.tables import SignatureRow
from tests.channels.house import House

pytestmark = pytest.mark.anyio


def sign(session: Session, key: str, house: House) -> str:
    session.execute(insert(SignatureRow).values(key=key, message="m", seen=house.now))
    return key


def sign_and_break(session: Session, key: str, house: House) -> str:
    sign(session, key, house)
    raise LookupError(key)


def keys(session: Session) -> list[str]:
    return list(session.scalars(select(SignatureRow.key).order_by(SignatureRow.key)))


async def test_what_waits_is_written_in_one_transaction(house: House) -> None:
    clerk = Clerk(house.sessions, house.sessions)
    begun: list[Any] = []
    event.listen(house.sessions.kw["bind"], "begin", begun.append)
    written = await asyncio.gather(*(clerk.change(sign, f"{n:02}", house) for n in range(20)))
    assert written == [f"{n:02}" for n in range(20)]
    assert len(begun) < 20
    assert await clerk.read(keys) == written


async def test_a_change_that_breaks_takes_nothing_with_it(house: House) -> None:
    clerk = Clerk(house.sessions, house.sessions)
    given = await asyncio.gather(
        clerk.change(sign, "a", house),
        clerk.change(sign_and_break, "b", house),
        clerk.change(sign, "a", house),
        clerk.change(sign, "c", house),
        return_exceptions=True,
    )
    assert (given[0], given[3]) == ("a", "c")
    assert isinstance(given[1], LookupError)
    assert isinstance(given[2], IntegrityError)
    assert await clerk.read(keys) == ["a", "c"]


async def test_alone_it_breaks_as_in_a_transaction_of_its_own(house: House) -> None:
    clerk = Clerk(house.sessions, house.sessions)
    with pytest.raises(LookupError):
        await clerk.change(sign_and_break, "a", house)
    assert await clerk.read(keys) == []


async def test_when_nothing_can_be_written_everybody_hears(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = Clerk(house.sessions, house.sessions)

    def fail(session: Session) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Session, "commit", fail)
    event.listen(house.sessions.kw["bind"], "commit", fail)
    given = await asyncio.gather(
        *(clerk.change(sign, key, house) for key in "abc"), return_exceptions=True
    )
    assert all(isinstance(fault, OSError) for fault in given)


async def test_a_slow_change_is_expected_to_be_followed_by_others(house: House) -> None:
    clerk = Clerk(house.sessions, house.sessions)
    await clerk.change(keys)
    assert clerk.delay > 0
    clerk.delay = 1000.0
    await clerk.change(keys)
    assert clerk.delay == 900.0
