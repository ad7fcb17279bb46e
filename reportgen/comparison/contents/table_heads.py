"""Which rows of a table are its head (表头行数) where the file does not say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportgen.comparison.model import Cell

_ORDINAL = re.compile(r"[（(]?\s*(?:\d{1,5}|[一二三四五六七八九十百]{1,4})\s*[）).、．]?")
# No head is deeper; a first row that is merged further down is a category of the body.
_DEEPEST = 4


def head_row_count(cells: Sequence[Cell], row_count: int) -> int:
    """How many rows from the top look like a head: the first one and those that its merged cells reach down to.

    None does where there is nothing below, where the first row is blank, or where it begins with an ordinal.
    """
    first = [cell for cell in cells if cell.row == 0]
    if row_count < 2 or not any(cell.text.strip() for cell in first) or _ORDINAL.fullmatch(first[0].text.strip()):
        return 0
    depth = max(cell.rows for cell in first)
    return depth if depth <= _DEEPEST and depth < row_count else 1
