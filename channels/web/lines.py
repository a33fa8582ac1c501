"""Lines of a transcript as the page and other clients read them."""

from typing import Any

from channels.transcript import LINLI, OPERATOR, RESIDENT, Spoken

CHANNEL = "web"


def key_of(conversation: str) -> str:
    """The name under which the record keeps a conversation of this channel."""
    return f"{CHANNEL}:{conversation}"


def line_of(line: Spoken, address: str) -> dict[str, Any]:
    """A line with who said it, the turn it belongs to, and its picture by its address.

    Args:
        address: path of the conversation, which its pictures lie under.
    """
    content = dict(line.content)
    images = content.pop("images", [])
    if images:
        content["image"] = f"{address}/images/{images[0]}"
    speaker = line.speaker if line.speaker in (RESIDENT, LINLI) else OPERATOR
    message_id = line.external.partition("/")[2] if line.external else None
    return {"text": "", **content, "id": line.id, "from": speaker, "message_id": message_id}
