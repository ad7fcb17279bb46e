"""Where on a page the letters stand that changed (改动文字的框), of a text of many lines and perhaps pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from unicodedata import east_asian_width

from reportgen.comparison.letters import changes, unspaced
from reportgen.comparison.model import Box, Content, Difference, Layer, Paragraph, Spot

# How wide a letter is by how wide a Chinese character is.
_NARROW = 0.5


def changed_boxes(contents: tuple[Content, Content], told: Difference) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """The letters of both sides that a difference is about, line by line.

    Nothing where the lines of the page do not make up the text, as where words were put together over a hyphen.
    """
    if told.layer is not Layer.TEXT or not told.kind.endswith(".changed"):
        return (), ()
    sides = [_lines(content, spot) for content, spot in zip(contents, (told.first, told.second), strict=True)]
    if not all(sides):
        return (), ()
    texts = ["".join(text for text, _ in lines) for lines in sides]
    spans = changes(texts[0], texts[1])
    return tuple(_boxes(sides[0], [(each.begin, each.end) for each in spans])), tuple(
        _boxes(sides[1], [(each.other_begin, each.other_end) for each in spans])
    )


def _lines(content: Content, spot: Spot | None) -> list[tuple[str, Box]]:
    """The lines of a paragraph or cell with their boxes; nothing if one of them is not known."""
    paragraphs = list(_paragraphs(content, spot))
    known: dict[int, Mapping[Box, str]] = {}
    found = []
    for box in (box for paragraph in paragraphs for box in paragraph.boxes):
        if not 1 <= box.page <= len(content.pages):
            return []
        if box.page not in known:
            known[box.page] = {place: text for text, place in content.pages[box.page - 1].lines}
        if (text := known[box.page].get(box)) is None:
            return []
        found.append((unspaced(text), box))
    said = unspaced("".join(paragraph.text for paragraph in paragraphs))
    return found if said == "".join(text for text, _ in found) else []


def _paragraphs(content: Content, spot: Spot | None) -> Iterator[Paragraph]:
    if spot is None or spot.block is None or not 0 <= spot.block < len(content.blocks):
        return
    block = content.blocks[spot.block]
    if isinstance(block, Paragraph):
        yield block
    elif spot.cell is not None and 0 <= spot.cell < len(block.cells):
        yield from block.cells[spot.cell].paragraphs


def _boxes(lines: Sequence[tuple[str, Box]], spans: Sequence[tuple[int, int]]) -> Iterator[Box]:
    at = 0
    for text, box in lines:
        ends = [0.0]
        for letter in text:
            ends.append(ends[-1] + (1.0 if east_asian_width(letter) in "WFA" else _NARROW))
        scale = (box.right - box.left) / (ends[-1] or 1.0)
        for begin, end in spans:
            first, last = max(begin - at, 0), min(end - at, len(text))
            if first < last:
                yield Box(box.page, box.left + scale * ends[first], box.top, box.left + scale * ends[last], box.bottom)
        at += len(text)
