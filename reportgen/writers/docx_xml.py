"""WordprocessingML (Word 的 XML) as strings, escaped by construction; no other module spells the prefix `w:`.

Children stand in the order that the schema asks for; the functions here put them so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def element(name: str, /, *children: str, **attributes: object) -> str:
    """`<w:name w:key="value">children</w:name>`; attributes that are None are left out."""
    written = "".join(f" w:{key}={_quoted(str(value))}" for key, value in attributes.items() if value is not None)
    inner = "".join(children)
    return f"<w:{name}{written}>{inner}</w:{name}>" if inner else f"<w:{name}{written}/>"


# A table says the same widths, sizes and faces in every cell.
_quoted = lru_cache(maxsize=4096)(quoteattr)


def part(name: str, *children: str) -> bytes:
    """A whole part with its root element."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<w:{name} {_NAMESPACES}>{''.join(children)}</w:{name}>".encode()


PackedRow: TypeAlias = list[bytes]
"""A table's row (表格行) as it is packed: what many rows share stands in each of them, and is copied once."""

# So many pieces are packed at a time: a call for each would cost more than the packing.
_AT_ONCE = 512


def part_in_pieces(name: str, inner: str, pieces: Iterable[str | PackedRow]) -> Iterator[bytes]:
    """A part with an `inner` element that holds the pieces, as they come (逐段写出)."""
    before, _, behind = part(name, element(inner, _HERE)).partition(_HERE.encode())
    held = [before]
    for piece in pieces:
        if isinstance(piece, str):
            held.append(piece.encode())
        else:
            held += piece
        if len(held) > _AT_ONCE:
            yield b"".join(held)
            held.clear()
    yield b"".join((*held, behind))


_HERE = "…"


@lru_cache(maxsize=64)
def fonts(latin: str, east_asian: str) -> str:
    """All four face names of a run; the hint keeps “ ” — … in the Chinese face."""
    return element("rFonts", hint="eastAsia", ascii=latin, hAnsi=latin, eastAsia=east_asian, cs=latin)


RUN_END = "</w:t></w:r>"
"""What stands behind the text of a run (文本段的结尾)."""


def run_start(properties: str) -> str:
    """What stands before the text of a run that is one piece."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">'


def run(text: str, properties: str) -> str:
    """A run (文本段): line ends become breaks, tabs become tabs, everything else stays letter for letter."""
    pieces: list[str] = []
    for number, line in enumerate(text.split("\n")):
        pieces += [element("br")] if number else []
        for at, piece in enumerate(line.split("\t")):
            pieces += [element("tab")] if at else []
            pieces += [f'<w:t xml:space="preserve">{escape(piece)}</w:t>'] if piece else []
    return element("r", element("rPr", properties), *pieces)


def page_field(properties: str) -> str:
    """The page number as a field (域)."""
    rpr = element("rPr", properties)
    return "".join(
        element("r", rpr, inner)
        for inner in (
            element("fldChar", fldCharType="begin"),
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            element("fldChar", fldCharType="separate"),
            "<w:t>1</w:t>",
            element("fldChar", fldCharType="end"),
        )
    )


def footer_reference(kind: str, relation: str) -> str:
    """Which footer part a section's pages of that kind (`default`, `even`, `first`) carry."""
    return f'<w:footerReference w:type="{kind}" r:id="{relation}"/>'


def header_reference(kind: str, relation: str) -> str:
    """Which header part a section's pages of that kind carry."""
    return f'<w:headerReference w:type="{kind}" r:id="{relation}"/>'


def drawn_box(x: float, y: float, width: float, height: float, color: str) -> str:
    """A filled box (色块) behind the text, in points from the sheet's upper left corner.

    In VML, which Word, WPS and LibreOffice all place to the tenth of a point.
    """
    place = f"position:absolute;left:0;top:0;margin-left:{x:.2f}pt;margin-top:{y:.2f}pt"
    size = f"width:{width:.2f}pt;height:{height:.2f}pt;z-index:-1"
    from_sheet = "mso-position-horizontal-relative:page;mso-position-vertical-relative:page"
    style = f"{place};{size};{from_sheet}"
    return f'<w:pict><v:rect style="{style}" fillcolor="#{color}" stroked="f"/></w:pict>'


def frame(x: int, y: int, width: int, height: int) -> str:
    """A frame (图文框) of the paragraph, in twips from the sheet's upper left corner."""
    return element("framePr", w=width, h=height, hRule="exact", wrap="around", vAnchor="page", hAnchor="page", x=x, y=y)


def tab_stops(stops: Iterable[tuple[int, str]]) -> str:
    """Tab stops (制表位) in twips with their alignment; nothing without one."""
    tabs = [element("tab", val=align, pos=at) for at, align in stops]
    return element("tabs", *tabs) if tabs else ""


def paragraph(style: str, runs: str, own: str = "") -> str:
    """A paragraph (段落) of a style, with properties of its own."""
    return f"{paragraph_start(style, own)}{runs}{PARAGRAPH_END}"


PARAGRAPH_END = "</w:p>"
"""What stands behind the runs of a paragraph (段落的结尾)."""


def paragraph_start(style: str, own: str = "") -> str:
    """What stands before the runs of a paragraph."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{own}</w:pPr>'


def kept_with_next(last: str) -> str:
    """The paragraph, on a page with at least the first line of the next one."""
    return re.sub(r"(<w:pStyle [^>]*/>)(?!<w:keepNext/>)", r"\1<w:keepNext/>", last, count=1)


def ending_section(last: str, section: str) -> str:
    """The last paragraph of a section with the section's properties in it."""
    return last.replace("</w:pPr>", f"{section}</w:pPr>", 1)


def indents(left: int | None = None, right: int | None = None, first: int | None = None) -> str:
    """Indents (缩进) in twips; a `first` below zero hangs."""
    hanging = -first if first is not None and first < 0 else None
    return element("ind", left=left, right=right, firstLine=None if hanging else first, hanging=hanging)


def row(cells: str, *, head: bool, whole: bool) -> str:
    """A table row (行): `head` repeats on every page, `whole` is not split over two."""
    return f"{row_start(head=head, whole=whole)}{cells}</w:tr>"


def row_start(*, head: bool, whole: bool) -> str:
    """What stands before a row's cells."""
    switches = (element("cantSplit") if whole else "") + (element("tblHeader") if head else "")
    return "<w:tr>" + (element("trPr", switches) if switches else "")


def cell(width: int, paragraphs: str, *, borders: str = "") -> str:
    """A cell (单元格) `width` twips wide."""
    return f"{cell_start(width, borders=borders)}{paragraphs}</w:tc>"


@lru_cache(maxsize=1024)
def cell_start(
    width: int,
    *,
    span: int = 1,
    merge: str | None = None,
    borders: str = "",
    fill: str | None = None,
) -> str:
    """What stands before a cell's paragraphs; `merge` is `restart` or `continue` of a vertical merge."""
    return "<w:tc>" + element(
        "tcPr",
        element("tcW", w=width, type="dxa"),
        element("gridSpan", val=span) if span > 1 else "",
        element("vMerge", val=merge) if merge else "",
        element("tcBorders", borders) if borders else "",
        element("shd", val="clear", color="auto", fill=fill) if fill else "",
        element("vAlign", val="center"),
    )


def foot_table(left: int, width: int, rows: Iterable[str]) -> str:
    """A table of one column without padding on the lower edge of the type area, `left` twips from the sheet's edge."""
    place = element(
        "tblpPr",
        leftFromText=0,
        rightFromText=0,
        vertAnchor="margin",
        horzAnchor="page",
        tblpX=left,
        tblpYSpec="bottom",
    )
    none = [element(side, w=0, type="dxa") for side in ("top", "left", "bottom", "right")]
    properties = element(
        "tblPr",
        place,
        element("tblOverlap", val="never"),
        element("tblW", w=width, type="dxa"),
        element("tblInd", w=0, type="dxa"),
        element("tblLayout", type="fixed"),
        element("tblCellMar", *none),
    )
    return element("tbl", properties, element("tblGrid", element("gridCol", w=width)), *rows)
