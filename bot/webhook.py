"""``/internal/actions/webhook``: where Rasa calls for its actions, behind the shared token."""

import hmac
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor

from channels.marks import mark
from nlu.spans import span


def action_routes(
    executor: ActionExecutor, token: str, pseudonym: Callable[[str], str]
) -> APIRouter:
    """The one route; without the token it is not there.

    Args:
        pseudonym: a keyed hash, for the lines of the log.
    """
    routes = APIRouter()

    @routes.post("/internal/actions/webhook")
    async def run_action(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "")
        if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise HTTPException(404)
        call: dict[str, Any] = await request.json()
        given_along = metadata_of(call)
        mark(pseudonym, str(call.get("sender_id") or ""), given_along.get("message"))
        action, parent = call.get("next_action"), str(given_along.get("traceparent") or "")
        with span(f"rasa.action {action}", "server", parent):
            # Rasa leaves the domain out, as endpoints.yml says; the executor insists on the key.
            result = await executor.run({"domain": {}, **call})
        return JSONResponse(result.model_dump() if result else {})

    return routes


def metadata_of(call: dict[str, Any]) -> dict[str, Any]:
    """What the service itself gave along with the message that led to the call."""
    latest = (call.get("tracker") or {}).get("latest_message") or {}
    return latest.get("metadata") or {}
