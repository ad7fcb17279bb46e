"""Where two pictures of a page differ (页面图的不同处), beyond the tolerance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reportgen.comparison.model import Box, Tolerance

if TYPE_CHECKING:
    from PIL.Image import Image

# Differing dots nearer than this belong to one spot.
_CELL_MM = 2.5
# The average of a larger cell would round a single dot to none.
_MOST_DOTS = 16
_MM_PER_INCH = 25.4


def dots_per_inch(tolerance: Tolerance) -> int:
    """How finely pages are drawn (分辨率) so that a dot is as wide as what is still taken for equal."""
    return round(min(max(_MM_PER_INCH / max(tolerance.picture_mm, 0.05), 40), 300))


def differing_spots(
    pictures: tuple[Image, Image], page: int, width_mm: float, masked: Iterable[Box], tolerance: Tolerance
) -> list[Box]:
    """The boxes (不同处的框), in mm, in which two pictures of a page differ outside of what is `masked`.

    A dot differs if the other picture has nothing like it right there or beside it: what has moved by less than a
    dot is equal.
    """
    from PIL import ImageChops, ImageDraw

    first, second = pictures
    if first.size != second.size:
        second = second.resize(first.size)
    dot = width_mm / first.width
    for picture in (first, second):
        draw = ImageDraw.Draw(picture)
        for box in masked:
            draw.rectangle((box.left / dot, box.top / dot, box.right / dot, box.bottom / dot), fill="white")
    rough = ImageChops.difference(first, second).point(lambda level: 255 * (level > tolerance.picture_level))
    around = rough.getbbox()
    if around is None:
        return []
    left, top = max(around[0] - 2, 0), max(around[1] - 2, 0)
    crop = (left, top, around[2] + 2, around[3] + 2)
    one, other = first.crop(crop), second.crop(crop)
    mask = ImageChops.lighter(
        _unlike(one, other, tolerance.picture_level), _unlike(other, one, tolerance.picture_level)
    )
    return [
        Box(
            page,
            round((left + box[0]) * dot, 1),
            round((top + box[1]) * dot, 1),
            round((left + box[2]) * dot, 1),
            round((top + box[3]) * dot, 1),
        )
        for box in _clusters(mask, min(max(round(_CELL_MM / dot), 1), _MOST_DOTS))
    ]


def _unlike(one: Image, other: Image, level: int) -> Image:
    """White where a dot of `one` is darker or lighter than all dots of `other` around it, in any of its colours."""
    from PIL import ImageChops, ImageFilter

    darker = ImageChops.subtract(other.filter(ImageFilter.MinFilter(3)), one)
    lighter = ImageChops.subtract(one, other.filter(ImageFilter.MaxFilter(3)))
    red, green, blue = ImageChops.lighter(darker, lighter).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda value: 255 * (value > level))


def _clusters(mask: Image, cell: int) -> list[tuple[int, int, int, int]]:
    """The boxes around dots that lie near each other."""
    from PIL import Image as Pictures

    columns = -(-mask.width // cell)
    rows = -(-mask.height // cell)
    padded = Pictures.new("L", (columns * cell, rows * cell))
    padded.paste(mask)
    coarse = padded.reduce(cell).tobytes()
    marked = {(index // columns, index % columns) for index, value in enumerate(coarse) if value}
    boxes = []
    while marked:
        group, open_cells = [], [min(marked)]
        marked.discard(open_cells[0])
        while open_cells:
            row, column = open_cells.pop()
            group.append((row, column))
            for near in [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]:
                if near in marked:
                    marked.discard(near)
                    open_cells.append(near)
        top, left = min(r for r, _ in group) * cell, min(c for _, c in group) * cell
        bottom, right = (max(r for r, _ in group) + 1) * cell, (max(c for _, c in group) + 1) * cell
        inner = mask.crop((left, top, min(right, mask.width), min(bottom, mask.height))).getbbox()
        if inner:
            boxes.append((left + inner[0], top + inner[1], left + inner[2], top + inner[3]))
    return sorted(boxes, key=lambda box: (box[1], box[0]))
