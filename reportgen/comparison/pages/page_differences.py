"""What differs of two PDFs on paper and is told by no other layer (版面差异).

Pages are paired by what begins on them. What has moved is told once, from where it moves on; rules, pictures and
pictures of whole pages are compared where everything stands as it stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.comparison.model import Box, Content, Difference, Layer, Tolerance
from reportgen.comparison.pages.page_marks import Mark, flow_of, marks_of
from reportgen.comparison.pages.page_pictures import page_pictures
from reportgen.comparison.pages.page_spots import differing_spots, dots_per_inch
from reportgen.comparison.pages.page_telling import tell_finding, tell_marks, tell_page_count, tell_sizes
from reportgen.comparison.pages.page_units import pairs_of, units_of
from reportgen.comparison.pages.page_walk import Finding, Kind, PagePair, Sizes, Walk, walk
from reportgen.review.page import MM_PER_POINT

# What makes the rows of a table another height, and how many of them one hand may have changed one by one.
_OF_ROWS = (Kind.LINES, Kind.HEIGHT)
_MOST_BY_HAND = 4
# No rule of an official document is thicker.
_THICKEST_MM = 3.0


def page_differences(
    first: Content, second: Content, blobs: tuple[bytes, bytes], told: Sequence[Difference], tolerance: Tolerance
) -> Iterator[Difference]:
    """The differences (版面差异) of two PDFs beyond what is `told` and what follows from it, in the order of pages."""
    prints = [[page.fingerprint for page in content.pages] for content in (first, second)]
    if prints[0] == prints[1] and all(prints[0]):
        return
    sizes = _sizes(first), _sizes(second)
    sized = list(dict.fromkeys(sizes[0])) != list(dict.fromkeys(sizes[1]))
    asked = {difference.layer for difference in told}
    own_size = sized and Layer.STRUCTURE not in asked
    units = units_of(first), units_of(second)
    found = walk(pairs_of(*units, told), tolerance, sizes if sized else None)
    pages = _with_pages_without_text(found, first, second)
    if own_size:
        yield tell_sizes(first, second)
    explained = bool(told) or own_size or bool(found.findings)
    if len(first.pages) != len(second.pages) and not explained:
        yield tell_page_count(first, second)
    flows = flow_of(first, units[0]), flow_of(second, units[1])
    marks = [mark for page in pages for mark in marks_of(page, first, second, flows, found.findings, asked, tolerance)]
    marks += _drawn(pages, first, second, blobs, marks, tolerance)
    findings = [finding for finding in found.findings if not _by_rule(finding, marks)]
    findings = list(_rows_together(findings))
    sayings = [
        (_at(finding.first, finding.second), tell_finding(finding, units, first, second)) for finding in findings
    ]
    sayings += [(_at(*boxes), difference) for boxes, difference in tell_marks(marks, first, second)]
    yield from (difference for _, difference in sorted(sayings, key=lambda each: each[0]))


def _rows_together(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The rows of a table that nearly all became higher or lower are one finding: its margins or its pitch did it."""
    of_table: dict[int, list[Finding]] = {}
    for finding in findings:
        unit = (finding.units or finding.others)[0]
        if finding.kind in _OF_ROWS and unit.row is not None:
            of_table.setdefault(unit.block, []).append(finding)
    wide = {id(each): group for group in of_table.values() if len(group) > _MOST_BY_HAND for each in group}
    for finding in findings:
        group = wide.get(id(finding), [finding])
        if group[0] is finding and len(group) > 1:
            heights = [each for each in group if each.kind is Kind.HEIGHT]
            lead = heights[0] if heights else finding
            others = [each for each in group if each is not lead]
            for each in others:
                lead.first += each.first
                lead.second += each.second
                lead.units += each.units
                lead.others += each.others
            yield lead
        elif group[0] is finding:
            yield finding


def _by_rule(finding: Finding, marks: Sequence[Mark]) -> bool:
    """Whether text has moved by no more than a rule above it became thinner or thicker, which is told."""
    if finding.kind is not Kind.MOVED or abs(finding.down) > _THICKEST_MM:
        return False
    at = finding.first[0]
    rules = (mark for mark in marks if mark.kind == "page.rule-changed" and mark.first[0].page == at.page)
    return any(
        mark.first[0].top < at.top and abs((mark.thick[1] - mark.thick[0]) * MM_PER_POINT - finding.down) < 0.2
        for mark in rules
    )


def _at(first: Sequence[Box], second: Sequence[Box]) -> tuple[int, float, int, float]:
    """Where a difference stands in the order of pages."""
    one = first[0] if first else None
    two = second[0] if second else None
    page, top = (one.page, one.top) if one else (two.page, two.top) if two else (0, 0.0)
    return page, top, two.page if two else page, two.top if two else top


def _sizes(content: Content) -> Sizes:
    """The size of each page, in whole mm."""
    return tuple((round(page.width), round(page.height)) for page in content.pages)


def _with_pages_without_text(found: Walk, first: Content, second: Content) -> list[PagePair]:
    """The pages that begin alike, and between them those of no text at all, where there are as many on both sides."""
    pages = sorted(found.pages.values(), key=lambda page: (page.first, page.second))
    result: list[PagePair] = []
    at = other = 0
    for page in [*pages, PagePair(len(first.pages) + 1, len(second.pages) + 1)]:
        between = range(at + 1, page.first), range(other + 1, page.second)
        textless = all(
            not content.pages[number - 1].lines
            for content, numbers in zip((first, second), between, strict=True)
            for number in numbers
        )
        if len(between[0]) == len(between[1]) and textless:
            result += [PagePair(one, two) for one, two in zip(*between, strict=True)]
        if page.first <= len(first.pages) and page.second <= len(second.pages):
            result.append(page)
        at, other = page.first, page.second
    return result


def _drawn(
    pages: Sequence[PagePair],
    first: Content,
    second: Content,
    blobs: tuple[bytes, bytes],
    marks: Sequence[Mark],
    tolerance: Tolerance,
) -> list[Mark]:
    """What the pictures of pages show that nothing else has told."""
    unlike = [page for page in pages if _may_differ(page, first, second)]
    if not unlike:
        return []
    dpi = dots_per_inch(tolerance)
    drawn = (
        page_pictures(blobs[0], (page.first for page in unlike), dpi),
        page_pictures(blobs[1], (page.second for page in unlike), dpi),
    )
    found: list[Mark] = []
    for page, one, two in zip(unlike, *drawn, strict=True):
        facts = first.pages[page.first - 1]
        masked = [*page.masked]
        if page.cut < facts.height:
            masked.append(Box(page.first, 0, page.cut - 1, facts.width, facts.height))
        if page.over_masked or page.cut < facts.height:
            masked += page.over
        masked += [box for mark in marks for box in (*mark.first, *mark.second) if _on(box, mark, page)]
        masked = [Box(box.page, box.left - 1, box.top - 1, box.right + 1, box.bottom + 1) for box in masked]
        spots = differing_spots((one, two), page.first, facts.width, masked, tolerance)
        found += _spots(spots, facts.pictures, page)
    return found


def _on(box: Box, mark: Mark, page: PagePair) -> bool:
    return box.page == page.first if box in mark.first else box.page == page.second


def _may_differ(page: PagePair, first: Content, second: Content) -> bool:
    one, two = first.pages[page.first - 1], second.pages[page.second - 1]
    same_size = (round(one.width), round(one.height)) == (round(two.width), round(two.height))
    return same_size and page.cut > 0 and (not one.fingerprint or one.fingerprint != two.fingerprint)


def _spots(spots: Sequence[Box], pictures: Sequence[Box], page: PagePair) -> Iterator[Mark]:
    """The spots of a page by what they lie on, one for each."""
    on_pictures = [spot for spot in spots if any(_meet(spot, picture) for picture in pictures)]
    others = [spot for spot in spots if spot not in on_pictures]
    for kind, own in (("page.picture-changed", on_pictures), ("page.look", others)):
        if own:
            moved = [Box(page.second, box.left, box.top, box.right, box.bottom) for box in own]
            yield Mark(kind, tuple(own), tuple(moved))


def _meet(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
