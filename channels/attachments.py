"""Pictures residents send: checked, freed of what the camera wrote into them, and kept."""

import base64
import binascii
import io
import re
import uuid
import warnings
from pathlib import Path

from PIL import Image, ImageOps

DATA_URL = re.compile(r"data:image/(?:jpeg|png|webp|gif);base64,", re.ASCII)
NAME = re.compile(r"[0-9a-f]{32}\.jpg", re.ASCII)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2000


class NoPicture(ValueError):
    """What was sent is no picture that can be kept; the message says why."""


class Attachments:
    """A folder of pictures under names nobody can guess.

    Args:
        limit: bytes of one picture as sent.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit

    def keep(self, data_url: str) -> str:
        """Keep a picture given as a data URL; its name.

        It is drawn anew as JPEG, without place, time and camera, at most 2,000 pixels a side.

        Raises:
            NoPicture: not a data URL of a JPEG, PNG, WebP or GIF, too large, or damaged.
        """
        start = DATA_URL.match(data_url)
        if start is None:
            raise NoPicture("not a picture as a data URL")
        if len(data_url) > self.limit * 4 // 3 + 100:
            raise NoPicture("larger than allowed")
        try:
            content = base64.b64decode(data_url[start.end() :], validate=True)
        except binascii.Error as error:
            raise NoPicture("not base64") from error
        name = f"{uuid.uuid4().hex}.jpg"
        picture = redrawn(content)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(picture)
        return name

    def read(self, name: str) -> bytes:
        """A kept picture.

        Raises:
            FileNotFoundError: there is none of this name.
        """
        if not NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return (self.folder / name).read_bytes()


def redrawn(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NoPicture("too many pixels")
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except NoPicture:
        raise
    except Exception as error:  # Pillow raises nearly anything on a damaged file
        raise NoPicture("cannot be opened") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG", quality=85)
    return drawn.getvalue()
