"""What differs in the style (样式差异): letters, paragraphs, cells, as the reader sees them.

Equal differences of paragraphs that follow each other, of the cells of a column, a row or a whole table are one
difference with their count: what one hand changed is told once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from reportgen.comparison.counterparts.held import Held, align_paragraphs
from reportgen.comparison.counterparts.paired_tables import TablePair
from reportgen.comparison.differences.piece_looks import Key, LookChange
from reportgen.comparison.differences.style_units import (
    OF_ROWS,
    PLACED,
    SIDES_OF,
    Unit,
    cell_sign,
    looks,
    paragraph_changes,
    runs_of_paragraphs,
    signs,
    united,
)
from reportgen.comparison.look_names import CELL_LOOKS, TABLE_LOOKS
from reportgen.comparison.model import Difference, Layer, Paragraph, Spot
from reportgen.comparison.telling import difference, quote_of, shortened

_MOST_BY_HAND = 5
# What two cells share is told of the upper and the left one.
_SHARED = {"上框线": ((-1, 0), "下框线"), "左框线": ((0, -1), "右框线")}


def style_differences(held: Held) -> Iterator[Difference]:
    """Where both contents look otherwise (样式差异)."""
    if Layer.STYLE not in held.layers or held.mixed:
        return
    yield from _flow(held)
    for pair in held.tables:
        yield from _table(held, pair)
    yield from _beside(held)


# ---- paragraphs of the flow


def _flow(held: Held) -> Iterator[Difference]:
    units: list[tuple[Unit, Paragraph, Paragraph]] = []
    for pair, ones, twos in held.paragraphs:
        one, two = ones[0], twos[0]
        if len(ones) != len(twos):
            one, two = _run_together(ones), _run_together(twos)

        def spots(i: int = pair.first[0], j: int = pair.second[0]) -> tuple[Spot, Spot]:
            return held.sides.first.block(i), held.sides.second.block(j)

        unit = Unit(spots, two.text)
        if one.pieces != two.pieces or one.look != two.look:
            unit.changed = paragraph_changes(one, two, held.tolerance)
        units.append((unit, one, two))
    _drop_what_levels_bring(held, units)
    runs = list(runs_of_paragraphs(units))
    told: list[tuple[Key, list[int], str]] = []
    whole: list[tuple[Key, list[int]]] = []
    for key, run in runs:
        if words := units[run[0]][0].changed[key].words:
            told.append((key, run, words))
        else:
            whole.append((key, run))
    told += [(key, whole[at][1], "") for key, at in united([(key, frozenset(run)) for key, run in whole])]
    for key, run, words in sorted(told, key=lambda each: each[1][0]):
        unit = units[run[0]][0]
        first, second = unit.spots()
        part = f"“{shortened(words, 20)}”" if words else ""
        where = held.sides.where(first, second, "" if words else quote_of(unit.text))
        if len(run) > 1:
            where += f"等{len(run)}段"
            first, second = replace(first, count=len(run)), replace(second, count=len(run))
        yield _difference(key, where, part, first, second)


def _drop_what_levels_bring(held: Held, units: Sequence[tuple[Unit, Paragraph, Paragraph]]) -> None:
    """A heading of another level that looks as those of that level do is told by its level."""
    if Layer.STRUCTURE not in held.layers:
        return
    usual: dict[tuple[int, int | None], set[Hashable]] = {}
    for _, one, two in units:
        if one.level == two.level:
            usual.setdefault((0, one.level), set()).update(signs([one]))
            usual.setdefault((1, two.level), set()).update(signs([two]))
    for unit, one, two in units:
        if unit.changed and one.level != two.level:
            known = usual.get((0, one.level), set()), usual.get((1, two.level), set())
            if signs([one]) <= known[0] and signs([two]) <= known[1]:
                unit.changed = {}


def _run_together(paragraphs: Sequence[Paragraph]) -> Paragraph:
    return replace(paragraphs[0], pieces=tuple(piece for each in paragraphs for piece in each.pieces))


def _difference(key: Key, where: str, part: str, first: Spot | None, second: Spot | None) -> Difference:
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
    both = pair.first.tables[0].look, pair.second.tables[0].look
    for key in looks(*both, TABLE_LOOKS, held.tolerance):
        # Only a table at the left has an indent: that it has none now is told by where it stands.
        if key[0] == "表格缩进" and not all(key[0] in look for look in both):
            continue
        if key[0] == "重复标题行" and pair.first.heads != pair.second.heads and Layer.STRUCTURE in held.layers:
            continue
        yield _difference(key, held.sides.where(first, second), "", first, second)
    units: list[Unit] = []
    for a, b in pair.cells:
        one, two = pair.first.cells[a], pair.second.cells[b]
        if one.cell.look != two.cell.look or one.cell.paragraphs != two.cell.paragraphs:
            unit = _cell_unit(held, pair, a, b)
            if unit.changed:
                units.append(unit)
    by_place = {(unit.row, unit.column): unit for unit in units}
    for unit in units:
        for name, ((down, right), other) in _SHARED.items():
            neighbour = by_place.get(_owner(pair, unit.row + down, unit.column + right))
            if neighbour:
                unit.changed = {
                    key: change
                    for key, change in unit.changed.items()
                    if key[0] != name or (other, *key[1:]) not in neighbour.changed
                }
    if units:
        yield from _grouped(held, pair, units)


def _cell_unit(held: Held, pair: TablePair, a: int, b: int) -> Unit:
    one, two = pair.first.cells[a], pair.second.cells[b]

    def spots() -> tuple[Spot, Spot]:
        return held.sides.first.of_cell(pair.first, one), held.sides.second.of_cell(pair.second, two)

    unit = Unit(spots, two.text, two.row, two.cell.column)
    explained = _explained_rules(pair, a, b)
    for key in looks(one.cell.look, two.cell.look, CELL_LOOKS, held.tolerance):
        # Of a row's first cell, of the table's edge: what is not said here is said there.
        said = key[0] not in PLACED or (key[0] in one.cell.look and key[0] in two.cell.look)
        if said and key[0] not in explained:
            unit.changed[key] = LookChange(before={cell_sign(one.cell)}, after={cell_sign(two.cell)})
    pairs = align_paragraphs(one.cell.paragraphs, two.cell.paragraphs, held.fold)
    both = [(p, q) for p, q in pairs if p and q]
    found = [paragraph_changes(p, q, held.tolerance) for p, q in both]
    for key in dict.fromkeys(key for each in found for key in each):
        changes = [each[key] for each in found if key in each]
        together = LookChange(partly=any(change.partly for change in changes))
        for change in changes:
            together.before |= change.before
            together.after |= change.after
        left = [(p, q) for (p, q), each in zip(both, found, strict=True) if key not in each]
        for p, q in left:
            together.partly |= bool(signs([p]) & together.before or signs([q]) & together.after)
        words = next((change.words for change in changes if change.words), "")
        changed = next(q for (_, q), each in zip(both, found, strict=True) if key in each)
        together.words = words or (quote_of(changed.text) if together.partly else "")
        unit.changed[key] = together
    return unit


def _explained_rules(pair: TablePair, a: int, b: int) -> frozenset[str]:
    """The rules of a cell that are others because its neighbour came, went or moved."""
    one, two = pair.first.cells[a], pair.second.cells[b]
    columns = set(pair.columns_gone), set(pair.columns_added)
    rows = set(pair.rows.gone), set(pair.rows.added)
    if not any(columns) and not any(rows) and not pair.moved and not pair.rows.moved:
        return frozenset()
    for k, moved in ((0, 0), (1, 1)):
        columns[k].update(each[moved] for each in pair.moved)
        rows[k].update(each[moved] for each in pair.rows.moved)
    found = set()
    for k, cell in enumerate((one, two)):
        left, top = cell.cell.column, cell.row
        beside = {"左框线": left - 1, "右框线": left + cell.columns}
        found |= {name for name, column in beside.items() if column in columns[k] or left in columns[k]}
        above = {"上框线": top - 1, "下框线": top + cell.rows}
        found |= {name for name, row in above.items() if row in rows[k] or top in rows[k]}
    return frozenset(found)


def _owner(pair: TablePair, row: int, column: int) -> tuple[int, int]:
    if row < 0 or column < 0:
        return -1, -1
    index = pair.second.slots[row][column]
    return (pair.second.cells[index].row, pair.second.cells[index].cell.column) if index >= 0 else (-1, -1)


def _grouped(held: Held, pair: TablePair, units: Sequence[Unit]) -> Iterator[Difference]:
    keys: dict[Key, list[Unit]] = {}
    for unit in units:
        for key, change in unit.changed.items():
            if not change.partly:
                keys.setdefault(key, []).append(unit)
    alike: dict[Hashable, set[tuple[int, int]]] = {}
    if any(len(group) > 1 for group in keys.values()):
        alike = _alike(pair)
    told: list[tuple[tuple[int, int], Difference]] = []
    groups: list[tuple[Key, list[Unit], str]] = []
    for key, group in keys.items():
        others: set[tuple[int, int]] = set()
        if len(group) > 1:
            both = {(k, s) for unit in group for k in (0, 1) for s in _side(unit.changed[key], k)}
            for each in both:
                others |= alike.get(each, set())
            others -= {(unit.row, unit.column) for unit in group}
        for part, words in _parts_of(pair, group, others, by_row=key[0] in OF_ROWS):
            groups.append((key, part, words))
    groups = list(_sides_together(pair, groups))
    for key, at in united([(key, frozenset(map(id, part))) for key, part, _ in groups]):
        _, part, words = groups[at]
        told.append(((part[0].row, part[0].column), _told_group(held, key, part, words)))
    partly: dict[Key, list[Unit]] = {}
    for unit in units:
        for key, change in unit.changed.items():
            if change.partly:
                partly.setdefault(key, []).append(unit)
    for key, group in partly.items():
        # Some letters of so many cells are no one's hand: a program, or one replacement, changed them all.
        for part in [group] if len(group) > _MOST_BY_HAND else [[unit] for unit in group]:
            told.append(((part[0].row, part[0].column), _told_letters(held, key, part)))
    yield from (each for _, each in sorted(told, key=lambda pair: pair[0]))


def _told_letters(held: Held, key: Key, units: Sequence[Unit]) -> Difference:
    first, second = units[0].spots()
    words = units[0].changed[key].words
    where = held.sides.where(first, second)
    if len(units) > 1:
        where += f"等{len(units)}格"
        first, second = replace(first, count=len(units)), replace(second, count=len(units))
    return _difference(key, where, f"“{shortened(words, 20)}”" if words else "", first, second)


def _sides_together(
    pair: TablePair, groups: Sequence[tuple[Key, list[Unit], str]]
) -> Iterator[tuple[Key, list[Unit], str]]:
    """What changed alike on several sides of cells, or of several rows and columns, is one (各边合为一处)."""
    by_change: dict[Key, list[int]] = {}
    for at, ((name, before, after), _, _) in enumerate(groups):
        if name in SIDES_OF:
            by_change.setdefault((SIDES_OF[name], before, after), []).append(at)
    wide: dict[str, list[Key]] = {}
    for change, members in by_change.items():
        if len(members) > 1:
            wide.setdefault(change[0], []).append(change)
    told = {at: name for name, changes in wide.items() for change in changes for at in by_change[change]}
    done: set[str] = set()
    for at, group in enumerate(groups):
        if at not in told:
            yield group
        elif (name := told[at]) not in done:
            done.add(name)
            units = {id(unit): unit for n, own in told.items() if own == name for unit in groups[n][1]}
            befores, afters = ("、".join(dict.fromkeys(each[side] for each in wide[name])) for side in (1, 2))
            whole = len(units) == len(pair.cells)
            yield (name, befores, afters), list(units.values()), "全表" if whole else "多处"


def _side(change: LookChange, side: int) -> set[Hashable]:
    return (change.before, change.after)[side]


def _alike(pair: TablePair) -> dict[Hashable, set[tuple[int, int]]]:
    """The cells by what they looked like and look like now."""
    found: dict[Hashable, set[tuple[int, int]]] = {}
    for a, b in pair.cells:
        cells = pair.first.cells[a].cell, pair.second.cells[b].cell
        place = pair.second.cells[b].row, cells[1].column
        for side, cell in enumerate(cells):
            for each in (*signs(cell.paragraphs), cell_sign(cell)):
                found.setdefault((side, each), set()).add(place)
    return found


def _parts_of(
    pair: TablePair, group: list[Unit], others: set[tuple[int, int]], *, by_row: bool
) -> Iterator[tuple[list[Unit], str]]:
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
    by_column: dict[int, list[Unit]] = {}
    by_line: dict[int, list[Unit]] = {}
    left: list[Unit] = []
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
    runs: list[list[Unit]] = []
    for unit in sorted(left, key=lambda each: (each.column, each.row)):
        last = runs[-1][-1] if runs else None
        between = last and any(column == unit.column and last.row < row < unit.row for row, column in others)
        if last and last.column == unit.column and not between:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    for run in runs:
        yield run, ""


def _told_group(held: Held, key: Key, units: Sequence[Unit], words: str) -> Difference:
    first, second = units[0].spots()
    count = len(units)
    if key[0] in OF_ROWS:
        first, second = replace(first, column=""), replace(second, column="")
    if count > 1:
        first, second = replace(first, count=count), replace(second, count=count)
        unit = "行" if key[0] in OF_ROWS else "格"
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
        for key, change in paragraph_changes(each.first, each.second, held.tolerance).items():
            part = f"“{shortened(change.words, 20)}”" if change.words else ""
            yield _difference(key, each.where, part, first, second)
