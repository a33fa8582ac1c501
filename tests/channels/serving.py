"""An app on a port of this machine, served by a thread of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """Its address.

    Args:
        port: 0 for one that nobody has.

    Raises:
        OSError: somebody has it.
    """
    with create_server(("127.0.0.1", port)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
