"""Any table (表格) with a head: which column holds which field, found by header synonyms."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from reportgen.ledger.model import Sheet
from reportgen.ledger.places import RowPlaces
from reportgen.ledger.words import FIELD_NAMES, Words, field_name, header_key, plain_key
from reportgen.package import short
from reportgen.problems import Location, Problem, error, warning

# The head stands within so many rows that hold anything; above it is room for a title.
HEAD_ROWS = 10
# What a cell of any workbook can hold; of what is read, the office may let less be enough.
MAX_CELL_CHARACTERS = 32_767


@dataclass(frozen=True, slots=True)
class Cell:
    """Cell (单元格): its text as shown, its place, and where the value of its merged range stands.

    `faults` are what its file format found wrong with it; they count only if the cell is used.
    """

    text: str
    where: Location
    merged: Location | None = None
    faults: tuple[Problem, ...] = ()

    @property
    def origin(self) -> Location:
        """The place (出处) where the value was typed."""
        return self.merged or self.where

    def has_own_value(self) -> bool:
        """Whether something was typed in this very cell."""
        return bool(self.text.strip() or self.faults) and self.merged in (None, self.where)


class ComposedRows(Sequence[tuple[Cell, ...]]):
    """Rows that are made when somebody asks for them (按需成行), of what a file's reader holds in less room."""

    @abstractmethod
    def used(self, start: int) -> list[bool]:
        """Which columns have a value of their own (有内容的列) from that row on."""

    @abstractmethod
    def places(self, index: int, letters: Mapping[str, str]) -> RowPlaces:
        """Where the fields of a row stand (各项的位置), those of merged cells not yet known."""

    @abstractmethod
    def letters(self, columns: Mapping[str, int]) -> Mapping[str, str]:
        """The letters of the columns of fields (各项的列标)."""


def used_columns(rows: Sequence[tuple[Cell, ...]], start: int) -> list[bool]:
    """Which columns have a value of their own (有内容的列) from that row on."""
    if isinstance(rows, ComposedRows):
        return rows.used(start)
    body = rows[start:]
    return [any(row[i].has_own_value() for row in body) for i in range(len(rows[0]))]


@dataclass(frozen=True, slots=True)
class Table:
    """Table (表格): rows of cells, all of the same length, without the wholly empty rows.

    `headed` says that the first row is the head for certain, as it is where keys name the fields.
    """

    name: str
    rows: Sequence[tuple[Cell, ...]]
    where: Location
    headed: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """Head (表头): the column of each field, and the index of the first row below.

    `others` are the columns with a header that names no field, by that header.
    """

    columns: Mapping[str, int]
    first_row: int
    problems: tuple[Problem, ...] = field(default=())
    others: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a file gave (读到的表): a table for each sheet, the names it has, what was wrong."""

    tables: Mapping[Sheet, Table]
    names: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    # Sheets that are there but could not be read, which a problem says.
    given_up: frozenset[Sheet] = frozenset()
    # The first rows of tables that were not read, where a wanted one is absent.
    spare: tuple[Table, ...] = ()
    # The period that the file's own record (汇总记录) states.
    period: str = ""


def choose_sheets(
    titles: Sequence[str], name: str, wanted: Collection[Sheet]
) -> tuple[dict[Sheet, list[int]], list[Problem]]:
    """Which sheet (工作表) is which: by its exact name, else in any spelling, else by a part of the name.

    More than one sheet for a kind means that nobody can say which is meant.
    """
    chosen: dict[Sheet, list[int]] = {}
    problems: list[Problem] = []
    keys = [plain_key(title) for title in titles]
    for kind in Sheet:
        others = [other.value for other in Sheet if other is not kind]
        same = [i for i, title in enumerate(titles) if title == kind.value]
        alike = [i for i, key in enumerate(keys) if key == kind.value]
        part = [i for i, key in enumerate(keys) if kind.value in key and not any(o in key for o in others)]
        found = same or alike or part
        if found:
            chosen[kind] = found
        if len(found) > 1:
            say = error if kind in wanted else warning
            listed = "、".join(f"「{short(titles[i], 20)}」" for i in found[:6])
            what = f"有 {len(found)} 张工作表都像「{kind.value}」：{listed}"
            fix = f"请把要用的一张改名为「{kind.value}」，其余改成别的名称"
            problems.append(say("ledger.ambiguous-sheet", what, fix, Location(file=name)))
    return chosen, problems


def find_head(table: Table, sheet: Sheet, needed: frozenset[str], words: Words) -> Head | None:
    """The head of a table with all that is wrong with it; None, if no row looks like a head.

    Without a column for the text the head has no `text` either, and an error says so.
    """
    top = _head_row(table, words)
    if top is None:
        return None
    bottom = last_tier(table, top)
    tiers = table.rows[top : bottom + 1]
    used = used_columns(table.rows, bottom + 1)
    candidates = _candidates(tiers, words)
    problems = _above(table.rows[:top])
    columns: dict[str, int] = {}
    for name, places in candidates.items():
        if len(places) > 1:
            places = [i for i in places if used[i]] or places[:1]
        columns[name] = places[0]
        if len(places) > 1:
            problems.append(_two_columns(name, sheet, [_named_by(tiers, i, words) for i in places]))
    problems += _missing(columns, tiers, sheet, needed, words)
    taken = {i for places in candidates.values() for i in places}
    others = []
    for i in range(len(used)):
        if used[i] and i not in taken:
            header = _lowest_header(tiers, i)
            problems.append(_unknown(header, islice(table.rows, bottom + 1, None), i, sheet, words))
            others.append((" ".join(header.text.split()) if header else "", i))
    return Head(columns, bottom + 1, tuple(problems), tuple(others))


def sheet_of_head(head: Sequence[Cell]) -> Sheet:
    """Which sheet a row is the head of: the goals' if a header says so, else the tasks'."""
    goal_headers = {"预期目标", "评价", "评价结果"}
    return Sheet.GOALS if any(header_key(cell.text) in goal_headers for cell in head) else Sheet.TASKS


def _above(rows: Sequence[tuple[Cell, ...]]) -> list[Problem]:
    """A warning for each row above the head that is more than a title."""
    problems = []
    for row in rows:
        filled = {plain_key(cell.text): cell for cell in row if cell.text.strip() and cell.has_own_value()}
        if len(filled) < 2:
            continue
        listed = "、".join(f"「{short(cell.text, 12)}」" for cell in list(filled.values())[:4])
        what = f"表头上面的这一行填了 {len(filled)} 格：{listed}，不会进入报告"
        fix = "如是台账内容，请移到表头下面；如是填报单位、日期等说明，请合写在一格里"
        problems.append(warning("ledger.above-head", what, fix, next(iter(filled.values())).where))
    return problems


def is_repeated_head(row: Sequence[Cell], head: Head, words: Words) -> bool:
    """Whether a row below the head only says the head again, as tables do that were typed page by page."""
    texts = [(name, row[i].text) for name, i in head.columns.items() if row[i].text.strip()]
    return len(texts) > 1 and all(words.field_of(text) == name for name, text in texts)


def _head_row(table: Table, words: Words) -> int | None:
    if table.headed:
        return 0
    fields = [{name for cell in row if (name := words.field_of(cell.text))} for row in table.rows[:HEAD_ROWS]]
    for i in range(len(fields)):
        if "text" in fields[i] and len(fields[i]) > 1:
            return i
    # No row has a text column: the row with most known headers is meant, so that the lack can be named.
    best = max(range(len(fields)), key=lambda i: len(fields[i]), default=0)
    return best if fields and len(fields[best]) > 1 else None


def last_tier(table: Table, top: int) -> int:
    """The last row (末行) of the head: a head cell merged downwards takes the rows beside it along."""
    deep = [(i, cell.merged) for i, cell in enumerate(table.rows[top]) if cell.merged]
    last = top
    for r in range(top + 1, min(len(table.rows), top + HEAD_ROWS)):
        if not any(table.rows[r][i].merged == merged for i, merged in deep):
            break
        last = r
    return last


def _named_by(tiers: Sequence[tuple[Cell, ...]], i: int, words: Words) -> Cell | None:
    """The lowest cell of the head over column i that names a field."""
    return next((tier[i] for tier in reversed(tiers) if words.field_of(tier[i].text)), None)


def _candidates(tiers: Sequence[tuple[Cell, ...]], words: Words) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    merged: dict[int, Location | None] = {}
    for i in range(len(tiers[0])):
        if cell := _named_by(tiers, i, words):
            found.setdefault(words.field_of(cell.text) or "", []).append(i)
            merged[i] = cell.merged
    texts = found.get("text", [])
    one_head = len(texts) == 2 and merged[texts[0]] is not None and merged[texts[0]] == merged[texts[1]]
    if one_head and "category" not in found:
        # One head cell over two columns: the office keeps the category before the task.
        found["category"], found["text"] = [texts[0]], [texts[1]]
    return {name: found[name] for name in FIELD_NAMES if name in found}


def _two_columns(name: str, sheet: Sheet, cells: Sequence[Cell | None]) -> Problem:
    places = [cell.where for cell in cells if cell]
    headers = "、".join(f"「{short(cell.text, 15)}」{cell.where.cell or ''}" for cell in cells[:4] if cell)
    what = f"有 {len(places)} 列都表示「{field_name(name, sheet)}」：{headers}"
    fix = "请只留一列，或把另一列的表头改成别的名称"
    return error("ledger.duplicate-column", what, fix, places[0], places[1:])


def _missing(
    columns: Mapping[str, int],
    tiers: Sequence[tuple[Cell, ...]],
    sheet: Sheet,
    needed: frozenset[str],
    words: Words,
) -> list[Problem]:
    lacking = [name for name in FIELD_NAMES if name in needed | {"text"} and name not in columns]
    headers = dict.fromkeys(short(cell.text, 12) for tier in tiers for cell in tier if cell.text.strip())
    listed = "、".join(list(headers)[:12])
    problems = []
    for name in lacking:
        what = f"缺少「{field_name(name, sheet)}」列；读到的表头有：{listed}"
        accepted = "、".join(words.columns[name][:12])
        fix = f"请加上这一列，表头可写：{accepted}"
        problems.append(error("ledger.missing-column", what, fix, tiers[0][0].where))
    return problems


def _lowest_header(tiers: Sequence[tuple[Cell, ...]], i: int) -> Cell | None:
    return next((tier[i] for tier in reversed(tiers) if tier[i].text.strip()), None)


def _unknown(cell: Cell | None, body: Iterable[tuple[Cell, ...]], i: int, sheet: Sheet, words: Words) -> Problem:
    if cell is None:
        first = next(row[i] for row in body if row[i].has_own_value())
        fix = "请补上表头，或删去这一列"
        return warning("ledger.unknown-column", "这一列有内容但没有表头，不会进入报告", fix, first.where)
    what = f"不认识表头「{short(cell.text, 20)}」，这一列的内容不会进入报告"
    return warning("ledger.unknown-column", what, words.column_hint(short(cell.text, 20), sheet), cell.where)
