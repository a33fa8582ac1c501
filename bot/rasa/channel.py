"""The only way into Rasa: a channel that the service alone can open.

Rasa's HTTP API stays off, since loading a model through it would execute what is in it, and
Rasa's own REST channel knows no token and logs the text of a message that failed.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse

from channels.marks import Mark, current

logger = logging.getLogger(__name__)


class LinliChannel(InputChannel):
    """``POST /webhooks/linli/messages`` and ``/parse``, both behind a bearer token."""

    @classmethod
    def name(cls) -> str:
        return "linli"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "LinliChannel":
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError(
                "credentials.yml: the channel bot.rasa.channel.LinliChannel needs a token"
            )
        return cls(str(token))

    def __init__(self, token: str) -> None:
        self.token = token

    def allows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("linli_channel")

        @routes.route("/messages", methods=["POST"])
        async def messages(request: Request) -> HTTPResponse:
            if not self.allows(request):
                return response.json({"error": "unknown token"}, status=401)
            given = request.json
            message = (given.get("metadata") or {}).get("message")
            current.set(Mark(message=message))
            collector = CollectingOutputChannel()
            try:
                await on_new_message(
                    UserMessage(
                        given["text"],
                        collector,
                        given["conversation"],
                        input_channel=self.name(),
                        metadata=given.get("metadata"),
                    )
                )
            except Exception as error:
                # The text of an exception may quote the resident; its type does not.
                logger.error("a message could not be handled: %s", type(error).__name__)
                return response.json({"error": type(error).__name__}, status=500)
            return response.json({"messages": collector.messages})

        @routes.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            if not self.allows(request):
                return response.json({"error": "unknown token"}, status=401)
            return response.json(await request.app.ctx.agent.parse_message(request.json["text"]))

        @routes.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return response.json({"ready": ready}, status=200 if ready else 503)

        return routes
