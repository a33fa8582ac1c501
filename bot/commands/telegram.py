"""``linli telegram``: where messages are brought, how that goes, and a rehearsal without it."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from bot.commands.rehearsal import PORT, served

if TYPE_CHECKING:
    from telegram import Bot

    from bot.settings import Settings
    from channels.telegram.standin import StandIn

PORTS = frozenset({None, 443, 80, 88, 8443})
"""Those that Telegram brings updates to; none is 443."""

SEEN_WITHIN = 20.0
"""Seconds in which something should stand on the screen."""

QUIET = 0.5
"""Seconds after which an answer is thought to be complete."""


@click.group()
def telegram() -> None:
    """The Telegram bot: webhook, status."""


@telegram.command()
@click.argument("address", metavar="PUBLIC_URL")
def webhook(address: str) -> None:
    """Have Telegram bring messages to the service at PUBLIC_URL, with the secret of the settings.

    Also puts the commands (/help, /tickets …) into the bot's menu.
    """
    from bot.cli import BadInput, read_settings
    from channels.telegram.channel import WHY_WARNED
    from channels.telegram.incoming import LISTENS_TO, MENU

    settings = read_settings()
    _, secret = settings.telegram
    if not secret or settings.telegram_polling:
        raise BadInput("a webhook needs LINLI_TELEGRAM_SECRET, and LINLI_TELEGRAM_POLLING off")
    url = f"{checked(address)}/channels/telegram"
    click.echo(f"linli: {WHY_WARNED}", err=True)

    async def put(bot: "Bot") -> None:
        await bot.set_webhook(url, secret_token=secret, allowed_updates=LISTENS_TO)
        await bot.set_my_commands(list(MENU.items()))

    asyncio.run(asked(settings, put))
    click.echo(f"Telegram brings messages to {url}")


@telegram.command()
def status() -> None:
    """The bot's name, where its messages are brought, and what went wrong last."""
    from bot.cli import read_settings

    asyncio.run(asked(read_settings(), tell))


@telegram.command()
def remove() -> None:
    """Have Telegram bring nothing any more; what waits there is kept for a day."""
    from bot.cli import read_settings

    async def take_away(bot: "Bot") -> None:
        await bot.delete_webhook()

    asyncio.run(asked(read_settings(), take_away))
    click.echo("the webhook is removed")


@telegram.command()
@click.argument("texts", metavar="TEXT …", nargs=-1)
@click.option("--api-port", type=PORT, required=True, help="Serve the Bot API here meanwhile.")
@click.option("--url", help="Where the service is; the running one by default.")
def rehearse(texts: tuple[str, ...], api_port: int, url: str | None) -> None:
    """Play Telegram towards a service whose LINLI_TELEGRAM_API_URL is http://127.0.0.1:API-PORT.

    Tries a forged message, then says each TEXT, or presses the button that shows it, and prints
    what a resident would see. Exit status 1 when something goes wrong.
    """
    from bot.cli import BadInput, read_settings
    from channels.telegram.standin import StandIn

    settings = read_settings()
    token, secret = settings.telegram
    if not token:
        raise BadInput("LINLI_TELEGRAM_TOKEN: no bot is set up; any like 1:trial-trial will do")
    platform = StandIn(token)
    if not settings.telegram_polling:
        platform.webhook = f"{url or settings.own_url}/channels/telegram"
        platform.secret = secret
    well = asyncio.run(play(platform, texts or ("/start",), api_port))
    raise SystemExit(0 if well else 1)


async def play(platform: "StandIn", texts: tuple[str, ...], api_port: int) -> bool:
    """Whether everything went as it should."""
    try:
        async with served(platform.api(), api_port):
            if platform.webhook and not await refused(platform):
                return False
            person = secrets.randbelow(2**40)
            return all([await say(platform, person, text) for text in texts])
    finally:
        await platform.close()


async def refused(platform: "StandIn") -> bool:
    """Whether the webhook is there, and takes nothing without the secret."""
    secret, platform.secret = platform.secret, ""
    status = await platform.deliver({"update_id": 1})
    platform.secret = secret
    if status == 403:
        click.echo("forged    refused")
        return True
    if status == 0:
        click.echo(f"webhook   nothing answers at {platform.webhook}")
    else:
        click.echo(f"forged    {'TAKEN' if status == 200 else f'HTTP {status}, not 403'}")
    return False


async def say(platform: "StandIn", person: int, text: str) -> bool:
    """Whether something came back."""
    screen = platform.screens[person]
    before, begun = len(screen), time.monotonic()
    if any(text in shown.titles for shown in screen):
        await platform.press(person, text)
    else:
        await platform.say(person, text)
    if platform.webhook and (status := platform.deliveries[-1]) != 200:
        click.echo(f"          not taken: HTTP {status}; are token and secret the service's?")
        return False
    while len(screen) == before and time.monotonic() - begun < SEEN_WITHIN:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    took = time.monotonic() - begun
    await asyncio.sleep(QUIET)
    for shown in screen[before:]:
        click.echo(f"{took:5.2f} s   {shown.text}")
        for row in shown.rows:
            click.echo("          " + " ".join(f"[{title}]" for title, _ in row))
    if len(screen) == before:
        click.echo(f"{took:5.2f} s   nothing; is LINLI_TELEGRAM_API_URL this one's?")
    return len(screen) > before


async def tell(bot: "Bot") -> None:
    from nlu.clock import SHANGHAI

    me, hook = await bot.get_me(), await bot.get_webhook_info()
    click.echo(f"bot       @{me.username}")
    click.echo(f"webhook   {hook.url or 'none'}")
    click.echo(f"waiting   {hook.pending_update_count}")
    if hook.last_error_date is not None:
        at = hook.last_error_date.astimezone(SHANGHAI)
        click.echo(f"failed    {at:%Y-%m-%d %H:%M:%S}: {hook.last_error_message}")


async def asked(settings: "Settings", ask: Callable[["Bot"], Awaitable[None]]) -> None:
    """Ask Telegram something.

    Raises:
        BadInput: no bot is set up, or Telegram says no, or cannot be reached.
    """
    from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError

    from bot.cli import BadInput
    from channels.telegram.api import build_bot, description

    token, _ = settings.telegram
    if not token:
        raise BadInput("LINLI_TELEGRAM_TOKEN: no bot is set up; see docs/telegram.md")
    bot = build_bot(token, settings.telegram_api_url)
    try:
        await ask(bot)
    except InvalidToken as error:
        raise BadInput("LINLI_TELEGRAM_TOKEN: Telegram does not know this token") from error
    except (BadRequest, Conflict) as error:
        raise BadInput(f"Telegram says no: {description(error)}") from error
    except NetworkError as error:
        raise BadInput(f"{settings.telegram_api_url} cannot be reached") from error
    except TelegramError as error:
        raise BadInput(f"Telegram says no: {type(error).__name__}") from error
    finally:
        await bot.request.shutdown()


def checked(address: str) -> str:
    """An address that Telegram brings updates to, without a slash at the end.

    Raises:
        BadInput: it is none.
    """
    from bot.cli import BadInput

    try:
        parts = urlsplit(address)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.port in PORTS
    except ValueError:
        good = False
    if not good:
        raise BadInput(f"{address}: must be https://…, on port 443, 80, 88 or 8443")
    return address.rstrip("/")
