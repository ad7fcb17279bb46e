"""The rows of issued tables of one kind joined (附表各行合并): continued tables, tasks over several rows, sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from reportgen.issued.kinds import Recognised
from reportgen.ledger.entries import REMARK
from reportgen.ledger.tables import Cell, Head
from reportgen.ledger.words import plain_key
from reportgen.numbering import HEADING_MARKS
from reportgen.package import short
from reportgen.problems import Location, Problem, warning

SECTION_HEADER = "小标题"
"""The column for section rows that are no category (其他列)."""
NO_HEADER = "原件无表头"
"""The header of a column that has none in the report (无表头的列)."""

# By field, or by the header of another column behind a tab, which no field's name begins with.
Row = dict[str, Cell]
OTHER = "\t"
AS_WRITTEN = "原件所写"
"""How the header of a column begins that keeps words which are none of a field's (其他列)."""


@dataclass(slots=True)
class Joined:
    """The rows of all tables of one kind, one behind the other (合并后的各行)."""

    rows: list[Row] = field(default_factory=list)
    headers: dict[str, Cell] = field(default_factory=dict)
    sections: list[tuple[Cell, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    above: list[Cell] = field(default_factory=list)
    opened: list[Cell] = field(default_factory=list)
    filled: list[Location] = field(default_factory=list)
    bare: list[Location] = field(default_factory=list)
    category: Location | None = None  # the cell, merged or not, in which the last row has its category


# ---- one table's rows -------------------------------------------------------------


def add_table(one: Recognised, joined: Joined, merging: bool) -> None:
    """The rows of a table (接上一张表) behind those already there."""
    head, table = one.head, one.table
    tiers = [[plain_key(cell.text) for cell in row] for row in table.rows[: head.first_row]]
    body = [(row, [plain_key(cell.text) for cell in row] in tiers) for row in table.rows[head.first_row :]]
    fills = "category" in head.columns and not _says_each(one, [row for row, again in body if not again])
    leaves = fills and merging
    others = _other_columns(head)
    for name, i in others.items():
        cell = next((row[i] for row in reversed(table.rows[: head.first_row]) if row[i].text.strip()), None)
        joined.headers.setdefault(name, cell or table.rows[0][i])
    # What begins a page goes on with the category, or the task, of the page before.
    begins = goes_on = one.continues
    if not one.continues:
        joined.above = []
    for row, is_head in body:
        if is_head:
            begins = True
            continue
        if (section := _section(row)) is not None:
            _open(section, joined)
            goes_on = False
            continue
        cells = {name: row[i] for name, i in head.columns.items()}
        rest = {name: row[i] for name, i in others.items()}
        if joined.rows and (
            _is_covered(cells, joined.rows[-1])
            or (begins and _is_rest(cells))
            or (goes_on and _is_more_progress(cells, rest))
        ):
            _fold(cells, rest, joined)
        elif any(cell.text.strip() or cell.faults for name, cell in cells.items() if name != "given_no"):
            joined.rows.append(_with_category(cells, fills, leaves, begins, joined) | rest)
            joined.sections.append(tuple(joined.above))
            joined.category = cells["category"].origin if "category" in cells else None
            goes_on = True
        begins = False


def _other_columns(head: Head) -> dict[str, int]:
    """The columns that name no field; the second of one header is told apart."""
    columns: dict[str, int] = {}
    for header, i in head.others:
        header = header or NO_HEADER
        count = sum(name.partition("（第")[0] == OTHER + header for name in columns)
        columns[OTHER + header + (f"（第{count + 1}列）" if count else "")] = i
    return columns


def merges_categories(one: Recognised) -> bool:
    """Whether the table merges equal categories one below the other (合并相同的分类)."""
    at = one.head.columns.get("category")
    return at is not None and any(
        row[at].merged not in (None, row[at].where) and row[at].merged == above[at].origin
        for above, row in pairwise(one.table.rows[one.head.first_row :])
    )


def _says_each(one: Recognised, body: Sequence[tuple[Cell, ...]]) -> bool:
    """Whether an empty category means that there is none: the table merges equal ones, or writes each again."""
    at = one.head.columns["category"]
    texts = [plain_key(row[at].text) for row in body if not _section(row)]
    # 甲, empty, 甲: whoever leaves out what is the same would have left out the last.
    written = list(filter(None, texts))
    return merges_categories(one) or any(text == above for above, text in pairwise(written))


def _with_category(cells: Row, fills: bool, leaves: bool, begins: bool, joined: Joined) -> Row:
    """The row with its category; an empty one is that of the row above, if the table `fills` so or a page begins.

    If other tables of the report merge equal categories, it `leaves` it empty, and that is told.
    """
    if "category" not in cells or cells["category"].text.strip():
        return cells
    own, text = cells["category"], cells["text"]
    last = joined.rows[-1] if joined.rows else {}
    above = last.get("category")
    if above is not None and above.origin != last["text"].origin and text.text.strip():
        goes_on = begins or own.origin == joined.category
        if not goes_on and leaves:
            joined.bare.append(own.where)
        elif goes_on or fills:
            joined.filled += [] if goes_on else [own.where]
            return {**cells, "category": replace(above, merged=above.origin, faults=())}
    return {name: cell for name, cell in cells.items() if name != "category"}


_LONGEST_SECTION = 40


def _section(row: Sequence[Cell]) -> Cell | None:
    """The cell of a section row: one over all columns, or its text in each, or the only one, with an ordinal."""
    filled = [cell for cell in row if cell.text.strip()]
    if len(row) < 2 or not filled or REMARK.match(plain_key(filled[0].text)):
        return None
    text = plain_key(filled[0].text)
    one = all(cell.origin == filled[0].origin for cell in filled)
    again = len(filled) >= _REPEATED and all(plain_key(cell.text) == text for cell in filled)
    if one and level_of(text) in (1, 2):
        return filled[0]
    whole = (one or again) and len(filled) == len(row)
    return filled[0] if whole and len(text) <= _LONGEST_SECTION and text[-1] not in "。;；" else None


# In so many columns nobody writes the same by chance.
_REPEATED = 3


def level_of(text: str) -> int | None:
    """Which level of heading an ordinal begins (标题层次), if any."""
    return next((level for level, mark in HEADING_MARKS if mark.match(plain_key(text))), None)


def _open(section: Cell, joined: Joined) -> None:
    """The section rows that stand over the rows to come, the new one at its level."""
    level = level_of(section.text) or 1
    kept = [cell for cell in joined.above if (level_of(cell.text) or 1) < level]
    joined.above = [*kept, section]
    joined.opened.append(section)


# ---- one task in several rows -----------------------------------------------------


def _is_covered(cells: Row, above: Row) -> bool:
    """Whether the row's task is the one above, merged downwards."""
    text = cells["text"]
    return text.merged not in (None, text.where) and text.origin == above["text"].origin


def _is_rest(cells: Row) -> bool:
    """Whether a row that begins a continued table holds only what did not fit into the row before."""
    filled = {name for name, cell in cells.items() if cell.text.strip()}
    return bool(filled) and not filled & {"text", "given_no"}


def _is_more_progress(cells: Row, others: Row) -> bool:
    """Whether a row holds progress and nothing else of its own: the task above goes on."""
    filled = {name for name, cell in {**cells, **others}.items() if cell.has_own_value()}
    return filled == {"progress"} and not cells["text"].text.strip()


def _fold(cells: Row, others: Row, joined: Joined) -> None:
    row = joined.rows[-1]
    for name, cell in {**cells, **others}.items():
        if name in ("text", "given_no", "category") or not cell.has_own_value():
            continue
        text = "\n".join(filter(None, (row[name].text, cell.text))) if name in row else cell.text
        row[name] = replace(row.get(name, cell), text=text)
    what = f"「{short(row['text'].text)}」占了几行，已并成一项，各格内容换行接在后面"
    joined.problems.append(warning("import.joined-rows", what, "请核对这一项的各格", cells["text"].where))
