"""``/channels/telegram``: Telegram brings updates, with the secret that was agreed on."""

import hmac
import json
import logging

from fastapi import APIRouter, HTTPException, Request, Response

from channels.metrics import REFUSED
from channels.telegram.reception import CHANNEL, Reception

logger = logging.getLogger(__name__)

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name


def telegram_routes(reception: Reception | None, secret: str) -> APIRouter:
    """The webhook; it is not there where no bot is set up or its updates are fetched.

    Args:
        secret: what ``setWebhook`` was given as ``secret_token``; empty: no webhook.
    """
    routes = APIRouter(prefix="/channels")

    @routes.post("/telegram")
    async def receive(request: Request) -> Response:
        if reception is None or not secret:
            raise HTTPException(404)
        given = request.headers.get(SECRET, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            REFUSED.labels(CHANNEL, "forged").inc()
            logger.warning("telegram: forged")
            raise HTTPException(403)
        try:
            content = json.loads(await request.body())
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            # Nothing can be made of it, now or later: Telegram need not bring it again.
            REFUSED.labels(CHANNEL, "malformed").inc()
            return Response()
        await reception.take_json(content)
        return Response()

    return routes
