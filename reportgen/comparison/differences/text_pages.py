"""On which page of a PDF the changed letters stand (改动所在的页), where a paragraph or a cell goes over a page end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.letters import changes, unspaced
from reportgen.comparison.model import Content, Paragraph, Spot


def on_its_page(
    held: Held,
    first: Spot,
    ones: Sequence[Paragraph],
    second: Spot,
    twos: Sequence[Paragraph],
    before: str,
    after: str,
) -> tuple[Spot, Spot]:
    """Both places with the page where the first change of the text stands (改动所在的页)."""
    if not any(len({box.page for each in side for box in each.boxes}) > 1 for side in (ones, twos)):
        return first, second
    spans = changes(before, after)
    if not spans:
        return first, second
    return (
        _placed(held.first, first, ones, before[: spans[0].begin]),
        _placed(held.second, second, twos, after[: spans[0].other_begin]),
    )


def _placed(content: Content, spot: Spot, paragraphs: Sequence[Paragraph], lead: str) -> Spot:
    """The place on the page of the line in which the letters before the change end."""
    boxes = [box for each in paragraphs for box in each.boxes]
    pages = sorted({box.page for box in boxes})
    if len(pages) < 2:
        return spot
    texts = {box: text for page in pages for text, box in content.pages[page - 1].lines}
    left = len(unspaced(lead))
    for box in boxes:
        left -= len(unspaced(texts.get(box, "")))
        if left < 0:
            return replace(spot, page=box.page)
    return replace(spot, page=boxes[-1].page)
