import fcntl
import multiprocessing
import threading
import time
from pathlib import Path

from bot.turn import Turn


def test_threads_and_processes_write_one_after_another(tmp_path: Path) -> None:
    database, counter = tmp_path / "linli.db", tmp_path / "counter"
    counter.write_text("0")
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=count_up, args=(database, counter)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    assert counter.read_text() == "200"


def count_up(database: Path, counter: Path) -> None:
    turn = Turn(database, wait=120)

    def count() -> None:
        for _ in range(50):
            assert turn.take()
            counter.write_text(str(int(counter.read_text()) + 1))
            turn.give_back()

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_come_in_their_order(tmp_path: Path) -> None:
    turn, came = Turn(tmp_path / "linli.db", wait=120), list[int]()
    assert turn.take()

    def come(number: int) -> None:
        assert turn.take()
        came.append(number)
        turn.give_back()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        while len(turn.queue) <= number:
            time.sleep(0.001)
    turn.give_back()
    for thread in threads:
        thread.join()
    assert came == list(range(8))


def test_a_busy_process_lets_another_have_its_turn(tmp_path: Path) -> None:
    """Two handles on the files are to each other as two processes are."""
    busy, other = (Turn(tmp_path / "linli.db", wait=120) for _ in range(2))
    assert busy.take()
    waiting = threading.Thread(target=other.take)
    waiting.start()
    while not is_locked(tmp_path / "linli.db-next"):
        time.sleep(0.001)
    again = threading.Thread(target=busy.take)
    again.start()
    while not busy.queue:
        time.sleep(0.001)
    busy.give_back()
    waiting.join(60)
    assert not waiting.is_alive()
    assert again.is_alive()
    other.give_back()
    again.join(60)
    assert not again.is_alive()


def is_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_who_waits_too_long_for_another_thread_goes_on_without(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "linli.db", wait=0.01)
    assert turn.take()
    assert not turn.take()
    turn.give_back()
    assert turn.take()


def test_a_database_in_memory_has_no_file() -> None:
    turn = Turn(None, wait=1)
    assert turn.take()
    turn.give_back()
    assert turn.files == ()
