import gc
import weakref

from bot.garbage import look_rarely


class Knot:
    """An object that holds on to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_it_is_looked_for_rarely_but_still_found() -> None:
    before = gc.get_threshold()
    try:
        look_rarely()
        gc.collect()
        looked = gc.get_stats()[0]["collections"]
        knots = [Knot() for _ in range(2_000)]
        assert gc.get_stats()[0]["collections"] == looked
        lost = weakref.ref(knots[0])
        knots.clear()
        kept = [Knot() for _ in range(30_000)]
        assert lost() is None
        assert len(kept) == 30_000
    finally:
        gc.set_threshold(*before)
