"""A stand-in plays its platform towards the service, and shows what a resident would see."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from fastapi import FastAPI

    from channels.standin import Platform

T = TypeVar("T")

PORT = click.IntRange(1, 65535)

COMES_WITHIN = 15.0
"""Seconds for an answer that the service sends by itself."""


def chosen(accounts: Sequence[T], name: str | None, setting: str, page: str) -> T:
    """The account of a name, or the only one there is.

    Raises:
        BadInput: none, or several and none named.
    """
    from bot.cli import BadInput

    by_name: Mapping[str, T] = {str(getattr(account, "name", "")): account for account in accounts}
    if not by_name:
        raise BadInput(f"{setting}: no account is set up; see docs/{page}")
    if name is None and len(by_name) == 1:
        return next(iter(by_name.values()))
    if name is None or name not in by_name:
        raise BadInput(f"--account: one of {', '.join(sorted(by_name))}")
    return by_name[name]


@contextlib.asynccontextmanager
async def served(api: "FastAPI", port: int | None) -> AsyncIterator[None]:
    """A platform's API on a port of this machine; nothing where there is none.

    Raises:
        BadInput: the port cannot be had.
    """
    import uvicorn

    from bot.cli import BadInput

    if port is None:
        yield
        return
    try:
        place = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise BadInput(f"--api-port: {port} cannot be had") from error
    server = uvicorn.Server(uvicorn.Config(api, log_level="critical"))
    serving = asyncio.create_task(server.serve(sockets=[place]))
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


async def verified(platform: "Platform") -> bool:
    """Whether the address answers the platform's question, and takes nothing forged."""
    import httpx

    query, echo = platform.asking()
    url = platform.urls[0]
    try:
        answer = await platform.http.get(url, params=query)
        right = answer.status_code == 200 and answer.text == echo
        forged = await platform.http.get(url, params={**query, platform.signed_as: "0" * 40})
    except httpx.HTTPError as error:
        click.echo(f"verification   failed: {type(error).__name__} at {url}")
        return False
    click.echo(f"verification   {'passed' if right else f'failed: HTTP {answer.status_code}'}")
    click.echo(f"forged         {'refused' if forged.status_code == 403 else 'TAKEN'}")
    return right and forged.status_code == 403


async def converse(
    platform: "Platform",
    texts: Sequence[str],
    say: Callable[[str, str], Awaitable[object]],
    *,
    waits: bool,
) -> bool:
    """Somebody says one text after another; whether nothing they would notice went wrong.

    Args:
        say: person and text.
        waits: answers come by the platform's API, so they are waited for.
    """
    person, well = f"rehearsal-{secrets.token_hex(8)}", True
    for text in texts:
        before = len(platform.screens[person])
        await say(person, text)
        if waits:
            await awaited(platform, person, before)
        for seen in platform.screens[person][before:]:
            click.echo(f"{seen.after:5.2f} s  {seen.how}  {seen.text}")
            well = well and seen.how != "broken"
        if len(platform.screens[person]) == before:
            last = platform.deliveries[-1]
            said = "nothing came" if waits else "acknowledged; the answer is sent afterwards"
            click.echo(f"{last.seconds:5.2f} s  {said if last.status == 200 else 'NOT TAKEN'}")
            well = well and last.status == 200 and not waits
    return well


async def awaited(platform: "Platform", person: str, before: int) -> None:
    """Until something came, and what belongs to it, or it is too late for it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(COMES_WITHIN):
            while len(platform.screens[person]) == before:  # noqa: ASYNC110  # nothing tells us
                await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)
