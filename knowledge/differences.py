"""What one version of an item says otherwise than another."""

from collections.abc import Iterator

from knowledge.comparison import compare, wording
from knowledge.document import from_content as document_from
from knowledge.version import Content, Kind

NAMES = {
    "topic": "主题",
    "question": "标准问题",
    "variants": "别的问法",
    "answer": "答案",
    "source": "依据",
    "title": "标题",
    "article": "条款",
    "number": "文号",
    "issuer": "机关",
    "link": "网址",
    "revision": "修改",
    "effective": "施行",
    "expires": "到期",
    "region": "地区",
    "handler": "办理",
    "tests": "测试问法",
}
"""What the fields are called; in the order in which they are shown."""


def differences(kind: Kind, old: Content, new: Content) -> list[str]:
    """One line for everything that differs: ~ changed, + new, - gone.

    Within a text, [-what is gone-] and {+what is new+}. Documents are compared article by article.
    """
    lines = list(_fields(fields(old), fields(new)))
    if kind is Kind.DOCUMENT:
        articles = compare(document_from(old).passages, document_from(new).passages)
        lines += map(str, articles)
    return lines


def fields(content: Content) -> dict[str, list[str]]:
    """The fields of an entry, or of a document without its text, as texts by their names."""
    source = dict(content.get("source") or {})
    flat = {**content, "source": source.pop("title", ""), **source}
    return {
        name: [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
        for field, name in NAMES.items()
        if (value := flat.get(field))
    }


def _fields(old: dict[str, list[str]], new: dict[str, list[str]]) -> Iterator[str]:
    for name in NAMES.values():
        before, after = old.get(name, []), new.get(name, [])
        if before == after:
            continue
        if len(before) == len(after) == 1:
            yield f"~ {name}  {wording(before[0], after[0])}"
            continue
        yield from (f"- {name}  {text}" for text in before if text not in after)
        yield from (f"+ {name}  {text}" for text in after if text not in before)
        if sorted(before) == sorted(after):
            yield f"= {name}  换了次序"
