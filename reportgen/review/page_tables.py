"""Tables on a page (页上的表格), found by their ruled lines, with the letters of every cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.review.forms import is_imprint_line
from reportgen.review.page import Letter, Line, Page, Ruling, lines_of

# Two lines nearer than this are one edge; a row is taller.
_SAME_EDGE = 0.8
_MOST_SLOTS = 20_000
_MOST_RULINGS = 2_000


@dataclass(frozen=True)
class CellOnPage:
    """A cell as it stands on one page (单元格): its first slot, how many it covers, its box and its lines."""

    row: int
    column: int
    rows: int
    columns: int
    box: tuple[float, float, float, float]
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Its text without line ends."""
        return "".join(line.text for line in self.lines)


@dataclass(frozen=True, eq=False)
class TableOnPage:
    """A table's part on one page (表格): its box, the edges of its columns and rows, its cells in reading order."""

    page: int
    box: tuple[float, float, float, float]
    across: tuple[float, ...]
    down: tuple[float, ...]
    cells: tuple[CellOnPage, ...]
    rulings: tuple[Ruling, ...]

    @property
    def has_uprights(self) -> bool:
        """Whether lines part its columns; where none do (三线表), a row is one cell here."""
        return any(not ruling.across for ruling in self.rulings)

    def row(self, index: int) -> tuple[CellOnPage, ...]:
        """The cells that begin in a row."""
        return tuple(cell for cell in self.cells if cell.row == index)

    @property
    def head_rows(self) -> int:
        """How many rows are its head, by their shape: the first one and what its cells cover; none if it counts."""
        first = self.row(0)
        if not self.has_uprights:  # the second line of three closes the head
            return 1 if len(self.down) == 3 else 0
        depth = max((cell.rows for cell in first), default=0)
        counts = not first or not first[0].text or first[0].text.isdigit()
        return 0 if counts or depth > 4 or len(first) < 2 or depth >= len(self.down) - 1 else depth

    def row_text(self, index: int) -> str:
        """What a row says, cell by cell."""
        return "│".join(cell.text for cell in self.row(index))


def tables_of(page: Page) -> list[TableOnPage]:
    """The tables of a page from the top down."""
    rulings = [ruling for ruling in page.rulings if ruling.length > 2][:_MOST_RULINGS]
    groups = [group for group in _touching(rulings) if _is_grid(group)]
    used = {id(ruling) for group in groups for ruling in group}
    groups += _open_tables([ruling for ruling in rulings if id(ruling) not in used], page)
    found = [table for group in groups if (table := _table(page, group)) is not None]
    return sorted(found, key=lambda table: table.box[1])


def _touching(rulings: Sequence[Ruling]) -> list[list[Ruling]]:
    """Lines that cross or meet, in groups."""
    parent = list(range(len(rulings)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    upright = [(i, ruling) for i, ruling in enumerate(rulings) if not ruling.across]
    for i, flat in enumerate(rulings):
        if not flat.across:
            continue
        for j, tall in upright:
            meets = flat.start - 0.7 <= tall.at <= flat.end + 0.7 and tall.start - 0.7 <= flat.at <= tall.end + 0.7
            if meets:
                parent[root(i)] = root(j)
    groups: dict[int, list[Ruling]] = {}
    for i, ruling in enumerate(rulings):
        groups.setdefault(root(i), []).append(ruling)
    return list(groups.values())


def _is_grid(group: Sequence[Ruling]) -> bool:
    across = [ruling for ruling in group if ruling.across]
    return len(across) >= 2 and len(group) > len(across) and max(r.end for r in across) - across[0].start > 20


def _open_tables(rulings: Sequence[Ruling], page: Page) -> list[list[Ruling]]:
    """Three or more lines of one length without uprights: a table of three lines, unless it is the imprint."""
    groups: dict[tuple[int, int], list[Ruling]] = {}
    for ruling in rulings:
        if ruling.across and ruling.length > 60 and max(ruling.color) < 90:
            groups.setdefault((round(ruling.start / 2), round(ruling.end / 2)), []).append(ruling)
    found = []
    for group in groups.values():
        ats = [ruling.at for ruling in group]
        between = lines_of(letter for letter in page.letters if min(ats) < letter.y < max(ats))
        if len(group) >= 3 and between and not any(is_imprint_line(line.text) for line in between):
            found.append(group)
    return found


def _edges(values: Sequence[float]) -> tuple[float, ...]:
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] < _SAME_EDGE:
            groups[-1].append(value)
        else:
            groups.append([value])
    return tuple(sum(group) / len(group) for group in groups)


def _table(page: Page, group: Sequence[Ruling]) -> TableOnPage | None:
    flat = [ruling for ruling in group if ruling.across]
    tall = [ruling for ruling in group if not ruling.across]
    left, right = min(r.start for r in flat), max(r.end for r in flat)
    top = min([r.at for r in flat] + [r.start for r in tall])
    bottom = max([r.at for r in flat] + [r.end for r in tall])
    across = _edges([left, right, *(r.at for r in tall)])
    down = _edges([top, bottom, *(r.at for r in flat)])
    columns, rows = len(across) - 1, len(down) - 1
    if columns < 1 or rows < 1 or columns * rows > _MOST_SLOTS:
        return None
    owner = _owners(across, down, flat, tall)
    letters: dict[tuple[int, int], list[Letter]] = {}
    for letter in page.letters:
        x, y = (letter.left + letter.right) / 2, letter.y - 0.8
        if left <= x <= right and top <= y <= bottom:
            slot = (
                min(max(bisect_right(down, y) - 1, 0), rows - 1),
                min(max(bisect_right(across, x) - 1, 0), columns - 1),
            )
            letters.setdefault(owner[slot], []).append(letter)
    cells = []
    for first in sorted(set(owner.values())):
        slots = [slot for slot, cell in owner.items() if cell == first]
        last_row, last_column = max(row for row, _ in slots), max(column for _, column in slots)
        box = (across[first[1]], down[first[0]], across[last_column + 1], down[last_row + 1])
        lines = tuple(lines_of(letters.get(first, ())))
        cells.append(CellOnPage(first[0], first[1], last_row - first[0] + 1, last_column - first[1] + 1, box, lines))
    return TableOnPage(page.number, (left, top, right, bottom), across, down, tuple(cells), tuple(group))


def _owners(
    across: Sequence[float], down: Sequence[float], flat: Sequence[Ruling], tall: Sequence[Ruling]
) -> dict[tuple[int, int], tuple[int, int]]:
    """For each slot of the grid the first slot of its cell: slots that no line parts are one cell."""
    walls = {
        (row, column)
        for ruling in tall
        for column in range(1, len(across) - 1)
        if abs(across[column] - ruling.at) < _SAME_EDGE
        for row in range(len(down) - 1)
        if ruling.start - 0.3 <= (down[row] + down[row + 1]) / 2 <= ruling.end + 0.3
    }
    floors = {
        (row, column)
        for ruling in flat
        for row in range(1, len(down) - 1)
        if abs(down[row] - ruling.at) < _SAME_EDGE
        for column in range(len(across) - 1)
        if ruling.start - 0.3 <= (across[column] + across[column + 1]) / 2 <= ruling.end + 0.3
    }
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(len(down) - 1):
        for column in range(len(across) - 1):
            if column and (row, column) not in walls:
                owner[row, column] = owner[row, column - 1]
            elif row and (row, column) not in floors:
                owner[row, column] = owner[row - 1, column]
            else:
                owner[row, column] = (row, column)
    return owner
