"""What an encoder was adapted with, kept so that it outlives later publishes."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = "adapted"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Adapted:
    """Pairs that an encoder has learnt.

    Attributes:
        base: the model that was adapted; empty for the built-in encoder, which is made from its
            pairs again when the entries have changed much.
        folder: where the adapted model lies, below the home; empty for the built-in encoder.
    """

    base: str
    folder: str
    pairs: tuple[Pair, ...]

    @property
    def token(self) -> str:
        """Changes with the pairs."""
        return "pairs-" + digest(self.pairs)


def digest(pairs: Sequence[Pair]) -> str:
    lines = "\n".join("\t".join(pair) for pair in sorted(pairs))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def read(home: Path, base: str = "") -> Adapted:
    """With what the model was adapted; without pairs where it was not, or was another one."""
    path = home / "encoders" / FOLDER / "pairs.json"
    if not path.exists():
        return Adapted(base, "", ())
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["base"] != base:
        return Adapted(base, "", ())
    return Adapted(base, content["folder"], tuple((one, other) for one, other in content["pairs"]))


def keep(home: Path, adapted: Adapted) -> None:
    """For the next time; what was kept before is replaced in one step."""
    path = home / "encoders" / FOLDER / "pairs.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"base": adapted.base, "folder": adapted.folder, "pairs": adapted.pairs}
    fresh = path.with_name(f".pairs.{os.getpid()}")
    fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, path)
