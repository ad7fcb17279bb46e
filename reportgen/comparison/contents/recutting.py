"""Paragraphs whose ends a page leaves open (段落边界核定), settled by the other file.

A full line says nothing of whether its paragraph goes on. Where the texts of some paragraphs run on alike in both
files and only their ends differ, a PDF's paragraph is cut at the start of a line, or two are joined at a full line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from reportgen.comparison.model import Block, Content, FileKind, Paragraph, Piece, Section, Value

# A last line that ends so far, in mm, before where full lines end closes its paragraph for sure.
_SHORT_MM = 12.0
_SAME_LINE_MM = 1.0


def recut(first: Content, second: Content) -> tuple[Content, Content]:
    """Both contents with paragraphs that end alike where their pages allow it (核定段落边界)."""
    one, two = _Side(first), _Side(second)
    matcher = SequenceMatcher(None, one.keys, two.keys, autojunk=False)
    made: tuple[list[Block], list[Block]] = [], []
    firsts: tuple[dict[int, int], dict[int, int]] = {}, {}
    for kind, start, end, other, last in matcher.get_opcodes():
        parts = [*first.blocks[start:end]], [*second.blocks[other:last]]
        if kind == "replace":
            parts = _settled(parts[0], parts[1], one, two)
        firsts[0].update({index: len(made[0]) + min(index - start, len(parts[0])) for index in range(start, end)})
        firsts[1].update({index: len(made[1]) + min(index - other, len(parts[1])) for index in range(other, last)})
        made[0].extend(parts[0])
        made[1].extend(parts[1])
    return _with_blocks(first, made[0], firsts[0]), _with_blocks(second, made[1], firsts[1])


def sections_alike(first: Content, second: Content) -> tuple[Content, Content]:
    """Both contents cut to sections at the same blocks (分节对齐): where the paper changes in either of them."""
    one, two = _Side(first), _Side(second)
    keys = [[key if not key.startswith("\0") else "\0" for key in side.keys] for side in (one, two)]
    pairs: dict[int, int] = {}
    for kind, start, end, other, _ in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if kind == "equal":
            pairs.update((index, other + index - start) for index in range(start, end))
    back = {there: here for here, there in pairs.items()}
    starts = {section.first_block for section in first.sections} & pairs.keys()
    starts |= {back[section.first_block] for section in second.sections if section.first_block in back}
    cut = [(here, pairs[here]) for here in sorted(starts)]
    kept = [at for at in cut if _paper_at(first, at[0]) or _paper_at(second, at[1])]
    return _cut_at(first, [here for here, _ in kept]), _cut_at(second, [there for _, there in kept])


def _paper_at(content: Content, block: int) -> bool:
    """Whether a block begins on other paper than the block above."""
    return block > 0 and _setup(content, block) != _setup(content, block - 1)


def _setup(content: Content, block: int) -> Mapping[str, Value]:
    found = [section.setup for section in content.sections if section.first_block <= block]
    return found[-1] if found else {}


def _cut_at(content: Content, starts: Sequence[int]) -> Content:
    if not content.sections:
        return content
    first = replace(content.sections[0], first_block=0)
    cut = [Section(setup=_setup(content, start), first_block=start) for start in starts]
    return replace(content, sections=(first, *cut))


def _with_blocks(content: Content, blocks: Sequence[Block], firsts: dict[int, int]) -> Content:
    sections = tuple(
        replace(section, first_block=firsts.get(section.first_block, len(blocks))) for section in content.sections
    )
    return replace(content, blocks=tuple(blocks), sections=sections)


class _Side:
    """One of the two files (一侧)."""

    def __init__(self, content: Content) -> None:
        self.pages = content.kind is FileKind.PDF
        self.keys = [
            block.text if isinstance(block, Paragraph) else f"\0{index}" for index, block in enumerate(content.blocks)
        ]
        self.full: dict[int, float] = {}
        rights: dict[float, list[float]] = {}
        for block in content.blocks:
            for box in block.boxes if isinstance(block, Paragraph) else ():
                rights.setdefault(content.pages[box.page - 1].width, []).append(box.right)
        for page in content.pages:
            if own := sorted(rights.get(page.width, ())):
                self.full[page.number] = own[int(0.9 * (len(own) - 1))]


def _settled(
    first: Sequence[Block], second: Sequence[Block], one: _Side, two: _Side
) -> tuple[list[Block], list[Block]]:
    """Paragraphs of both sides side by side, cut and joined while their texts run on alike."""
    left, right = list(first), list(second)
    at = other = 0
    while at < len(left) and other < len(right):
        a, b = left[at], right[other]
        if not isinstance(a, Paragraph) or not isinstance(b, Paragraph) or a.text == b.text:
            at, other = at + 1, other + 1
        elif (b.text and a.text.startswith(b.text) and _settle(left, at, right, other, one, two)) or (
            a.text and b.text.startswith(a.text) and _settle(right, other, left, at, two, one)
        ):
            continue
        else:
            at, other = _resumed(left, at, right, other)
    return left, right


def _resumed(left: Sequence[Block], at: int, right: Sequence[Block], other: int) -> tuple[int, int]:
    """Where both sides have the beginning of a paragraph alike again."""
    known = {_beginning(block): index for index, block in reversed(list(enumerate(right[other:], other)))}
    for index in range(at, len(left)):
        found = known.get(_beginning(left[index]))
        if found is not None and (index, found) != (at, other):
            return index, found
    return at + 1, other + 1


_TELLING = 12


def _beginning(block: Block) -> object:
    return block.text[:_TELLING] if isinstance(block, Paragraph) else id(block)


def _settle(long: list[Block], at: int, short: list[Block], other: int, one: _Side, two: _Side) -> bool:
    """Cuts the longer paragraph where the shorter one ends, or joins that with the next; false if neither can be."""
    whole, part = long[at], short[other]
    assert isinstance(whole, Paragraph)
    assert isinstance(part, Paragraph)
    following = short[other + 1] if other + 1 < len(short) else None
    rest = whole.text[len(part.text) :]
    if not isinstance(following, Paragraph) or not following.text or not rest.startswith(following.text[: len(rest)]):
        return False
    if two.pages and _open_end(part, following, two):
        short[other : other + 2] = [_joined(part, following)]
        return True
    if one.pages and (cut := _cut(whole, len(part.text))):
        long[at : at + 1] = cut
        return True
    return False


def _open_end(paragraph: Paragraph, following: Paragraph, side: _Side) -> bool:
    """Whether a paragraph may go on: its last line is full, or what follows stands on the same line."""
    if not paragraph.boxes or not following.boxes:
        return False
    last, begun = paragraph.boxes[-1], following.boxes[0]
    beside = last.page == begun.page and abs(last.top - begun.top) < _SAME_LINE_MM
    return beside or last.right > side.full.get(last.page, 0.0) - _SHORT_MM


def _joined(one: Paragraph, other: Paragraph) -> Paragraph:
    return replace(one, pieces=(*one.pieces, *other.pieces), boxes=(*one.boxes, *other.boxes))


def _cut(paragraph: Paragraph, length: int) -> list[Block]:
    """A paragraph of a page as two, if the first of them may end with a line; nothing if not."""
    if len(paragraph.boxes) < 2:
        return []
    head, tail = _parted(paragraph.pieces, length)
    share = _line_at(paragraph, length)
    if share is None:
        return []
    return [
        replace(paragraph, pieces=head, boxes=paragraph.boxes[:share]),
        replace(
            paragraph,
            pieces=tail,
            boxes=paragraph.boxes[share:],
            page=paragraph.boxes[share].page,
            level=None,
            page_break=False,
        ),
    ]


def _line_at(paragraph: Paragraph, length: int) -> int | None:
    """The number of lines that so many letters fill, by the widths of lines; nothing if a line would be parted."""
    widths = [box.right - box.left for box in paragraph.boxes]
    total, text = sum(widths), len(paragraph.text)
    filled, best = 0.0, None
    for index, width in enumerate(widths[:-1], 1):
        filled += width
        # Letters are of several widths: a third of a line is less than any paragraph's end is off.
        if abs(filled / total - length / text) * total < max(widths) / 3:
            best = index
    return best


def _parted(pieces: Sequence[Piece], length: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    head: list[Piece] = []
    tail: list[Piece] = []
    for piece in pieces:
        here = piece.text[:length]
        rest = piece.text[length:]
        length = max(length - len(piece.text), 0)
        head += [Piece(here, piece.setting)] if here else []
        tail += [Piece(rest, piece.setting)] if rest else []
    return tuple(head), tuple(tail)
