"""The program under observation: its steps told to a collector, where the settings name one."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from bot.settings import Settings
from nlu import spans


@contextmanager
def traced(app: ASGIApp, settings: Settings) -> Iterator[ASGIApp]:
    """The program as it is to be served; nothing of OpenTelemetry's is loaded without need."""
    if not settings.traces:
        yield app
        return
    from bot.tracing import Traced, start_tracing

    tracing = start_tracing(settings.otlp_endpoint)
    spans.measure_by(tracing)
    try:
        yield Traced(app, tracing)
    finally:
        spans.measure_by(None)
        tracing.close()
