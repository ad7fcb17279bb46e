"""Paragraphs and cells whose looks are held against each other (样式比对单位), and which of them one hand changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.comparison.differences.piece_looks import Key, LookChange, letter_changes, letter_signs, told_value
from reportgen.comparison.look_names import PARAGRAPH_LOOKS, LookName, is_equal
from reportgen.comparison.model import Cell, Paragraph, Spot, Tolerance, Value
from reportgen.review.page import MM_PER_POINT

_INDENT = "首行缩进"
# Counted in letters, what differs by less is the same number of them.
_SAME_LETTERS = 0.06
OF_ROWS = ("行高", "允许跨页断行")
"""What stands in the first cell of a row for the whole row."""
PLACED = (*OF_ROWS, "上框线", "下框线", "左框线", "右框线")
"""What a cell says only where no other cell says it."""
SIDES_OF = {
    **dict.fromkeys(("上框线", "下框线", "左框线", "右框线"), "框线"),
    **dict.fromkeys(("单元格上边距", "单元格下边距", "单元格左边距", "单元格右边距"), "单元格边距"),
}
"""What a cell has on each of its sides (各边), and how it is called of all of them."""


@dataclass(slots=True)
class Unit:
    """A paragraph of the flow or a cell (比对单位): where, what it says, what changed of it."""

    spots: Callable[[], tuple[Spot, Spot]]
    text: str
    row: int = 0
    column: int = 0
    changed: dict[Key, LookChange] = field(default_factory=dict)


def looks(
    one: Mapping[str, Value], two: Mapping[str, Value], names: Mapping[str, LookName], tolerance: Tolerance
) -> Iterator[Key]:
    """What differs of two looks (格式差异): name, before, after."""
    if one == two:
        return
    for name in dict.fromkeys([*one, *two]):
        look = names.get(name, LookName())
        before, after = one.get(name, ""), two.get(name, "")
        if not is_equal(look, before, after, tolerance):
            yield name, told_value(name, look, before), told_value(name, look, after)


def paragraph_changes(one: Paragraph, two: Paragraph, tolerance: Tolerance) -> dict[Key, LookChange]:
    """What differs in the looks of two paragraphs (段落与字符格式差异)."""
    changed = {
        key: LookChange(before={sign(one.look)}, after={sign(two.look)})
        for key in looks(one.look, two.look, PARAGRAPH_LOOKS, tolerance)
    }
    if any(key[0] == _INDENT for key in changed) and _same_indent(one, two, tolerance):
        changed = {key: change for key, change in changed.items() if key[0] != _INDENT}
    if one.pieces != two.pieces:
        changed.update(letter_changes(one, two, tolerance))
    return changed


def _same_indent(one: Paragraph, two: Paragraph, tolerance: Tolerance) -> bool:
    """Whether the first line is set in as far as before, or by as many letters, which have another size now."""
    sizes = [
        next((piece.setting.size_pt for piece in each.pieces if piece.setting.size_pt), 0.0) for each in (one, two)
    ]
    lengths = [_millimetres(each.look.get(_INDENT), size) for each, size in zip((one, two), sizes, strict=True)]
    if lengths[0] is None or lengths[1] is None or not all(sizes):
        return False
    if abs(lengths[0] - lengths[1]) <= tolerance.length_mm:
        return True
    letters = [length / (size * MM_PER_POINT) for length, size in zip(lengths, sizes, strict=True) if length]
    return sizes[0] != sizes[1] and len(letters) == 2 and abs(letters[0] - letters[1]) < _SAME_LETTERS


def _millimetres(value: Value, size_pt: float) -> float | None:
    if isinstance(value, str) and value.endswith("字符"):
        return float(value.removesuffix("字符")) * size_pt * MM_PER_POINT
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def sign(look: Mapping[str, Value]) -> Hashable:
    """A look by which other paragraphs are known that look just so."""
    return tuple(sorted((name, str(value)) for name, value in look.items()))


def signs(paragraphs: Iterable[Paragraph]) -> set[Hashable]:
    """All that these paragraphs look like: of their letters, of themselves."""
    found: set[Hashable] = set()
    for paragraph in paragraphs:
        found.add(sign(paragraph.look))
        found.update(letter_signs(paragraph))
    return found


def cell_sign(cell: Cell) -> Hashable:
    """The look of a cell (单元格格式) by which others are known, without what depends on its place."""
    return "cell", tuple(sorted((name, str(value)) for name, value in cell.look.items() if name not in PLACED))


def united(found: Sequence[tuple[Key, frozenset[int]]]) -> Iterator[tuple[Key, int]]:
    """What changed at the same places in the same name is one (合为一处): 黑体、宋体 → 楷体; each with its number.

    So letters and figures of two faces that all got a third one, or some of the places of the one.
    """
    taken: set[int] = set()
    order = sorted(range(len(found)), key=lambda number: -len(found[number][1]))
    by_name: dict[str, list[int]] = {}
    for number in order:
        by_name.setdefault(found[number][0][0], []).append(number)
    joined: dict[int, Key] = {}
    for numbers in by_name.values():
        # Many groups are no one's hand, and would be many times many comparisons.
        for at, number in enumerate(numbers[:_MOST_GROUPS]):
            if number in taken:
                continue
            key, places = found[number]
            befores, afters = [key[1]], [key[2]]
            for other in numbers[at + 1 : _MOST_GROUPS]:
                (_, before, after), there = found[other]
                if other not in taken and there <= places and (after == key[2] or before == key[1]):
                    taken.add(other)
                    befores.append(before)
                    afters.append(after)
            joined[number] = key[0], "、".join(dict.fromkeys(befores)), "、".join(dict.fromkeys(afters))
    for number, (key, _) in enumerate(found):
        if number not in taken:
            yield joined.get(number, key), number


_MOST_GROUPS = 300


def runs_of_paragraphs(
    units: Sequence[tuple[Unit, Paragraph, Paragraph]], most_between: int = 200
) -> Iterator[tuple[Key, list[int]]]:
    """What changed alike in paragraphs that follow each other (连续相同的变化), by the paragraphs' indices.

    Paragraphs between them that look otherwise do not count; one that looked just so and still does ends the run.
    """
    waiting: dict[Key, list[int]] = {}
    found: list[tuple[Key, list[int]]] = []
    known: dict[int, tuple[set[Hashable], set[Hashable]]] = {}

    def passed_over(number: int, key: Key, change: LookChange) -> bool:
        _, one, two = units[number]
        if number not in known:
            known[number] = signs([one]), signs([two])
        return bool(known[number][0] & change.before or known[number][1] & change.after)

    for number, (unit, _, _) in enumerate(units):
        for key, change in unit.changed.items():
            run = waiting.get(key)
            # Some words of one paragraph and some of the next may be one hand's, too.
            if run and change.partly and run[-1] == number - 1 and units[run[0]][0].changed[key].partly:
                run.append(number)
                continue
            if run and not change.partly and not units[run[0]][0].changed[key].partly:
                between = range(run[-1] + 1, number)
                near = len(between) <= most_between
                if near and not any(passed_over(n, key, change) for n in between if key not in units[n][0].changed):
                    run.append(number)
                    continue
            run = [number]
            found.append((key, run))
            waiting[key] = run
    yield from found
