"""The rows of an issued table (附表各行) as those of a ledger: joined, filled down, section rows made categories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from reportgen.issued.heads import UNKNOWN_COLUMN
from reportgen.issued.kinds import Kind, Recognised
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.entries import REMARK, read_entries
from reportgen.ledger.model import Entry
from reportgen.ledger.tables import MAX_DATA_ROWS, Cell, Head, Table
from reportgen.ledger.units import Register
from reportgen.ledger.words import FIELD_NAMES, Words, field_name, plain_key
from reportgen.numbering import HEADING_MARKS
from reportgen.package import short
from reportgen.problems import Location, Problem, error, refuse_errors, warning

SECTION_HEADER = "小标题"
"""The column for section rows that are no category (其他列)."""
NO_HEADER = "原件无表头"
"""The header of a column that has none in the report (无表头的列)."""

# By field, or by the header of another column behind a tab, which no field's name begins with.
_Row = dict[str, Cell]
_OTHER = "\t"
_AS_WRITTEN = "原件所写"


@dataclass(slots=True)
class _Joined:
    """The rows of all tables of one kind, one behind the other (合并后的各行)."""

    rows: list[_Row] = field(default_factory=list)
    headers: dict[str, Cell] = field(default_factory=dict)
    sections: list[tuple[Cell, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    above: list[Cell] = field(default_factory=list)
    opened: list[Cell] = field(default_factory=list)
    filled: list[Location] = field(default_factory=list)
    bare: list[Location] = field(default_factory=list)
    category: Location | None = None  # the cell, merged or not, in which the last row has its category


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRows:
    """The entries of all tables of one kind (同类各表的条目); `renumbered`: so many had no number."""

    kind: Kind
    entries: tuple[Entry, ...]
    rows: tuple[int, ...]
    renumbered: int
    problems: tuple[Problem, ...]


def read_kind(
    kind: Kind,
    tables: Sequence[Recognised],
    words: Words,
    register: Register | None,
    on: date | None = None,
    merging: bool = False,
) -> KindRows:
    """The entries in all tables of one kind, in the report's order.

    `merging` says that a table of the report merges equal categories: in the others an empty one is none, too.
    """
    joined = _Joined()
    counts = []
    for one in tables:
        before = len(joined.rows)
        _add(one, joined, merging)
        counts.append(len(joined.rows) - before)
    if len(joined.rows) > MAX_DATA_ROWS:
        what = f"「{kind.value}」超过 {MAX_DATA_ROWS} 行"
        refuse_errors([error("ledger.too-many-rows", what, "请把文件拆成几份导入", tables[0].table.where)])
    lost, gaps = _numbers(joined.rows)
    without_task = _taken_out(joined)
    _place_sections(joined, kind, words, register)
    _keep_unknown_judgements(joined, kind, words)
    problems = [problem for one in tables for problem in one.head.problems] + joined.problems
    problems += [*_category_problems(joined), *gaps, *_kept_columns(joined)]
    entries, found = read_entries(_standard(joined, kind, tables[0].table), kind.sheet, None, words, register, on)
    left, reasons = _left(joined.rows, entries, without_task, found)
    known = [*problems, *reasons]
    problems += [problem for problem in found if problem.code != UNKNOWN_COLUMN and problem not in known]
    problems += left
    if kind.judgement:
        entries = tuple(replace(entry, judgement=kind.judgement) for entry in entries)
    return KindRows(kind=kind, entries=entries, rows=tuple(counts), renumbered=lost, problems=tuple(problems))


# ---- one table's rows -------------------------------------------------------------


def _add(one: Recognised, joined: _Joined, merging: bool) -> None:
    """The rows of a table behind those already there."""
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
        count = sum(name.partition("（第")[0] == _OTHER + header for name in columns)
        columns[_OTHER + header + (f"（第{count + 1}列）" if count else "")] = i
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


def _with_category(cells: _Row, fills: bool, leaves: bool, begins: bool, joined: _Joined) -> _Row:
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
    if one and _level(text) in (1, 2):
        return filled[0]
    whole = (one or again) and len(filled) == len(row)
    return filled[0] if whole and len(text) <= _LONGEST_SECTION and text[-1] not in "。;；" else None


# In so many columns nobody writes the same by chance.
_REPEATED = 3


def _level(text: str) -> int | None:
    return next((level for level, mark in HEADING_MARKS if mark.match(plain_key(text))), None)


def _open(section: Cell, joined: _Joined) -> None:
    """The section rows that stand over the rows to come, the new one at its level."""
    level = _level(section.text) or 1
    kept = [cell for cell in joined.above if (_level(cell.text) or 1) < level]
    joined.above = [*kept, section]
    joined.opened.append(section)


# ---- one task in several rows -----------------------------------------------------


def _is_covered(cells: _Row, above: _Row) -> bool:
    """Whether the row's task is the one above, merged downwards."""
    text = cells["text"]
    return text.merged not in (None, text.where) and text.origin == above["text"].origin


def _is_rest(cells: _Row) -> bool:
    """Whether a row that begins a continued table holds only what did not fit into the row before."""
    filled = {name for name, cell in cells.items() if cell.text.strip()}
    return bool(filled) and not filled & {"text", "given_no"}


def _is_more_progress(cells: _Row, others: _Row) -> bool:
    """Whether a row holds progress and nothing else of its own: the task above goes on."""
    filled = {name for name, cell in {**cells, **others}.items() if cell.has_own_value()}
    return filled == {"progress"} and not cells["text"].text.strip()


def _fold(cells: _Row, others: _Row, joined: _Joined) -> None:
    row = joined.rows[-1]
    for name, cell in {**cells, **others}.items():
        if name in ("text", "given_no", "category") or not cell.has_own_value():
            continue
        text = "\n".join(filter(None, (row[name].text, cell.text))) if name in row else cell.text
        row[name] = replace(row.get(name, cell), text=text)
    what = f"「{short(row['text'].text)}」占了几行，已并成一项，各格内容换行接在后面"
    joined.problems.append(warning("import.joined-rows", what, "请核对这一项的各格", cells["text"].where))


def _keep_unknown_judgements(joined: _Joined, kind: Kind, words: Words) -> None:
    """What stands under 推进情况 or 评价 and is none of their words: progress, if nothing else is, else kept beside."""
    said = [row for row in joined.rows if row.get("judgement") and row["judgement"].text.strip()]
    unknown = [row for row in said if words.judgement_of(row["judgement"].text, kind.sheet) is None]
    if not unknown:
        return
    is_progress = len(unknown) == len(said) and not any("progress" in row for row in joined.rows)
    header = f"{_AS_WRITTEN}{field_name('judgement', kind.sheet)}"
    if is_progress:
        for row in joined.rows:
            if "judgement" in row:
                row["progress"] = row.pop("judgement")
        return
    joined.headers.setdefault(_OTHER + header, replace(unknown[0]["judgement"], text=header))
    for row in unknown:
        row[_OTHER + header] = row["judgement"]


# ---- section rows, numbers --------------------------------------------------------


def _place_sections(joined: _Joined, kind: Kind, words: Words, register: Register | None) -> None:
    """Section rows into the columns that they stand for: the category, or what all rows below say anyway."""
    depth = max((len(above) for above in joined.sections), default=0)
    for level in range(depth):
        below = [
            (row, above[level]) for row, above in zip(joined.rows, joined.sections, strict=True) if len(above) > level
        ]
        name = _field_of_section(below, kind, words, register)
        if name == _OTHER + SECTION_HEADER:
            joined.headers.setdefault(name, replace(below[0][1], text=SECTION_HEADER))
        for row, cell in below if name else ():
            text = _without_ordinal(cell.text)
            if name in row:  # a deeper one under the same header
                text = f"{row[name].text}\n{text}"
            row[name] = replace(cell, text=text, merged=cell.origin)
    used = {id(cell) for above in joined.sections for cell in above}
    for cell in joined.opened:
        if id(cell) not in used:
            what = f"「{short(cell.text)}」占了整行，下面没有内容，没有读入"
            fix = "如是小标题，不必处理；如是任务，请在 Word 里按各列填写后再导入"
            joined.problems.append(warning("import.unread-row", what, fix, cell.where))


def _category_problems(joined: _Joined) -> Iterator[Problem]:
    for places, how, fix in (
        (
            joined.filled,
            "已按上面一行的分类填写",
            "请核对；确无分类的，请在台账里把「分类」和「工作任务」两格合并",
        ),
        (
            joined.bare,
            "同一文件别的表把相同的分类合并了，所以当作没有分类",
            "请核对；与上一行同类的，请在台账里补上",
        ),
    ):
        if places:
            what = f"有 {len(places)} 行的分类是空的，{how}"
            yield warning("import.filled-down", what, fix, places[0], places[1:6])


def _field_of_section(below: Sequence[tuple[_Row, Cell]], kind: Kind, words: Words, register: Register | None) -> str:
    """The field of one level's section rows; empty if all rows below say the same anyway."""
    pairs = [(row, plain_key(_without_ordinal(cell.text))) for row, cell in below]
    for name in ("lead_units", "support_units"):
        if all(
            name in row and "、".join(map(plain_key, split_units(row[name].text, register).units)) == text
            for row, text in pairs
        ):
            return ""
    judgements = [words.judgement_of(text, kind.sheet) for _, text in pairs]
    if all(judgements) and not any("judgement" in row for row, _ in pairs):
        return "" if set(judgements) == {kind.judgement} else "judgement"
    if all("category" in row and plain_key(row["category"].text) == text for row, text in pairs):
        return ""
    return _OTHER + SECTION_HEADER if any("category" in row for row, _ in pairs) else "category"


def _without_ordinal(text: str) -> str:
    line = text.replace("\n", "").strip()
    for _, mark in HEADING_MARKS:
        if found := mark.match(line):
            return line[found.end() :].strip()
    return line


_DIGITS = re.compile(r"\(?(\d{1,5})[).、。]?")


def _numbers(rows: Sequence[_Row]) -> tuple[int, list[Problem]]:
    """How many rows have no number of their own, and where the numbers make a leap: a row may be missing there."""
    lost, last, leaps = 0, 0, []
    for row in rows:
        cell = row.get("given_no")
        text = plain_key(cell.text) if cell else ""
        found = _DIGITS.fullmatch(text)
        if text and not found:
            continue  # a remark, a sum
        if cell is None or found is None:
            lost += 1
            last += 1
            continue
        number = int(found[1])
        if number not in (last + 1, 1):
            leaps.append((cell, last, number))
        last = number
    problems = []
    if leaps:
        cell, before, number = leaps[0]
        more = f"（这样的有 {len(leaps)} 处）" if len(leaps) > 1 else ""
        what = f"序号从 {before} 到 {number}，不连续{more}；台账里已重新编号"
        fix = "请核对原件：是不是少了一行、重了一行，或者编号写错"
        places = [other.where for other, _, _ in leaps[1:6]]
        problems.append(warning("import.numbers", what, fix, cell.where, places))
    return lost, problems


# ---- the joined table -------------------------------------------------------------


def _standard(joined: _Joined, kind: Kind, first: Table) -> Table:
    """One table with the standard head, in which a missing column of one of the tables is empty."""
    fields = [name for name in FIELD_NAMES if any(name in row for row in joined.rows)]
    fields = fields if "text" in fields else ["text", *fields]
    head = [Cell(field_name(name, kind.sheet), first.where) for name in fields]
    head += [replace(cell, text=name.removeprefix(_OTHER), merged=None) for name, cell in joined.headers.items()]
    names = [*fields, *joined.headers]
    return Table(first.name, [tuple(head), *(_cells(row, names) for row in joined.rows)], first.where, headed=True)


def _cells(row: _Row, names: Sequence[str]) -> tuple[Cell, ...]:
    """The cells of a row; merges count only where they join columns: each row has what it shares with its neighbours.

    One cell over both columns is how a ledger says that a task has no category.
    """
    text = row["text"]
    if "category" in names and "category" not in row and text.text.strip():
        joined = replace(text, merged=text.where)
        row = {**row, "category": replace(joined, faults=()), "text": joined}
    origins = Counter(cell.merged for cell in row.values() if cell.merged)
    cells = []
    for name in names:
        cell = row.get(name) or Cell("", text.where)
        shared = cell.merged is not None and origins[cell.merged] > 1
        cells.append(cell if shared or cell.merged is None else Cell(cell.text, cell.origin, None, cell.faults))
    return tuple(cells)


def _kept_columns(joined: _Joined) -> list[Problem]:
    """A warning for each column of the report that is none of a ledger's: it is kept, and no report shows it."""
    problems = []
    for name, cell in joined.headers.items():
        header = name.removeprefix(_OTHER)
        if header == SECTION_HEADER:
            what = f"「{short(cell.text)}」这样占整行的小标题，记在台账的「{SECTION_HEADER}」列"
        elif header.startswith(_AS_WRITTEN):
            continue  # reading tells of each word that it does not know
        elif header.startswith(NO_HEADER):
            what = f"有一列没有表头，内容保留在台账的「{short(header, 20)}」列"
        else:
            what = f"表头「{short(header, 20)}」不是台账的列，内容原样保留在台账里"
        fix = "生成报告用不到，不必处理；如是台账的某一列，请在 Word 里改写表头再导入，或把它写在配置的 columns 里"
        problems.append(warning("import.kept-column", what, fix, cell.where))
    return problems


def _taken_out(joined: _Joined) -> list[_Row]:
    """The rows that name no task and are no remark either, taken out of the joined ones."""
    left, rows, sections = [], [], []
    for row, above in zip(joined.rows, joined.sections, strict=True):
        if row["text"].text.strip() or row["text"].faults or _is_remark(row):
            rows.append(row)
            sections.append(above)
        else:
            left.append(row)
    joined.rows, joined.sections = rows, sections
    return left


def _left(
    rows: Sequence[_Row], entries: Sequence[Entry], without_task: Sequence[_Row], found: Sequence[Problem]
) -> tuple[list[Problem], list[Problem]]:
    """Warnings that quote the rows of which no entry came, with the reason; the problems that they repeat so."""
    read = {entry.cells["text"] for entry in entries}
    fix = "请核对原件：如是任务，请在 Word 里补上任务再导入，或在台账里补上；如是上一行的续写，请并入上一行"
    left = [(row, "没有写任务", fix) for row in without_task]
    reasons: list[Problem] = []
    for row in rows:
        if row["text"].origin in read or _is_remark(row):
            continue
        places = {place for cell in row.values() for place in (cell.where, cell.origin)}
        why = next((problem for problem in found if problem.where in places and not problem.related), None)
        if why and len(left) < _MOST_QUOTED:
            reasons.append(why)
            left.append((row, why.what, why.fix))
        else:
            left.append((row, "原因见其他提示", "请核对这一行；如是任务，请在 Word 里改好再导入，或在台账里补上"))
    told = [
        warning("import.left-rows", f"「{_quoted(row)}」这一行没有读入：{why}", fix, _begin(row))
        for row, why, fix in left[:_MOST_QUOTED]
    ]
    if more := [row for row, _, _ in left[_MOST_QUOTED:]]:
        what = f"另有 {len(more)} 行没有读入：{'、'.join(f'「{_quoted(row)}」' for row in more[:3])}"
        what += "等" if len(more) > 3 else ""
        fix = "请核对这些行；如是任务，请在 Word 里改好再导入，或在台账里补上"
        told.append(warning("import.left-rows", what, fix, _begin(more[0]), [_begin(row) for row in more[1:6]]))
    return told, reasons


_MOST_QUOTED = 5


def _quoted(row: _Row) -> str:
    texts = {cell.origin: cell.text for cell in row.values() if cell.text.strip()}
    return short(" ".join(texts.values()), 40)


def _begin(row: _Row) -> Location:
    """Where the row's task stands, or what it has instead."""
    cells = [row["text"], *row.values()]
    return next((cell.where for cell in cells if cell.text.strip()), row["text"].where)


def _is_remark(row: _Row) -> bool:
    """Whether the row is one of which reading has told that it is a remark or a sum."""
    first = next((cell for cell in row.values() if cell.text.strip()), None)
    return first is not None and bool(REMARK.match(plain_key(first.text)))
