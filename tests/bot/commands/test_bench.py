import pytest

from bot.commands.bench import ENTRIES, PASSAGES, sizes


@pytest.mark.parametrize(
    ("entries", "passages", "measured"),
    [
        ((), None, (ENTRIES, PASSAGES)),
        ((500,), None, ((500,), 0)),
        ((), 2000, ((), 2000)),
        ((500,), 2000, ((500,), 2000)),
        ((), 0, ((), 0)),
    ],
)
def test_what_is_asked_for_is_measured_and_else_all(
    entries: tuple[int, ...], passages: int | None, measured: tuple[tuple[int, ...], int]
) -> None:
    assert sizes(entries, passages) == measured
