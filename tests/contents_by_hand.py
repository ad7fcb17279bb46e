"""Contents of files built by hand (手写的文件内容), for tests of what compares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.comparison.differences.comparing import differences
from reportgen.comparison.model import (
    Block,
    Cell,
    Content,
    Difference,
    FileKind,
    Layer,
    Paragraph,
    Piece,
    Section,
    Setting,
    Table,
    Value,
)

FLOW = frozenset((Layer.TEXT, Layer.STRUCTURE, Layer.STYLE))
BODY = Setting(face="仿宋_GB2312", size_pt=16)
LOOK: Mapping[str, Value] = {"对齐": "两端", "首行缩进": 11.3, "行距": "固定值 28.8磅"}


def para(
    text: str,
    level: int | None = None,
    setting: Setting = BODY,
    look: Mapping[str, Value] = LOOK,
    page_break: bool = False,
) -> Paragraph:
    """A paragraph of letters set alike; `a|b` has two pieces, the first bold."""
    pieces: tuple[Piece, ...] = (Piece(text, setting),) if text else ()
    if "¦" in text:
        lead, rest = text.split("¦")
        pieces = Piece(lead, replace(setting, bold=True)), Piece(rest, setting)
    return Paragraph(pieces=pieces, level=level, look=look, page_break=page_break)


def table(
    rows: Sequence[Sequence[str | None]], heads: int = 1, widths: Sequence[float] = (), setting: Setting = BODY
) -> Table:
    """A table of texts: None is covered from the left, `^` from above."""
    width = max(map(len, rows))
    spans: dict[tuple[int, int], list[int]] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text is None:
                owner[r, c] = owner[r, c - 1]
            elif text == "^":
                owner[r, c] = owner[r - 1, c]
            else:
                owner[r, c] = r, c
            start = owner[r, c]
            down, right = spans.setdefault(start, [1, 1])
            spans[start] = [max(down, r - start[0] + 1), max(right, c - start[1] + 1)]
    cells = tuple(
        Cell(
            row=r,
            column=c,
            rows=spans[r, c][0],
            columns=spans[r, c][1],
            paragraphs=tuple(para(line, setting=setting, look={}) for line in (rows[r][c] or "").split("\n")),
            look={"底纹": "", "垂直对齐": "居中"},
        )
        for r, c in sorted(spans)
    )
    return Table(
        cells=cells,
        row_count=len(rows),
        column_count=width,
        widths=tuple(widths) or (30.0,) * width,
        head_rows=heads,
        look={"表格对齐": "居中"},
    )


def content(
    *blocks: Block | str,
    kind: FileKind = FileKind.DOCX,
    sections: Sequence[Section] = (),
    name: str = "报告.docx",
    beside: Sequence[tuple[str, Paragraph]] = (),
) -> Content:
    """What a Word file shows: paragraphs as texts or in full, tables."""
    made = tuple(para(block) if isinstance(block, str) else block for block in blocks)
    return Content(kind=kind, name=name, blocks=made, layers=FLOW, sections=tuple(sections), beside=tuple(beside))


def differ(first: Content, second: Content, *layers: Layer) -> list[Difference]:
    """The differences in these layers, or in all of the flow."""
    return [*differences(first, second, frozenset(layers) or FLOW)]


def said(first: Content, second: Content, *layers: Layer) -> list[str]:
    """The differences as a person reads them."""
    return [each.said for each in differ(first, second, *layers)]
