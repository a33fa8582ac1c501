"""Steps of the work, told to whoever measures them: nobody by default, and then at no cost.

Like a logger, one for the process. A step is named by what is done, never by what was said.
"""

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Tracer(Protocol):
    """Who measures. A ``traceparent`` is W3C Trace Context's header, empty for none."""

    def span(self, name: str, kind: str, parent: str) -> AbstractContextManager[None]: ...

    def traceparent(self) -> str: ...

    def trace_id(self) -> str: ...

    def note(self, message: int) -> None: ...

    def noted(self, message: int | None) -> str: ...


NOTHING = nullcontext()
measured_by: Tracer | None = None


def measure_by(tracer: Tracer | None) -> None:
    """From now on, for the whole process."""
    global measured_by
    measured_by = tracer


def span(name: str, kind: str = "internal", parent: str = "") -> AbstractContextManager[None]:
    """The step that the block is; within the one around it, or within ``parent``'s.

    Args:
        kind: ``internal``, ``client`` for a call of another program, ``server`` for one by it.
    """
    return NOTHING if measured_by is None else measured_by.span(name, kind, parent)


def spanned(name: str, kind: str = "internal") -> Callable[[F], F]:
    """A function, or a coroutine's, whose calls are steps."""

    def decorate(function: F) -> F:
        @functools.wraps(function)
        async def waited(*given: Any, **named: Any) -> Any:
            with span(name, kind):
                return await function(*given, **named)

        @functools.wraps(function)
        def called(*given: Any, **named: Any) -> Any:
            with span(name, kind):
                return function(*given, **named)

        chosen: Any = waited if inspect.iscoroutinefunction(function) else called
        return chosen  # type: ignore[no-any-return]

    return decorate


def traceparent() -> str:
    """What another program is told, so that its steps join this one."""
    return "" if measured_by is None else measured_by.traceparent()


def trace_id() -> str:
    return "" if measured_by is None else measured_by.trace_id()


def note(message: int) -> None:
    """What is done for this message later, apart from it, belongs to the present step."""
    if measured_by is not None:
        measured_by.note(message)


def noted(message: int | None) -> str:
    """The step that a message was noted in; empty where it was not, or long ago."""
    return "" if measured_by is None else measured_by.noted(message)
