"""HTML pages that stand by themselves: nothing in them runs or is fetched, all text is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from bot.commands.table import flat

PAGE = """\
<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ font: 1rem/1.7 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #1f2a30; background: #fbfaf7; max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem; }}
h1 {{ font-size: 1.6rem; margin: 0; }}
h2 {{ font-size: 1.2rem; margin: 2.5rem 0 .5rem; }}
p.note {{ color: #55646c; margin: .25rem 0 1rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; background: #fff; }}
th, td {{ padding: .35rem .6rem; border: 1px solid #dcdfdc; text-align: left;
  vertical-align: top; }}
th {{ font-weight: 600; background: #f1f3ef; }}
td.n, th.n {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
td.name {{ min-width: 5.5rem; }}
td.text {{ min-width: 16rem; overflow-wrap: anywhere; white-space: pre-line; }}
table.heat th.n {{ writing-mode: vertical-rl; text-align: left; }}
table.heat th[scope=row] {{ position: sticky; left: 0; white-space: nowrap; }}
table.heat td {{ text-align: center; font-variant-numeric: tabular-nums; }}
table.heat td.right {{ outline: 2px solid #2f6f5e; outline-offset: -2px; }}
svg {{ max-width: 32rem; width: 100%; height: auto; background: #fff; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="note">{note}</p>
{sections}
</body>
</html>
"""


def document(title: str, note: str, sections: Iterable[str]) -> str:
    """A whole page; ``sections`` are HTML already."""
    return PAGE.format(title=said(title), note=said(note), sections="\n".join(sections))


def section(title: str, note: str, content: str) -> str:
    told = f'<p class="note">{said(note)}</p>\n' if note else ""
    return f"<section>\n<h2>{said(title)}</h2>\n{told}{content}\n</section>"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], *, text_last: bool = False) -> str:
    """A table of escaped cells; figures stand right, the first cell of each row heads it."""
    head = "".join(f'<th scope="col">{said(cell)}</th>' for cell in heading)
    lines = []
    for first, *cells in rows:
        last = len(cells) - 1 if text_last else -1
        line = "".join(
            f'<td class="text">{said(cell)}</td>' if place == last else cell_of(cell)
            for place, cell in enumerate(cells)
        )
        lines.append(f'<tr><th scope="row">{said(first)}</th>{line}</tr>')
    top = f"<thead><tr>{head}</tr></thead>" if heading else ""
    body = "\n".join(lines)
    return f'<div class="wide"><table>{top}<tbody>\n{body}\n</tbody></table></div>'


def cell_of(cell: str) -> str:
    figure = cell[:1].isdigit()
    return f'<td class="n">{said(cell)}</td>' if figure else f'<td class="name">{said(cell)}</td>'


def said(text: str) -> str:
    """Escaped; nothing in it moves or hides what stands around it."""
    return escape("\n".join(map(flat, text.split("\n"))), quote=True)


def percent(part: float) -> str:
    return f"{100 * part:.1f}%"
