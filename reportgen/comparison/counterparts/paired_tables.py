"""Which column, row and cell of a table belongs to which of another (表格对位).

Columns by their heads and by what stands under them, rows by what they say, cells by the places that they share: a cell
that covers what two cells covered belongs to both, which is a merge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.comparison.counterparts.aligning import Alignment, Item, align, likeness_of_marks, rising
from reportgen.comparison.counterparts.grids import Grid
from reportgen.comparison.letters import unspaced

_MOST_COLUMNS = 200
_SAME_COLUMN = 0.45
# What likeness of the cells below weighs beside a head's; what it weighs where nearly all of them are the same.
_BODY, _SAME_BODY, _STAYED = 0.6, 1.3, 0.8


@dataclass(frozen=True, slots=True)
class Region:
    """Cells of both tables that share places but not one to one (合并变化)."""

    first: tuple[int, ...]
    second: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePair:
    """Two tables that are one (成对表格): what belongs together of them, by indices of each grid.

    `columns` are all pairs, `moved` those of them that changed places; `cells` pairs of one and one.
    """

    first: Grid
    second: Grid
    columns: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int], ...]
    rows: Alignment
    cells: tuple[tuple[int, int], ...]
    regions: tuple[Region, ...]

    def mirrored(self) -> TablePair:
        """The same seen from the other side."""
        columns, moved = (tuple(sorted((j, i) for i, j in each)) for each in (self.columns, self.moved))
        cells = tuple(sorted((b, a) for a, b in self.cells))
        regions = tuple(sorted((Region(r.second, r.first) for r in self.regions), key=lambda r: r.first))
        return TablePair(
            first=self.second,
            second=self.first,
            columns=columns,
            moved=moved,
            rows=self.rows.mirrored(),
            cells=cells,
            regions=regions,
        )

    @property
    def columns_gone(self) -> tuple[int, ...]:
        """The columns of the first that the second has not."""
        kept = {one for one, _ in self.columns}
        return tuple(c for c in range(self.first.width) if c not in kept)

    @property
    def columns_added(self) -> tuple[int, ...]:
        """The columns of the second that the first had not."""
        kept = {two for _, two in self.columns}
        return tuple(c for c in range(self.second.width) if c not in kept)

    @property
    def row_pairs(self) -> Iterator[tuple[int, int]]:
        """All rows that belong together, the moved ones too."""
        yield from self.rows.pairs
        yield from self.rows.moved


def pair_tables(first: Grid, second: Grid) -> TablePair:
    """What of two tables belongs together (表格对位); the same whichever comes first."""
    if _order(second) < _order(first):
        return _pair(second, first).mirrored()
    return _pair(first, second)


def _order(grid: Grid) -> tuple[int, int, list[str], list[tuple[int, int, int]]]:
    places = [(cell.row, cell.rows, cell.columns) for cell in grid.cells]
    return grid.width, len(grid.slots), [cell.text for cell in grid.cells], places


def _pair(first: Grid, second: Grid) -> TablePair:
    columns = _columns(first, second)
    kept = set(rising(columns))
    counted = {pair for pair in columns if first.ordinal == pair[0] or second.ordinal == pair[1]}
    rows = align(
        _items(first, [one for one, _ in columns], {one for one, _ in counted}),
        _items(second, [two for _, two in columns], {two for _, two in counted}),
    )
    cells, regions = _cells(first, second, columns, rows)
    return TablePair(
        first=first,
        second=second,
        columns=tuple(columns),
        moved=tuple(pair for pair in columns if pair not in kept),
        rows=rows,
        cells=tuple(cells),
        regions=tuple(regions),
    )


# ---- columns


def _columns(first: Grid, second: Grid) -> list[tuple[int, int]]:
    least = min(first.width, second.width)
    headless = not any(first.columns) or not any(second.columns)
    same = first.width == second.width and (headless or first.columns == second.columns)
    if same or max(first.width, second.width) > _MOST_COLUMNS:
        return [(c, c) for c in range(least)]
    bodies = [[_body(grid, c) for c in range(grid.width)] for grid in (first, second)]
    scored = []
    for one in range(first.width):
        for two in range(second.width):
            body = likeness_of_marks(bodies[0][one], bodies[1][two])
            # What stands in a column as it stood says more than its head: heads change places, too.
            weight = _SAME_BODY if body >= _STAYED else _BODY
            score = _head_score(first, one, second, two) + weight * body
            scored.append((-round(score, 6), abs(one - two), one, two))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for score, _, one, two in sorted(scored):
        if -score >= _SAME_COLUMN and one not in found and two not in taken:
            found[one] = two
            taken.add(two)
    left = [c for c in range(first.width) if c not in found], [c for c in range(second.width) if c not in taken]
    if len(left[0]) == len(left[1]):
        found.update(zip(*left, strict=True))
    return sorted(found.items())


def _body(grid: Grid, column: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for number in {row[column] for row in grid.slots[grid.heads :]}:
        if number >= 0 and grid.cells[number].columns == 1 and (text := unspaced(grid.cells[number].text)):
            found[text] += 1
    return found


def _head_score(first: Grid, one: int, second: Grid, two: int) -> float:
    from rapidfuzz.distance import Indel

    names = first.columns[one], second.columns[two]
    if names[0] and names[0] == names[1]:
        alone = first.columns.count(names[0]) == second.columns.count(names[1]) == 1
        return 1.0 if alone else 0.5
    return 0.4 * Indel.normalized_similarity(*names) if all(names) else 0.0


# ---- rows


def _items(grid: Grid, columns: list[int], counted: set[int]) -> list[Item]:
    """Each row by what stands in it; ordinals and cells that reach over several rows are no part of its own words."""
    found = []
    plain = [column for column in columns if column not in counted]
    bare = [unspaced(cell.text) for cell in grid.cells]
    for row, slots in enumerate(grid.slots):
        owners = dict.fromkeys(slots[column] for column in plain if slots[column] >= 0)
        every = tuple(grid.cells[number].text for number in dict.fromkeys(slots[c] for c in columns) if number >= 0)
        same = tuple(grid.cells[number].text for number in owners)
        own = [n for n in owners if grid.cells[n].rows == 1 or (grid.cells[n].row == row and len(owners) == 1)]
        words = tuple(bare[number] for number in own)
        text = "｜".join(filter(None, words))
        # A row that only has a number is known by its number.
        text = text or "｜".join(bare[n] for n in owners if grid.cells[n].row == row and bare[n])
        marks = tuple(bare[number] for number in owners if bare[number])
        found.append(Item(keys=(every, same, words if text else same), text=text, marks=marks))
    return found


# ---- cells


def _cells(
    first: Grid, second: Grid, columns: list[tuple[int, int]], rows: Alignment
) -> tuple[list[tuple[int, int]], list[Region]]:
    """Cells that share places: one with one, or a region. A place without a cell counts as one of its own.

    A row that moved leaves a cell of several rows behind and comes under another: the two are not one for that.
    """
    links: tuple[dict[int, set[int]], dict[int, set[int]]] = {}, {}
    stayed: tuple[frozenset[int], frozenset[int]] = frozenset(), frozenset()
    bare = -1
    for number, (one, two) in enumerate((*rows.pairs, *rows.moved)):
        if number == len(rows.pairs):
            stayed = frozenset(links[0]), frozenset(links[1])
        left, right = first.slots[one], second.slots[two]
        for c, d in columns:
            a, b = left[c], right[d]
            if (a < 0 and b < 0) or a in stayed[0] or b in stayed[1]:
                continue
            if a < 0 or b < 0:
                bare -= 1
                a, b = (bare, b) if a < 0 else (a, bare)
            links[0].setdefault(a, set()).add(b)
            links[1].setdefault(b, set()).add(a)
    pairs: list[tuple[int, int]] = []
    regions: list[Region] = []
    done: set[int] = set()
    for a, partners in sorted(links[0].items()):
        if a in done:
            continue
        if len(partners) == 1 and len(links[1][next(iter(partners))]) == 1:
            b = next(iter(partners))
            if a >= 0 and b >= 0:
                pairs.append((a, b))
            else:
                regions.append(Region((a,) if a >= 0 else (), (b,) if b >= 0 else ()))
            continue
        here, there = _region(links, a)
        done |= here
        regions.append(Region(_real(here), _real(there)))
    return pairs, sorted(regions, key=lambda region: (region.first, region.second))


def _region(links: tuple[dict[int, set[int]], dict[int, set[int]]], start: int) -> tuple[set[int], set[int]]:
    here, there, waiting = {start}, set[int](), [start]
    while waiting:
        for b in links[0][waiting.pop()]:
            if b not in there:
                there.add(b)
                fresh = links[1][b] - here
                here |= fresh
                waiting += fresh
    return here, there


def _real(numbers: set[int]) -> tuple[int, ...]:
    return tuple(sorted(number for number in numbers if number >= 0))
