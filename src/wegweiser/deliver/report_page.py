"""Writes a report as HTML, for a mail and for paper, and as plain text."""

from base64 import b64encode
from html import escape
from typing import Literal

from wegweiser.deliver.report_part import Composed, Part

Images = Literal["attached", "inside"]
_INK, _MUTED, _LINE = "#1a1d21", "#59636e", "#e4e1d8"
_FONT = "font-family:system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_CELL = f"padding:4px 12px 4px 0;border-bottom:1px solid {_LINE};text-align:left"
_PRINT = (
    "@page{size:A4;margin:16mm}"
    "@media print{section,tr{break-inside:avoid}thead{display:table-header-group}}"
)
_MORE = {
    "en": "{} more rows are not shown here.",
    "de": "{} weitere Zeilen sind hier nicht gezeigt.",
}


def report_html(report: Composed, images: Images, footer: str = "") -> str:
    """Write the HTML document; charts are attached parts of a mail, or inside the document.

    `footer` is the legal footer of the company, lines of plain text below everything.
    """
    sections = "".join(
        _section(part, number, images, report.language) for number, part in enumerate(report.parts)
    )
    return (
        f'<!doctype html><html lang="{report.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(report.title)}</title><style>{_PRINT}</style></head>"
        f'<body style="{_FONT};font-size:15px;line-height:1.45;color:{_INK};'
        'background:#ffffff;max-width:900px;margin:0 auto;padding:16px">'
        f'<h1 style="font-size:24px;margin:0 0 4px">{escape(report.title)}</h1>'
        f'<p style="color:{_MUTED};margin:0 0 24px">{escape(report.subtitle)}</p>'
        f"{sections}"
        f'<p style="color:{_MUTED};font-size:13px">{escape(report.foot)}</p>'
        f"{_footer(footer)}</body></html>\n"
    )


def _footer(footer: str) -> str:
    if not footer:
        return ""
    lines = "<br>".join(escape(line) for line in footer.splitlines())
    return f'<p style="color:{_MUTED};font-size:13px">{lines}</p>'


def report_text(report: Composed, footer: str = "") -> str:
    """Write the sentences of the report for whoever reads plain text, `footer` below them."""
    lines = [report.title, report.subtitle]
    for part in report.parts:
        lines += ["", part.title, *(f"- {sentence}" for sentence in part.sentences)]
    below = ["", footer] if footer else []
    return "\n".join([*lines, "", report.foot, *below]) + "\n"


def image_id(number: int) -> str:
    """Name the chart of a part within its mail.

    >>> image_id(2)
    'chart-2@wegweiser.invalid'
    """
    return f"chart-{number}@wegweiser.invalid"


def _section(part: Part, number: int, images: Images, language: str) -> str:
    said = "".join(f'<p style="margin:0 0 6px">{escape(text)}</p>' for text in part.sentences)
    heading = f'<h2 style="font-size:18px;margin:0 0 8px">{escape(part.title)}</h2>'
    parts = [heading, said, _image(part, number, images), _table(part, language)]
    return f'<section style="margin:0 0 32px">{"".join(parts)}</section>'


def _image(part: Part, number: int, images: Images) -> str:
    if not part.png:
        return ""
    if images == "attached":
        source = f"cid:{image_id(number)}"
    else:
        source = f"data:image/svg+xml;base64,{b64encode(part.svg).decode()}"
    told = escape(" ".join(part.sentences) or part.title, quote=True)
    return (
        f'<p style="margin:12px 0"><img src="{source}" alt="{told}" width="860" '
        'style="max-width:100%;height:auto"></p>'
    )


def _table(part: Part, language: str) -> str:
    if not part.cells:
        return ""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name)}</th>' for name in part.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in part.cells)
    more = f"<p>{escape(_MORE[language].format(part.more))}</p>" if part.more else ""
    shape = "border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums"
    table = f'<table style="{shape}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return table + more


def _cell(text: str) -> str:
    return f'<td style="{_CELL}">{escape(text)}</td>'
