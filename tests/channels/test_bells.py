import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply
from channels import bells as module
from channels.bells import GAP_LASTS, LOOKS_BACK, Bells
from channels.outgoing import tell
from tests.channels.house import House, until

pytestmark = pytest.mark.anyio


def say(house: House, conversation: str, sessions: sessionmaker[Session] | None = None) -> None:
    with (sessions or house.sessions).begin() as session:
        tell(session, conversation, Reply("有进展"), house.vault, house.clock())


@pytest.fixture
def bells(house: House) -> Bells:
    engine = house.sessions.kw["bind"].execution_options(reads_only=True)
    return Bells(sessionmaker(engine))


@pytest.fixture
def elsewhere(house: House) -> sessionmaker[Session]:
    """Sessions that the bells do not hear, as those of another process."""
    return sessionmaker(house.sessions.kw["bind"])


async def first_ring(bell: asyncio.Event) -> None:
    """The one after the first look, which says nothing."""
    async with asyncio.timeout(60):
        await bell.wait()
    bell.clear()


async def test_what_another_process_writes_rings_for_its_conversation_alone(
    bells: Bells, house: House, elsewhere: sessionmaker[Session]
) -> None:
    with bells.listen("web:a") as bell, bells.listen("web:b") as other:
        await first_ring(bell)
        await first_ring(other)
        say(house, "web:a", elsewhere)
        await until(bell.is_set)
        assert not other.is_set()


async def test_what_this_process_writes_is_told_without_waiting_for_the_next_look(
    bells: Bells, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS_EVERY", 1000)
    bells.hear(house.sessions)
    with bells.listen("web:a") as bell:
        await first_ring(bell)
        await asyncio.to_thread(say, house, "web:a")
        await until(bell.is_set)


async def test_a_line_that_is_taken_back_rings_for_nobody(
    bells: Bells, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS_EVERY", 1000)
    bells.hear(house.sessions)
    with bells.listen("web:a") as bell:
        await first_ring(bell)
        with house.sessions() as session:
            tell(session, "web:a", Reply("不算"), house.vault, house.clock())
            session.flush()
            session.rollback()
            session.commit()
        await asyncio.sleep(0.05)
        assert not bells.stirred.is_set()
        assert not bell.is_set()


async def test_a_line_between_listening_and_the_first_look_is_not_missed(
    bells: Bells, house: House, elsewhere: sessionmaker[Session]
) -> None:
    with bells.listen("web:a") as bell:
        say(house, "web:a", elsewhere)
        await until(bell.is_set)


async def test_a_look_is_one_question_however_many_listen_and_none_when_nobody_does(
    bells: Bells, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS_EVERY", 0.01)
    asked: list[str] = []
    event.listen(
        house.sessions.kw["bind"],
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )
    with contextlib.ExitStack() as listening:
        rung = [listening.enter_context(bells.listen(f"web:{n}")) for n in range(100)]
        for bell in rung:
            await first_ring(bell)
        asked.clear()
        await until(lambda: len(asked) >= 20)
        assert not any(bell.is_set() for bell in rung)
        assert len(set(asked)) <= 2  # the question with and without numbers passed over
    assert bells.listeners == {}
    await asyncio.sleep(0.05)  # a look on its way may end
    asked.clear()
    await asyncio.sleep(0.05)
    assert asked == []


async def test_who_comes_as_the_last_one_leaves_is_told_too(
    bells: Bells, house: House, elsewhere: sessionmaker[Session]
) -> None:
    with bells.listen("web:a") as bell:
        await first_ring(bell)
    with bells.listen("web:a") as bell:
        await first_ring(bell)
        say(house, "web:a", elsewhere)
        await until(bell.is_set)


@given(st.permutations(range(1, 13)), st.integers(1, 12))
def test_whatever_order_transactions_end_in_every_line_is_seen_once(
    order: list[int], at_once: int
) -> None:
    """Numbers appear in any order, some together; as on PostgreSQL."""
    bells = Bells(sessionmaker(), seconds=lambda: 0.0)
    table: set[int] = set()
    told: list[str] = []
    for start in range(0, len(order), at_once):
        table |= set(order[start : start + at_once])
        fresh = sorted(n for n in table if n > bells.newest or n in bells.passed_over)
        told += sorted(bells.take_in([(n, f"web:{n}") for n in fresh]))
    assert sorted(told) == sorted(f"web:{n}" for n in order)


def test_a_number_that_never_appears_is_not_looked_for_for_ever() -> None:
    now = [0.0]
    bells = Bells(sessionmaker(), seconds=lambda: now[0])
    bells.take_in([(3, "web:a"), (10_000, "web:a")])
    assert set(bells.passed_over) == {1, 2, *range(10_000 - LOOKS_BACK, 10_000)}
    now[0] = GAP_LASTS + 1
    bells.take_in([])
    assert bells.passed_over == {}


async def test_a_database_that_fails_for_a_while_is_asked_again(
    bells: Bells,
    house: House,
    elsewhere: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOKS_EVERY", 0.01)
    with bells.listen("web:a") as bell:
        await first_ring(bell)
        look, fails = bells.look, iter([True, True])

        def broken() -> list[tuple[int, str]]:
            if next(fails, False):
                raise OperationalError("", {}, Exception())
            return look()

        monkeypatch.setattr(bells, "look", broken)
        say(house, "web:a", elsewhere)
        await until(bell.is_set)
