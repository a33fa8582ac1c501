import multiprocessing
import threading
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
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert counter.read_text() == "200"


def count_up(database: Path, counter: Path) -> None:
    turn = Turn(database, wait=30)

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
    assert turn.file is None
