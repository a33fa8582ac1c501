"""Pictures that still lie with a platform are fetched and kept."""

import asyncio

import httpx

from channels.attachments import Attachments, NoPicture
from channels.client import ApiError, Client
from channels.courier import NotNow, Undeliverable


async def fetch_picture(
    client: Client | None, attachments: Attachments, media: str, name: str
) -> str | None:
    """See ``channels.handling.Fetch``; ``client`` is None where the account has none."""
    if client is None:
        return None
    try:
        content = await client.media(media)
        return await asyncio.to_thread(attachments.keep_content, content, name)
    except (NoPicture, NotNow, Undeliverable, ApiError, httpx.HTTPError, ValueError):
        return None
