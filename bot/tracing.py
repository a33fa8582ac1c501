"""OpenTelemetry: the steps of ``nlu.spans`` sent to a collector by OTLP over HTTP.

Only imported where the settings ask for it. A span carries its name, its times, the type of an
error, the channel, the key the conversation has in the log, and the number of the message.
Everything but the address follows OpenTelemetry's own variables (OTEL_…).
"""

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.marks import current

W3C = TraceContextTextMapPropagator()
KINDS = {"internal": SpanKind.INTERNAL, "client": SpanKind.CLIENT, "server": SpanKind.SERVER}
NOTED = 2000
"""Messages whose step is remembered, so that what is sent later joins it."""

CLOSE_WITHIN = 2000
"""Milliseconds in which what is left is sent at the end."""

UNTRACED = ("/internal/", "/metrics", "/healthz", "/readyz", "/static/")
"""Asked all the time, or a step of a trace already."""

STREAM = "/events"
"""How the path of a stream ends, which lasts for hours and would be a span as long."""


class Tracing:
    """See ``nlu.spans.Tracer``."""

    def __init__(self, provider: TracerProvider) -> None:
        self.provider = provider
        self.tracer = provider.get_tracer("linli")
        self.messages: OrderedDict[int, str] = OrderedDict()

    @contextmanager
    def span(self, name: str, kind: str, parent: str) -> Iterator[None]:
        around = W3C.extract({"traceparent": parent}) if parent else None
        with self.tracer.start_as_current_span(
            name,
            context=around,
            kind=KINDS[kind],
            record_exception=False,  # its text may quote a message
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                about = current.get()
                if about.channel:
                    span.set_attribute("linli.channel", about.channel)
                    span.set_attribute("linli.conversation", about.conversation)
                if about.message is not None:
                    span.set_attribute("linli.message", about.message)

    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        W3C.inject(carrier)
        return carrier.get("traceparent", "")

    def trace_id(self) -> str:
        context = trace.get_current_span().get_span_context()
        return trace.format_trace_id(context.trace_id) if context.is_valid else ""

    def note(self, message: int) -> None:
        self.messages[message] = self.traceparent()
        while len(self.messages) > NOTED:
            self.messages.popitem(last=False)

    def noted(self, message: int | None) -> str:
        return "" if message is None else self.messages.get(message, "")

    def close(self) -> None:
        """Send what is left, where somebody takes it."""
        self.provider.force_flush(CLOSE_WITHIN)


class Traced:
    """A trace for every request from outside, named by its route, never by its path."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self.app = app
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(UNTRACED) or path.endswith(STREAM):
            await self.app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                span.set_attribute("http.response.status_code", message["status"])
            await send(message)

        with self.tracing.span(scope["method"], "server", ""):
            span = trace.get_current_span()
            span.set_attribute("http.request.method", scope["method"])
            try:
                await self.app(scope, receive, told)
            finally:
                path = getattr(scope.get("route"), "path", "")
                span.set_attribute("http.route", path)
                span.update_name(f"{scope['method']} {path}".strip())


def start_tracing(endpoint: str | None) -> Tracing:
    """Spans go to a collector from now on, in batches, by a thread of their own.

    Args:
        endpoint: the collector's address without a path; None: as OTEL_EXPORTER_OTLP_… say.
    """
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "linli"}
    provider = TracerProvider(resource=Resource.create(named))
    address = f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    return Tracing(provider)
