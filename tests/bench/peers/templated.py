"""docxtpl (模板套打): a Word template with tags, filled with the rows. Its template is made once, with python-docx."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any, TypeAlias

from tests.bench.peers import Ready
from tests.bench.peers.written import CELL, CENTERED, add_head, empty_document, fill, new_section, set_cell, turned
from tests.bench.plain import Grid, Report, Text, plain

# What makes one template differ from another: its sections, and the columns and heads of its tables.
Shape: TypeAlias = tuple[tuple[str, bool, Grid | None, int], ...]


def lacks() -> str:
    """What is missing."""
    return "" if importlib.util.find_spec("docxtpl") else "没有 docxtpl 软件包"


def ready() -> Ready:
    """docxtpl, its template being a file that is opened for each report."""
    return Ready(lambda case: with_template(plain(case.document)), rendered)


def with_template(report: Report) -> Report:
    """The report, its template made and kept: an office has it before it has anything to fill in."""
    _template(tuple(shape for shape, _ in _pieces(report)))
    return report


def rendered(report: Report) -> bytes:
    """A report by its template."""
    from docxtpl import DocxTemplate

    pieces = list(_pieces(report))
    filled = DocxTemplate(io.BytesIO(_template(tuple(shape for shape, _ in pieces))))
    filled.render({f"piece{number}": values for number, (_, values) in enumerate(pieces)}, autoescape=True)
    buffer = io.BytesIO()
    filled.save(buffer)
    return buffer.getvalue()


def _pieces(report: Report) -> Iterator[tuple[Any, Any]]:
    """Each run of paragraphs and each table: its shape in the template, and what is filled in."""
    at = 0
    for _, group in groupby(report.parts, key=lambda part: id(part) if isinstance(part, Grid) else part.kind):
        parts = list(group)
        first = parts[0]
        if isinstance(first, Grid):
            merged = _merged(first)
            yield ("表格", first.landscape, replace(first, rows=()), merged), _groups(first, merged)
        else:
            landscape = first.kind == "节" and turned(report.parts[at:])
            yield (first.kind, landscape, None, -1), [part.text for part in parts if isinstance(part, Text)]
        at += len(parts)


def _merged(grid: Grid) -> int:
    """The one column whose cells are merged downwards, -1 if none."""
    return next((n for n in range(len(grid.shares)) if any(row[n] is None for row in grid.rows)), -1)


def _groups(grid: Grid, merged: int) -> list[list[list[str]]]:
    """The rows of each merged cell."""
    groups: list[list[list[str]]] = []
    for row in grid.rows:
        if merged < 0 or row[merged] is not None or not groups:
            groups.append([])
        groups[-1].append([cell or "" for cell in row])
    return groups


@cache
def _template(shape: Shape) -> bytes:
    document = empty_document()
    for number, (kind, landscape, grid, merged) in enumerate(shape):
        if grid is None:
            if kind == "节" and number:
                new_section(document, landscape=landscape)
            fill(document.add_paragraph(), f"{{%p for text in piece{number} %}}")
            fill(document.add_paragraph(), "{{ text }}", kind)
            fill(document.add_paragraph(), "{%p endfor %}")
            continue
        table = add_head(document, grid)
        for tag in (f"{{%tr for group in piece{number} %}}", "{%tr for row in group %}"):
            fill(table.add_row().cells[0].paragraphs[0], tag)
        for column, cell in enumerate(table.add_row().cells):
            tag = "{% vm %}" if column == merged else ""
            set_cell(cell, f"{tag}{{{{ row[{column}] }}}}", CENTERED if grid.centered[column] else CELL)
        for _ in range(2):
            fill(table.add_row().cells[0].paragraphs[0], "{%tr endfor %}")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
