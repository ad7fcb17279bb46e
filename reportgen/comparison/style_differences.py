"""What differs in the style (样式差异): letters, paragraphs, cells, as the reader sees them.

Equal differences of paragraphs that follow each other, of the cells of a column, a row or a whole table are one
difference with their count: what one hand changed is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reportgen.comparison.held import Held, align_paragraphs
from reportgen.comparison.look_names import (
    CELL_LOOKS,
    PARAGRAPH_LOOKS,
    SETTING_NAMES,
    TABLE_LOOKS,
    LookName,
    is_equal,
    said,
)
from reportgen.comparison.model import Difference, Layer, Paragraph, Setting, Spot, Tolerance, Value
from reportgen.comparison.paired_tables import TablePair
from reportgen.comparison.piece_looks import letter_changes
from reportgen.comparison.telling import difference, quote_of, shortened

# What stands in the first cell of a row for the whole row, and what two cells share.
_OF_ROWS = ("行高", "允许跨页断行")
_SHARED = {"上框线": ((-1, 0), "下框线"), "左框线": ((0, -1), "右框线")}
_PLACED = (*_OF_ROWS, "上框线", "下框线", "左框线", "右框线")
# Of so many paragraphs between two changed ones it is looked at whether they were passed over.
_MOST_BETWEEN = 200

_Key = tuple[str, str, str]
"""What differs: its name, what it was, what it is."""


@dataclass(slots=True)
class _Unit:
    """A paragraph of the flow or a cell (比对单位): what changed of it, with the words if not all changed."""

    spots: Callable[[], tuple[Spot, Spot]]
    text: str
    row: int = 0
    column: int = 0
    changed: dict[_Key, str] = field(default_factory=dict)
    kept: frozenset[tuple[str, str]] = frozenset()


def style_differences(held: Held) -> Iterator[Difference]:
    """Where both contents look otherwise (样式差异)."""
    if Layer.STYLE not in held.layers or held.mixed:
        return
    yield from _flow(held)
    for pair in held.tables:
        yield from _table(held, pair)
    yield from _beside(held)


def _looks(
    one: Mapping[str, Value], two: Mapping[str, Value], names: Mapping[str, LookName], tolerance: Tolerance
) -> Iterator[_Key]:
    if one == two:
        return
    for name in dict.fromkeys([*one, *two]):
        look = names.get(name, LookName())
        if not is_equal(look, one.get(name, ""), two.get(name, ""), tolerance):
            yield name, _told(look, one.get(name, "")), _told(look, two.get(name, ""))


def _told(look: LookName, value: Value) -> str:
    return said(look, value)


def _paragraph_changes(one: Paragraph, two: Paragraph, tolerance: Tolerance) -> dict[_Key, str]:
    changed = dict.fromkeys(_looks(one.look, two.look, PARAGRAPH_LOOKS, tolerance), "")
    if one.pieces != two.pieces:
        changed.update(letter_changes(one, two, tolerance))
    return changed


def _values(paragraphs: Sequence[Paragraph], cell: Mapping[str, Value] | None = None) -> frozenset[tuple[str, str]]:
    """What these paragraphs, and their cell, look like: names and values."""
    found = {(name, _told(CELL_LOOKS.get(name, LookName()), value)) for name, value in (cell or {}).items()}
    for paragraph in paragraphs:
        found |= {(n, _told(PARAGRAPH_LOOKS.get(n, LookName()), value)) for n, value in paragraph.look.items()}
        for piece in paragraph.pieces:
            if piece.text.strip():
                found |= setting_values(piece.setting)
    return frozenset(found)


def setting_values(setting: Setting) -> set[tuple[str, str]]:
    """How letters are set, by the names that a reader is told (字符格式)."""
    return {(name, said(look, getattr(setting, key))) for key, (name, look) in SETTING_NAMES.items()}


# ---- paragraphs of the flow


def _flow(held: Held) -> Iterator[Difference]:
    units: list[tuple[_Unit, Paragraph, Paragraph]] = []
    for pair, ones, twos in held.paragraphs:
        one, two = ones[0], twos[0]
        if len(ones) != len(twos):
            one, two = _run_together(ones), _run_together(twos)

        def spots(i: int = pair.first[0], j: int = pair.second[0]) -> tuple[Spot, Spot]:
            return held.sides.first.block(i), held.sides.second.block(j)

        unit = _Unit(spots, two.text)
        if one.pieces != two.pieces or one.look != two.look:
            unit.changed = _paragraph_changes(one, two, held.tolerance)
        units.append((unit, one, two))
    waiting: dict[_Key, list[int]] = {}
    groups: list[tuple[int, _Key, list[int]]] = []
    for number, (unit, _, _) in enumerate(units):
        for key, words in unit.changed.items():
            run = waiting.get(key)
            if run and not words and not _passed_over(units, run[-1], number, key):
                run.append(number)
                continue
            run = [number]
            groups.append((number, key, run))
            if not words:
                waiting[key] = run
    for key, at in _united([(key, (tuple(run), units[number][0].changed[key])) for number, key, run in groups]):
        number, changed, run = groups[at]
        unit = units[number][0]
        first, second = unit.spots()
        words = unit.changed[changed]
        part = f"“{shortened(words, 20)}”" if words else ""
        where = held.sides.where(first, second, "" if words else quote_of(unit.text))
        if len(run) > 1:
            where += f"等{len(run)}段"
            first, second = replace(first, count=len(run)), replace(second, count=len(run))
        yield _difference(key, where, part, first, second)


def _united(found: Sequence[tuple[_Key, Hashable]]) -> Iterator[tuple[_Key, int]]:
    """What became the same at the same place is one difference, whatever it was before (黑体、宋体 → 楷体).

    Each with where it stands among those found.
    """
    same: dict[tuple[str, str, Hashable], list[tuple[str, int]]] = {}
    for at, ((name, before, after), place) in enumerate(found):
        same.setdefault((name, after, place), []).append((before, at))
    for (name, after, _), befores in same.items():
        yield (name, "、".join(before for before, _ in befores), after), befores[0][1]


def _run_together(paragraphs: Sequence[Paragraph]) -> Paragraph:
    return replace(paragraphs[0], pieces=tuple(piece for each in paragraphs for piece in each.pieces))


def _passed_over(units: Sequence[tuple[_Unit, Paragraph, Paragraph]], start: int, end: int, key: _Key) -> bool:
    """Whether a paragraph between two changed ones looked as they did, and still does."""
    if end - start > _MOST_BETWEEN:
        return True
    looked = key[0], key[1]
    for unit, one, two in units[start + 1 : end]:
        if not unit.kept and (one.pieces or one.look):
            unit.kept = _values([one]) & _values([two])
        if looked in unit.kept:
            return True
    return False


def _difference(key: _Key, where: str, part: str, first: Spot | None, second: Spot | None) -> Difference:
    name, before, after = key
    return difference(
        Layer.STYLE,
        "style.changed",
        name,
        where=where,
        what=f"{part}{name} {before} → {after}",
        before=before,
        after=after,
        first=first,
        second=second,
    )


# ---- tables


def _table(held: Held, pair: TablePair) -> Iterator[Difference]:
    first, second = (
        held.sides.first.block(pair.first.blocks[0]),
        held.sides.second.block(pair.second.blocks[0]),
    )
    for key in _looks(pair.first.tables[0].look, pair.second.tables[0].look, TABLE_LOOKS, held.tolerance):
        if key[0] == "重复标题行" and pair.first.heads != pair.second.heads and Layer.STRUCTURE in held.layers:
            continue
        yield _difference(key, held.sides.where(first, second), "", first, second)
    units: list[_Unit] = []
    changed: list[_Unit] = []
    by_place: dict[tuple[int, int], _Unit] = {}
    for a, b in pair.cells:
        one, two = pair.first.cells[a], pair.second.cells[b]
        if one.cell.look == two.cell.look and one.cell.paragraphs == two.cell.paragraphs:
            continue

        def spots(a: int = a, b: int = b) -> tuple[Spot, Spot]:
            cells = pair.first.cells[a], pair.second.cells[b]
            return held.sides.first.cell(pair.first, cells[0]), held.sides.second.cell(pair.second, cells[1])

        unit = _Unit(spots, two.text, two.row, two.cell.column)
        for key in _looks(one.cell.look, two.cell.look, CELL_LOOKS, held.tolerance):
            # Of a row's first cell, of the table's edge: what is not said here is said there.
            if key[0] not in _PLACED or (key[0] in one.cell.look and key[0] in two.cell.look):
                unit.changed[key] = ""
        pairs = align_paragraphs(one.cell.paragraphs, two.cell.paragraphs, held.fold)
        both = [(p, q) for p, q in pairs if p and q]
        found = [_paragraph_changes(p, q, held.tolerance) for p, q in both]
        for key in dict.fromkeys(key for each in found for key in each):
            words = [each[key] for each in found if key in each]
            whole = len(words) == len(both) and not any(words)
            unit.changed[key] = "" if whole else next(filter(None, words), "") or quote_of(both[0][1].text)
        if unit.changed:
            changed.append(unit)
            by_place[two.row, two.cell.column] = unit
    units = changed
    for unit in units:
        for name, ((down, right), other) in _SHARED.items():
            neighbour = by_place.get(_owner(pair, unit.row + down, unit.column + right))
            if neighbour:
                unit.changed = {
                    key: words
                    for key, words in unit.changed.items()
                    if key[0] != name or (other, *key[1:]) not in neighbour.changed
                }
    if units:
        yield from _grouped(held, pair, units)


def _owner(pair: TablePair, row: int, column: int) -> tuple[int, int]:
    if row < 0 or column < 0:
        return -1, -1
    index = pair.second.slots[row][column]
    return (pair.second.cells[index].row, pair.second.cells[index].cell.column) if index >= 0 else (-1, -1)


def _grouped(held: Held, pair: TablePair, units: Sequence[_Unit]) -> Iterator[Difference]:
    keys: dict[_Key, list[_Unit]] = {}
    for unit in units:
        for key, words in unit.changed.items():
            if not words:
                keys.setdefault(key, []).append(unit)
    kept: dict[tuple[str, str], list[tuple[int, int]]] = {}
    if any(len(group) > 1 for group in keys.values()):
        kept = _kept(pair, {(key[0], key[1]) for key in keys})
    told: list[tuple[tuple[int, int], Difference]] = []
    groups = [
        (key, part, words)
        for key, group in keys.items()
        for part, words in _parts_of(pair, group, kept.get((key[0], key[1]), []), by_row=key[0] in _OF_ROWS)
    ]
    for key, at in _united([(key, tuple(map(id, part))) for key, part, _ in groups]):
        _, part, words = groups[at]
        told.append(((part[0].row, part[0].column), _told_group(held, key, part, words)))
    for unit in units:
        for key, words in unit.changed.items():
            if words:
                first, second = unit.spots()
                where = held.sides.where(first, second)
                one = _difference(key, where, f"“{shortened(words, 20)}”", first, second)
                told.append(((unit.row, unit.column), one))
    yield from (each for _, each in sorted(told, key=lambda pair: pair[0]))


def _kept(pair: TablePair, looked: set[tuple[str, str]]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """The cells that looked like changed ones and still do."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    known: dict[int, frozenset[tuple[str, str]]] = {}
    for a, b in pair.cells:
        cells = pair.first.cells[a].cell, pair.second.cells[b].cell
        values = [known.setdefault(id(cell), _values(cell.paragraphs, cell.look)) for cell in cells]
        for value in values[0] & values[1] & looked:
            found.setdefault(value, []).append((pair.second.cells[b].row, cells[1].column))
    return found


def _parts_of(
    pair: TablePair, group: list[_Unit], others: list[tuple[int, int]], *, by_row: bool
) -> Iterator[tuple[list[_Unit], str]]:
    """The changed cells as a person would name them: all of the table, columns, rows, single ones."""
    if len(group) > 1 and not others:
        words = "" if len({unit.column for unit in group}) > 1 or by_row else pair.second.names[group[0].column]
        rows = {unit.row for unit in group}
        if len(rows) == 1 and not by_row:
            words = "行"
        yield group, f"「{words}」列" if words and words != "行" else words or "全表"
        return
    rows = {row for row, _ in others}
    columns = {column for _, column in others}
    by_column: dict[int, list[_Unit]] = {}
    by_line: dict[int, list[_Unit]] = {}
    left: list[_Unit] = []
    for unit in group:
        if not by_row and unit.column not in columns:
            by_column.setdefault(unit.column, []).append(unit)
        elif not by_row and unit.row not in rows:
            by_line.setdefault(unit.row, []).append(unit)
        else:
            left.append(unit)
    for column, part in by_column.items():
        yield part, f"「{pair.second.names[column]}」列"
    for part in by_line.values():
        yield part, "行"
    runs: list[list[_Unit]] = []
    for unit in sorted(left, key=lambda each: (each.column, each.row)):
        last = runs[-1][-1] if runs else None
        between = last and any(column == unit.column and last.row < row < unit.row for row, column in others)
        if last and last.column == unit.column and not between:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    for run in runs:
        yield run, ""


def _told_group(held: Held, key: _Key, units: Sequence[_Unit], words: str) -> Difference:
    first, second = units[0].spots()
    count = len(units)
    if key[0] in _OF_ROWS:
        first, second = replace(first, column=""), replace(second, column="")
    if count > 1:
        first, second = replace(first, count=count), replace(second, count=count)
        unit = "行" if key[0] in _OF_ROWS else "格"
        if words == "行":
            where = f"{held.sides.where(replace(first, column=''), replace(second, column=''))}（{count}格）"
        elif words:
            table = Spot(part=second.part, table=second.table)
            where = f"{held.sides.where(table, table)} {words}（{count}{unit}）".replace("  ", " ")
        else:
            where = f"{held.sides.where(first, second)}等{count}{unit}"
    else:
        where = held.sides.where(first, second)
    return _difference(key, where, "", first, second)


# ---- beside the flow


def _beside(held: Held) -> Iterator[Difference]:
    for each in held.beside:
        if not each.first or not each.second:
            continue
        first = held.sides.first.beside(each.name, each.first)
        second = held.sides.second.beside(each.name, each.second)
        for key, words in _paragraph_changes(each.first, each.second, held.tolerance).items():
            yield _difference(key, each.where, f"“{shortened(words, 20)}”" if words else "", first, second)
