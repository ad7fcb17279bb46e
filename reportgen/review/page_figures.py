"""Charts on the pages of a PDF (页面上的图): letters and lines, read as the pictures that they are.

What a mark gives words in place of (ISO 32000-1, 14.9.3) is a picture in any file. WeasyPrint gives them in the tags
alone: in its files what is marked as a figure is one. Others mark text boxes so, too.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]

_MOST_MARKS = 8


def figure_boxes(
    raw: Any, page: Any, bounds: Callable[[Any], Box], most: int, *, named: bool = False
) -> tuple[Box, ...]:
    """The boxes of what the marks say is a picture (图的位置), of at most so many objects of a page.

    `named` says that the name of a mark tells it, too.
    """
    boxes: dict[int, Box] = {}
    figures: dict[int, bool] = {}
    for index in range(min(raw.FPDFPage_CountObjects(page), most)):
        shown = raw.FPDFPage_GetObject(page, index)
        number = raw.FPDFPageObj_GetMarkedContentID(shown)
        if number < 0:
            continue
        if number not in figures:
            figures[number] = _is_figure(raw, shown, named)
        if figures[number]:
            box, known = bounds(shown), boxes.get(number)
            boxes[number] = _around(known, box) if known else box
    return tuple(boxes.values())


def _is_figure(raw: Any, shown: Any, named: bool) -> bool:
    length, name = ctypes.c_ulong(), (ctypes.c_ushort * 16)()
    for number in range(min(raw.FPDFPageObj_CountMarks(shown), _MOST_MARKS)):
        mark = raw.FPDFPageObj_GetMark(shown, number)
        if raw.FPDFPageObjMark_GetParamValueType(mark, b"Alt") == raw.FPDF_OBJECT_STRING:
            return True
        if not named:
            continue
        raw.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), ctypes.byref(length))
        if bytes(name)[: max(0, length.value - 2)].decode("utf-16-le", "replace") == "Figure":
            return True
    return False


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def within(x: float, y: float, boxes: tuple[Box, ...]) -> bool:
    """Whether a point lies in one of the boxes (在图中)."""
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)
