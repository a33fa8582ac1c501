"""HTTP as uvicorn reads it, with a bound on what stands before the body, which it has none for."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = 64_000
"""Bytes of the request line and the headers, far more than any browser or proxy sends."""


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not come to its body in time."""

    in_head = True
    head = 0

    def data_received(self, data: bytes) -> None:
        self.head += len(data)
        super().data_received(data)
        if self.in_head and self.head > HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_head, self.head = True, 0

    def on_headers_complete(self) -> None:
        self.in_head = False
        super().on_headers_complete()
