"""Talking in the terminal, with the running service or with one started for the while."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import AsyncIterator
from typing import Any

import click
import httpx
import uvicorn

from bot.settings import Settings

READY_WITHIN = 120.0


async def talk(settings: Settings, *, as_json: bool) -> int:
    """Read messages from standard input, one a line, until its end; the exit status."""
    logging.basicConfig(level=logging.ERROR)
    async with (
        service_at(settings) as url,
        httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http,
    ):
        conversation: str | None = None  # the service gives one, which nobody else can guess
        if not as_json:
            click.echo("邻里：您好，请讲。（Ctrl-D 结束）")
        while line := await asyncio.to_thread(read_line, "" if as_json else "您：", as_json):
            message = {"conversation_id": conversation, "text": line.rstrip("\n")}
            try:
                answer = (await http.post("/api/chat/messages", json=message)).json()
            except (httpx.HTTPError, ValueError) as error:
                click.echo(f"linli: chat: no answer from {url}: {type(error).__name__}", err=True)
                return 1
            conversation = answer.get("conversation_id", conversation)
            click.echo(json.dumps(answer, ensure_ascii=False) if as_json else in_words(answer))
    return 0


def read_line(prompt: str, quiet: bool) -> str:
    """A line with its end, empty at the end of the input."""
    if not quiet and sys.stdin.isatty():
        click.echo(prompt, nl=False)
    return sys.stdin.readline().encode("utf-8", "replace").decode("utf-8")


def in_words(answer: dict[str, Any]) -> str:
    """Replies as text for the terminal, free of control characters."""
    if "error" in answer:
        return str(answer["error"]["message"])
    lines: list[str] = []
    for reply in answer["replies"]:
        lines.append(f"邻里：{reply['text']}")
        lines += [f"      [{b['title']}]" for b in reply.get("buttons", [])]
        if ticket := reply.get("ticket"):
            lines.append(f"      〔{ticket['number']} {ticket['status']} {ticket['title']}〕")
    return "\n".join("".join(c for c in line if c.isprintable() or c == "\n") for line in lines)


@contextlib.asynccontextmanager
async def service_at(settings: Settings) -> AsyncIterator[str]:
    """The address of the running service; one is started where none runs."""
    url = settings.own_url
    if await is_linli(url):
        yield url
        return
    from bot.engine import free_port
    from bot.service import build, build_app

    own = {"port": free_port(), "host": "127.0.0.1", "rate_per_person": "off"}
    settings = settings.model_copy(update=own)
    url = settings.own_url
    service = build(settings)
    server = uvicorn.Server(
        uvicorn.Config(build_app(service), host="127.0.0.1", port=settings.port, log_level="error")
    )
    serving = asyncio.create_task(server.serve())
    try:
        await until_ready(url)
        yield url
    finally:
        server.should_exit = True
        await serving


async def is_linli(url: str) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as http:
            ready = (await http.get(f"{url}/readyz")).json()
            return isinstance(ready, dict) and "knowledge" in ready
    except (httpx.HTTPError, ValueError):
        return False


async def until_ready(url: str) -> None:
    """Wait for the service and its Rasa.

    Raises:
        click.ClickException: it takes more than two minutes.
    """
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        for _ in range(int(READY_WITHIN / 0.2)):
            with contextlib.suppress(httpx.HTTPError):
                if (await http.get(f"{url}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.2)
    raise click.ClickException("the service is not ready after two minutes; see rasa/*.log")
