"""Which block of a content belongs to which of another (段落与表格对位).

A paragraph split in two, two joined in one, and a table that a break cuts in two belong together as what they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from reportgen.comparison.counterparts.aligning import Alignment, Item, align, comes_before
from reportgen.comparison.letters import ordinal_of, unspaced
from reportgen.comparison.model import Block, Content, Paragraph, Table

_DIGITS = re.compile(r"[\d０-９.．]+")
_CLAUSES = re.compile(r"[，。；：、！？,;:\n]")
_PIECES = 0.85
_WITHIN = 0.6
# Between the halves of a table there may be a blank line and words such as 续表.
_MOST_BETWEEN = 3
_SHORT = 20
_MOST_MARKS = 20_000


@dataclass(frozen=True, slots=True)
class BlockPair:
    """Blocks that belong together (成对内容): one and one, or one and its parts."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """What of two contents belongs together (对位结果); pairs in the first's order, indices of the rest."""

    pairs: tuple[BlockPair, ...]
    gone: tuple[int, ...]
    added: tuple[int, ...]
    coarse: bool

    def mirrored(self) -> Pairing:
        """The same seen from the other side."""
        pairs = sorted((BlockPair(p.second, p.first, p.moved) for p in self.pairs), key=lambda pair: pair.first)
        return Pairing(tuple(pairs), self.added, self.gone, self.coarse)


def pair_blocks(first: Content, second: Content, fold: Callable[[str], str], blanks: bool) -> Pairing:
    """What of two contents belongs together (内容对位); blank paragraphs only where `blanks`."""
    sides = []
    for content in (first, second):
        numbers = [n for n, block in enumerate(content.blocks) if blanks or _has_text(block)]
        sides.append((content.blocks, numbers, [_item(content.blocks[n], fold) for n in numbers]))
    if comes_before(sides[1][2], sides[0][2]):
        return _pair(sides[1], sides[0]).mirrored()
    return _pair(sides[0], sides[1])


def _has_text(block: Block) -> bool:
    if isinstance(block, Table):
        return bool(block.cells)
    return bool(block.text.strip())


def _item(block: Block, fold: Callable[[str], str]) -> Item:
    if isinstance(block, Table):
        cells = tuple((cell.row, cell.column, fold(cell.text)) for cell in block.cells)
        marks = tuple(bare for _, _, text in cells[:_MOST_MARKS] if (bare := unspaced(text)))
        head = tuple(unspaced(cell.text) for cell in block.cells if cell.row < block.head_rows)
        shape = tuple((cell.row, cell.column, cell.rows, cell.columns) for cell in block.cells)
        kin: frozenset[Hashable] = frozenset((("shape", shape), ("head", block.column_count, head or shape)))
        grid = ("table", cells)
        # A table of blank cells is still one.
        return Item(
            keys=(grid, grid, grid),
            text="｜".join(marks[:60]) or "｜",
            marks=marks,
            sort="table",
            by_marks=True,
            kin=kin,
        )
    text = fold(block.text)
    _, rest = ordinal_of(text)
    bare = unspaced(rest)
    masked = _DIGITS.sub("0", bare)
    marks = tuple(clause for clause in _CLAUSES.split(bare) if len(clause) >= 4)
    key = masked if len(masked) >= 4 else rest
    return Item(
        keys=(("text", text), ("rest", rest), ("masked", key)),
        text=bare or unspaced(text),
        marks=(*marks, f"^{masked[:10]}", f"{masked[-10:]}$") if bare else (),
        sort="paragraph",
    )


_Side = tuple[Sequence[Block], list[int], list[Item]]


@dataclass(slots=True)
class _State:
    """What is found so far, from one side: the pairs as lists of block numbers, and what is free on both."""

    first: Sequence[Block]
    second: Sequence[Block]
    pairs: list[tuple[list[int], list[int], bool]]
    gone: set[int]
    added: set[int]

    def turned(self) -> _State:
        turned = [(two, one, moved) for one, two, moved in self.pairs]
        return _State(self.second, self.first, turned, self.added, self.gone)


def _pair(one: _Side, two: _Side) -> Pairing:
    found: Alignment = align(one[2], two[2])
    pairs = [([one[1][i]], [two[1][j]], moved) for moved in (False, True) for i, j in _some(found, moved)]
    gone, added = {one[1][i] for i in found.gone}, {two[1][j] for j in found.added}
    state = _State(one[0], two[0], pairs, gone, added)
    _take_parts(state)
    _take_scattered(state)
    turned = state.turned()
    _take_parts(turned)
    _take_scattered(turned)
    state = turned.turned()
    done = (BlockPair(tuple(sorted(a)), tuple(sorted(b)), moved) for a, b, moved in state.pairs)
    ordered = tuple(sorted(done, key=lambda pair: pair.first))
    return Pairing(ordered, tuple(sorted(state.gone)), tuple(sorted(state.added)), found.coarse)


def _some(found: Alignment, moved: bool) -> tuple[tuple[int, int], ...]:
    return found.moved if moved else found.pairs


def _take_parts(state: _State) -> None:
    """Give to each pair the free neighbours of its second that are parts of its first."""
    if not state.added:
        return
    for ones, twos, _ in state.pairs:
        if len(ones) != 1 or len(twos) != 1 or not {twos[0] - 1, twos[0] + 1} & state.added:
            continue
        whole, part = state.first[ones[0]], state.second[twos[0]]
        if isinstance(whole, Table) and isinstance(part, Table):
            for step in (1, -1):
                while taken := _next_part(state, whole, part, twos, step):
                    twos += taken
        elif isinstance(whole, Paragraph) and isinstance(part, Paragraph):
            _take_paragraphs(state, whole, twos)


def _next_part(state: _State, whole: Table, part: Table, twos: list[int], step: int) -> list[int]:
    at = (max(twos) if step > 0 else min(twos)) + step
    between: list[int] = []
    while 0 <= at < len(state.second) and at in state.added and len(between) < _MOST_BETWEEN:
        block = state.second[at]
        if isinstance(block, Table):
            is_part = block.column_count == part.column_count and _is_within(block, whole)
            if not is_part:
                return []
            # A blank line between both is of the break; words stand for themselves.
            for number in (at, *(n for n in between if not _has_text(state.second[n]))):
                state.added.discard(number)
            return [at]
        if len(block.text) > _SHORT:
            return []
        between.append(at)
        at += step
    return []


def _is_within(part: Table, whole: Table) -> bool:
    bags = [Counter(filter(None, (unspaced(cell.text) for cell in table.cells))) for table in (part, whole)]
    return bool(bags[0]) and (bags[0] & bags[1]).total() >= _WITHIN * bags[0].total()


def _take_paragraphs(state: _State, whole: Paragraph, twos: list[int]) -> None:
    from rapidfuzz.distance import Indel

    text = unspaced(whole.text)
    best = Indel.normalized_similarity(text, _text(state.second, twos))
    start, found = best, list(twos)
    for step in (1, -1):
        while True:
            at = (max(found) if step > 0 else min(found)) + step
            block = state.second[at] if 0 <= at < len(state.second) else None
            if at not in state.added or not isinstance(block, Paragraph) or not block.text.strip():
                break
            if len(_text(state.second, found)) >= len(text):
                break
            score = Indel.normalized_similarity(text, _text(state.second, sorted([*found, at])))
            if score <= best:
                break
            best = score
            found.append(at)
    if best > start and best >= _PIECES:
        state.added.difference_update(found)
        twos[:] = found


def _take_scattered(state: _State) -> None:
    """One free paragraph whose text is that of several free ones in a row where it stood."""
    from rapidfuzz.distance import Indel

    firsts = sorted((ones[0], twos[-1]) for ones, twos, moved in state.pairs if not moved)
    before = dict(firsts)
    last = -1
    for i, block in enumerate(state.first):
        last = before.get(i, last)
        if i not in state.gone or not isinstance(block, Paragraph):
            continue
        run = []
        at = last + 1
        text = unspaced(block.text)
        length = 0
        while at in state.added and isinstance(state.second[at], Paragraph) and length < len(text):
            run.append(at)
            length += len(_text(state.second, [at]))
            at += 1
        if len(run) >= 2 and Indel.normalized_similarity(text, _text(state.second, run)) >= _PIECES:
            state.gone.discard(i)
            state.added.difference_update(run)
            state.pairs.append(([i], run, False))
            last = run[-1]


def _text(blocks: Sequence[Block], numbers: Sequence[int]) -> str:
    return "".join(unspaced(block.text) for n in sorted(numbers) if isinstance(block := blocks[n], Paragraph))
