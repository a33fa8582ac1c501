"""Pictures residents send: checked, freed of what the camera wrote into them, and kept."""

import base64
import hashlib
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
MOST_UNFOLDED = 20_000_000
"""Pixels held in memory: a JPEG can be read at a fraction of its size, the others cannot."""
LONGEST_SIDE = 2000
SMOOTH = frozenset({"L", "RGB", "RGBA", "CMYK"})
"""Modes that can be made smaller as they are."""


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

    def keep(self, data_url: str, message: str) -> str:
        """Keep a picture given as a data URL; its name.

        It is drawn anew as JPEG, without place, time and camera, at most 2,000 pixels a side.
        The same picture of the same message, sent again, is kept once.

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
        except ValueError as error:
            raise NoPicture("not base64") from error
        return self.keep_content(content, message)

    def keep_content(self, content: bytes, message: str) -> str:
        """Keep a picture given as its file; as ``keep`` does.

        Raises:
            NoPicture: as for ``keep``.
        """
        if len(content) > self.limit:
            raise NoPicture("larger than allowed")
        name = f"{hashlib.sha256(message.encode() + content).hexdigest()[:32]}.jpg"
        if not (self.folder / name).exists():
            self.write(name, redrawn(content))
        return name

    def write(self, name: str, picture: bytes) -> None:
        """The whole file or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / uuid.uuid4().hex
        draft.write_bytes(picture)
        draft.replace(self.folder / name)

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
                for most in (MOST_PIXELS, MOST_UNFOLDED):
                    if picture.width * picture.height > most:
                        raise NoPicture("too many pixels")
                    picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
                drawn = small(picture)
    except NoPicture:
        raise
    except Exception as error:  # Pillow raises nearly anything on a damaged file
        raise NoPicture("cannot be opened") from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85, comment=b"")
    return out.getvalue()


def small(picture: Image.Image) -> Image.Image:
    """Upright, in RGB, at most LONGEST_SIDE; made smaller before anything is copied."""
    if picture.mode not in SMOOTH:
        picture = picture.convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(picture).convert("RGB")
