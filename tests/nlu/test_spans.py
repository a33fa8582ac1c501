import inspect
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from nlu import spans

pytestmark = pytest.mark.anyio


class Listing:
    """Lists the steps as they begin and end."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    @contextmanager
    def measured(self, name: str) -> Iterator[None]:
        self.steps.append(f"+{name}")
        try:
            yield
        finally:
            self.steps.append(f"-{name}")

    def span(self, name: str, kind: str, parent: str) -> AbstractContextManager[None]:
        return self.measured(f"{name} {kind} {parent}".strip())

    def traceparent(self) -> str:
        return "00-1"

    def trace_id(self) -> str:
        return "1"

    def note(self, message: int) -> None:
        self.steps.append(f"note {message}")

    def noted(self, message: int | None) -> str:
        return f"noted {message}"


@pytest.fixture
def listing() -> Iterator[Listing]:
    listing = Listing()
    spans.measure_by(listing)
    yield listing
    spans.measure_by(None)


@spans.spanned("add")
def add(a: int, *, b: int) -> int:
    """One and another."""
    return a + b


@spans.spanned("fail", "client")
async def fail() -> None:
    raise LookupError


def test_unmeasured_a_step_is_nothing() -> None:
    assert spans.span("x") is spans.span("y")
    with spans.span("x"):
        spans.note(1)
    assert add(1, b=2) == 3
    assert (spans.traceparent(), spans.trace_id(), spans.noted(1)) == ("", "", "")


def test_a_step_has_a_beginning_and_an_end(listing: Listing) -> None:
    with spans.span("outer", parent="p"):
        assert add(1, b=2) == 3
    assert listing.steps == [
        "+outer internal p",
        "+add internal",
        "-add internal",
        "-outer internal p",
    ]


async def test_a_step_that_fails_ends_and_fails(listing: Listing) -> None:
    with pytest.raises(LookupError):
        await fail()
    assert listing.steps == ["+fail client", "-fail client"]


def test_a_function_stays_what_it_is() -> None:
    assert add.__name__ == "add"
    assert add.__doc__ == "One and another."
    assert inspect.iscoroutinefunction(fail)
    assert not inspect.iscoroutinefunction(add)


def test_who_measures_is_asked_for_the_trace(listing: Listing) -> None:
    spans.note(7)
    assert listing.steps == ["note 7"]
    assert (spans.traceparent(), spans.trace_id(), spans.noted(7)) == ("00-1", "1", "noted 7")
