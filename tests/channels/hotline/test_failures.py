from sqlalchemy.orm import Session

from actions.reply import Signal
from channels.hotline.failures import begin_anew, count_failure
from tests.channels.hotline.hall import Hall
from tests.channels.house import arrival, told


def told_once(hall: Hall, session: Session, n: int, conversation: str = "web:a") -> int:
    return told(hall.house, session, arrival("话", str(n), conversation=conversation))


def test_what_comes_right_behind_is_in_a_row(hall: Hall) -> None:
    with hall.house.sessions.begin() as session:
        for n in (1, 2, 3):
            inbound = told_once(hall, session, n)
            assert count_failure(session, "web:a", inbound, Signal.MISSED) == n
            assert count_failure(session, "web:a", inbound, Signal.MISSED) == n
            told_once(hall, session, n, "web:b")


def test_one_of_use_between_breaks_the_row(hall: Hall) -> None:
    with hall.house.sessions.begin() as session:
        assert count_failure(session, "web:a", told_once(hall, session, 1), Signal.MISSED) == 1
        told_once(hall, session, 2)
        assert count_failure(session, "web:a", told_once(hall, session, 3), Signal.MISSED) == 1


def test_no_use_of_an_answer_takes_its_question_along(hall: Hall) -> None:
    with hall.house.sessions.begin() as session:
        for n in (1, 2, 3):
            told_once(hall, session, 2 * n)
            inbound = told_once(hall, session, 2 * n + 1)
            assert count_failure(session, "web:a", inbound, Signal.UNSOLVED) == n


def test_begun_anew_the_next_is_the_first(hall: Hall) -> None:
    with hall.house.sessions.begin() as session:
        begin_anew(session, "web:a")
        count_failure(session, "web:a", told_once(hall, session, 1), Signal.MISSED)
        begin_anew(session, "web:a")
        assert count_failure(session, "web:a", told_once(hall, session, 2), Signal.MISSED) == 1
