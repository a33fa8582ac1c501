"""Where the Bot API is, and what a bot's token and a webhook's secret look like."""

import re

API = "https://api.telegram.org"

TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}")
"""As BotFather gives it: the bot's number, which everybody may know, and its key."""

SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
"""What setWebhook takes as secret_token, at least so long that nobody guesses it."""
