from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from channels.hotline.handover import (
    Ending,
    HandoverError,
    Reason,
    State,
    Step,
    begin,
    end,
    locked,
    mark_urgent,
    position,
    take,
)
from channels.hotline.lookout import end_one
from tests.channels.hotline.hall import Hall

AT_ONCE = 6


def begun(hall: Hall, session: Session, conversation: str = "web:a") -> int:
    return begin(
        session,
        conversation,
        channel="web",
        inbound=1,
        reason=Reason.ASKED,
        summary={"question": "水管漏水"},
        vault=hall.means.vault,
        now=hall.house.clock(),
    ).id


def all_at_once(hall: Hall, work: Callable[[Session, int], object]) -> list[object]:
    """What each of several processes comes to, a fault included."""

    def one(n: int) -> object:
        try:
            with hall.means.sessions.begin() as session:
                return work(session, n)
        except HandoverError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_several_processes_begin_one(hall: Hall) -> None:
    assert len(set(all_at_once(hall, lambda session, _: begun(hall, session)))) == 1
    assert [event.step for event in hall.events(1)] == [Step.BEGAN]


def test_of_several_operators_one_takes_it(hall: Hall) -> None:
    hall.run(lambda session: begun(hall, session))
    came = all_at_once(hall, lambda s, n: take(s, locked(s, 1), f"{n}号", hall.house.now))
    assert came.count(True) == 1
    assert sum(isinstance(result, HandoverError) for result in came) == AT_ONCE - 1


def test_of_one_who_takes_and_one_who_gives_up_only_one_does(hall: Hall) -> None:
    for n in range(5):
        conversation = f"web:{n}"
        with hall.means.sessions.begin() as session:
            number = begun(hall, session, conversation)
        hall.wait(minutes=11)
        with ThreadPoolExecutor(2) as pool:
            gave_up = pool.submit(end_one, number, hall.desk)
            taken = pool.submit(try_to_take, hall, number)
        assert gave_up.result() != taken.result()


def try_to_take(hall: Hall, number: int) -> bool:
    try:
        hall.take(number)
    except HandoverError:
        return False
    return True


def test_what_is_over_is_not_ended_again(hall: Hall) -> None:
    number = hall.run(lambda session: begun(hall, session))
    assert isinstance(number, int)
    hall.run(lambda s: end(s, locked(s, number), Ending.CANCELLED, "resident", hall.house.now))
    with pytest.raises(HandoverError):
        hall.run(lambda s: end(s, locked(s, number), Ending.NOBODY, "linli", hall.house.now))
    assert hall.last().ending is Ending.CANCELLED


def test_a_conversation_can_be_handed_over_again_once_it_is_over(hall: Hall) -> None:
    first = hall.run(lambda session: begun(hall, session))
    assert isinstance(first, int)
    hall.run(lambda s: end(s, locked(s, first), Ending.CANCELLED, "resident", hall.house.now))
    assert hall.run(lambda session: begun(hall, session)) != first


def test_what_is_urgent_is_first_and_noted_once(hall: Hall) -> None:
    with hall.means.sessions.begin() as session:
        numbers = [begun(hall, session, f"web:{n}") for n in range(3)]
        last = locked(session, numbers[-1])
        for _ in range(2):
            mark_urgent(session, last, hall.house.now)
        assert [position(session, locked(session, n)) for n in numbers] == [2, 3, 1]
    assert [event.step for event in hall.events(numbers[-1])].count(Step.URGENT) == 1
    assert [h.id for h in hall.queue()] == [numbers[2], numbers[0], numbers[1]]


def test_the_summary_lies_sealed(hall: Hall) -> None:
    hall.run(lambda session: begun(hall, session))
    assert "水管" not in repr(hall.house.rows("handovers"))
    assert hall.queue()[0].summary == {"question": "水管漏水"}
    assert hall.queue()[0].state is State.WAITING
