"""Wordings that the encoder is not taught, so that there is something honest to try it on."""

import zlib

ONE_IN = 10


def unlearnt(text: str) -> bool:
    """Whether a variant is kept from the encoder; always the same ones."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % ONE_IN == 0
