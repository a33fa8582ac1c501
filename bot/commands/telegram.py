"""``linli telegram``: tells Telegram where to bring messages, and asks how that goes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from telegram import Bot

    from bot.settings import Settings

PORTS = frozenset({None, 443, 80, 88, 8443})
"""Those that Telegram brings updates to; none is 443."""


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
