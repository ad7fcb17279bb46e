"""Typst as it comes (Typst): a template of thirty lines, fed with the rows."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from reportgen.writers.fonts import find_fonts
from tests.bench.peers import Ready
from tests.bench.plain import Grid, Report, plain

TEMPLATE = Path(__file__).with_name("typst_plain.typ")


def lacks() -> str:
    """What is missing."""
    return "" if importlib.util.find_spec("typst") else "没有 typst 软件包"


def ready() -> Ready:
    """One compiler with our faces, and the system's for what those lack, kept open; the report goes in as JSON."""
    import typst

    paths = sorted({str(each.face.path.parent) for each in find_fonts({}).roles.values()})
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=paths)
    source = TEMPLATE.read_bytes()

    def make(report: Report) -> bytes:
        made = typst.compile(
            source, font_paths=fonts, sys_inputs={"report": json.dumps(_data(report), ensure_ascii=False)}
        )
        assert isinstance(made, bytes)
        return made

    return Ready(lambda case: plain(case.document), make)


def _data(report: Report) -> dict[str, Any]:
    sections: list[dict[str, Any]] = []
    for part in report.parts:
        if isinstance(part, Grid):
            sections[-1]["landscape"] = part.landscape
            sections[-1]["parts"].append(
                {
                    "kind": "table",
                    "shares": part.shares,
                    "head": [cell for row in part.head for cell in row],
                    "cells": _cells(part),
                }
            )
            continue
        if part.kind == "节":
            sections.append({"landscape": False, "parts": []})
        sections[-1]["parts"].append({"kind": part.kind, "text": part.text})
    return {"title": report.title, "sections": sections}


def _cells(grid: Grid) -> list[tuple[str, int]]:
    """Every cell with its rows; one that is covered is left out."""
    spans = [[1] * len(grid.shares) for _ in grid.rows]
    for number in range(len(grid.rows) - 1, 0, -1):
        for column, cell in enumerate(grid.rows[number]):
            if cell is None:
                spans[number - 1][column] += spans[number][column]
    return [
        (cell, span)
        for row, rows in zip(grid.rows, spans, strict=True)
        for cell, span in zip(row, rows, strict=True)
        if cell is not None
    ]
