"""What differs in how sections are set up (分节差异): paper, margins, columns, page numbers, from which place on.

Where sections begin is not seen by itself: what is compared is how the pages are set up that the same text stands on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.look_names import SECTION_LOOKS, LookName, is_equal, said
from reportgen.comparison.model import Difference, Layer, Spot, Value
from reportgen.comparison.telling import difference

_PAPER = ("纸张宽", "纸张高", "方向")
_MARGINS = ("上边距", "下边距", "左边距", "右边距")
_MOST_PARTS = 3

_Setup: TypeAlias = Mapping[str, Value]
_Change: TypeAlias = tuple[str, str, str]
"""What differs: its name, what it was, what it is."""
_Pair: TypeAlias = tuple[int, int]


def section_differences(held: Held) -> Iterator[Difference]:
    """Where the pages of both contents are set up otherwise (分节差异)."""
    both = [(i, j) for i, j in held.sections if i is not None and j is not None]
    found: dict[_Change, list[_Pair]] = {}
    for i, j in both:
        for change in _changes(held, held.first.sections[i].setup, held.second.sections[j].setup):
            found.setdefault(change, []).append((i, j))
    for (name, before, after), pairs in found.items():
        first, second = (_spot(held, pairs[0], side) for side in (0, 1))
        where = _where(held, pairs, both)
        yield difference(
            Layer.STRUCTURE,
            "section.changed",
            name,
            where=where,
            what=f"{name}由{before}改为{after}",
            before=before,
            after=after,
            first=first,
            second=second,
        )


def _changes(held: Held, one: _Setup, two: _Setup) -> Iterator[_Change]:
    changed = dict(_changed(held, one, two))
    # Paper that is turned, margins that are set together, are one thing that somebody did.
    if any(name in changed for name in _PAPER) and all(name in side for name in _PAPER for side in (one, two)):
        for name in _PAPER:
            changed.pop(name, None)
        yield "纸张", _paper(one), _paper(two)
    margins = [name for name in _MARGINS if name in changed]
    if len(margins) > 1:
        values = [changed.pop(name) for name in margins]
        before, after = ("、".join(f"{n[0]}{v[k]}" for n, v in zip(margins, values, strict=True)) for k in (0, 1))
        yield "页边距", before, after
    yield from ((name, before, after) for name, (before, after) in changed.items())


def _changed(held: Held, one: _Setup, two: _Setup) -> Iterator[tuple[str, tuple[str, str]]]:
    for name in dict.fromkeys([*one, *two]):
        before, after = one.get(name), two.get(name)
        # What a file of another kind does not say is not known.
        if held.mixed and (before is None or after is None):
            continue
        look = SECTION_LOOKS.get(name, LookName())
        if not is_equal(look, before, after, held.tolerance):
            yield name, (_said(look, before, name in one), _said(look, after, name in two))


def _said(look: LookName, value: Value, known: bool) -> str:
    return said(look, value) if known else "无"


def _paper(setup: _Setup) -> str:
    """210×297毫米纵向; a tenth of a millimetre is no other paper."""
    width, height, way = (setup[name] for name in _PAPER)
    sides = [f"{round(side, 1):g}" if isinstance(side, int | float) else str(side) for side in (width, height)]
    return f"{'×'.join(sides)}毫米{way}"


def _where(held: Held, pairs: Sequence[_Pair], both: Sequence[_Pair]) -> str:
    """全文; 第2节（附件2、附件3）: by the second file's count, unless only a part of its section has changed."""
    if len(pairs) == len(both):
        return "全文"
    numbers = sorted({j for _, j in pairs})
    old = any(j in numbers and (i, j) not in pairs for i, j in both)
    if old:
        numbers = sorted({i for i, _ in pairs})
    counted = "、".join(str(number + 1) for number in numbers)
    content = held.first if old else held.second
    starts = [section.first_block for section in content.sections] + [len(content.blocks)]
    blocks = [block for number in numbers for block in content.blocks[starts[number] : starts[number + 1]]]
    parts = list(dict.fromkeys(block.part for block in blocks if block.part))
    named = "、".join(parts) if len(parts) <= _MOST_PARTS else f"{parts[0]}至{parts[-1]}"
    return f"{'原' if old else ''}第{counted}节" + (f"（{named}）" if named else "")


def _spot(held: Held, pair: _Pair, side: int) -> Spot | None:
    content, places = ((held.first, held.sides.first), (held.second, held.sides.second))[side]
    common = held.common_blocks.get(pair)
    block = common[side] if common else content.sections[pair[side]].first_block
    return places.block(block) if block < len(content.blocks) else None
