"""The HTTP server, which does not wait for streams that would never end."""

import contextlib
import socket
import sys
from collections.abc import Callable

import uvicorn

PATIENCE = 10
"""Seconds that open requests get to end when the service stops."""

FAILED_TO_START = 3


class Server(uvicorn.Server):
    """Args:
    ending: called when the service stops, before open requests are waited for.
    """

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self.ending = ending
        config.timeout_graceful_shutdown = PATIENCE

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.ending()
        await super().shutdown(sockets)


def serve(config: uvicorn.Config, ending: Callable[[], None]) -> None:
    """Serve until interrupted, then end the program where it never started."""
    server = Server(config, ending)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(FAILED_TO_START)
