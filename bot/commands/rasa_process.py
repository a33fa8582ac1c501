"""A Rasa for the length of a command: the one the settings name, or one of our own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from bot.engine import Engine, RasaProcess, own_rasa
from bot.settings import Settings

READY_WITHIN = 120.0
PARSE_WITHIN = 30.0
"""Seconds; nobody waits for an answer here."""


class RasaFault(Exception):
    """There is no Rasa to ask; the message says what to do."""


@contextlib.asynccontextmanager
async def running_rasa(settings: Settings) -> AsyncIterator[Engine]:
    """A Rasa that is ready; one of our own ends with the block.

    Raises:
        RasaFault: there is no model or no environment for it, or it does not become ready.
    """
    if settings.rasa_url is not None:
        token = settings.rasa_token.get_secret_value() if settings.rasa_token else ""
        async with _client(settings.rasa_url, token) as engine:
            if not await engine.is_ready():
                raise RasaFault(f"no Rasa is ready at {settings.rasa_url}; see LINLI_RASA_URL")
            yield engine
        return
    rasa = _beside_the_service(settings)
    async with _client(rasa.url, rasa.token) as engine, _process(rasa) as process:
        await _ready(engine, process, rasa.log)
        yield engine


def _beside_the_service(settings: Settings) -> RasaProcess:
    """In a folder of its own, so that it and the service's do not meet."""
    try:
        rasa = own_rasa(settings)
    except FileNotFoundError as error:
        raise RasaFault(str(error)) from error
    if not rasa.model.is_file():
        raise RasaFault(f"{rasa.model}: no such model; see LINLI_RASA_MODEL")
    return replace(rasa, folder=settings.home / "rasa-parse")


@contextlib.asynccontextmanager
async def _client(url: str, token: str) -> AsyncIterator[Engine]:
    engine = Engine(url, token, timeout=PARSE_WITHIN)
    try:
        yield engine
    finally:
        await engine.close()


@contextlib.asynccontextmanager
async def _process(rasa: RasaProcess) -> AsyncIterator[asyncio.subprocess.Process]:
    try:
        process = await rasa.start()
    except OSError as error:
        raise RasaFault(
            f"{rasa.python} cannot be started ({error.strerror}); `make setup` makes Rasa's "
            "environment"
        ) from error
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(engine: Engine, process: asyncio.subprocess.Process, log: Path) -> None:
    try:
        async with asyncio.timeout(READY_WITHIN):
            while not await engine.is_ready():
                if process.returncode is not None:
                    raise RasaFault(f"Rasa ended at once; {log} says why")
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise RasaFault(f"Rasa is not ready after {READY_WITHIN:.0f} s; see {log}") from error
