"""The rows of an issued table (附表各行) as those of a ledger: joined, filled down, section rows made categories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reportgen.issued.heads import UNKNOWN_COLUMN
from reportgen.issued.joined import AS_WRITTEN, OTHER, SECTION_HEADER, Joined, Row, add_table
from reportgen.issued.kinds import Kind, Recognised
from reportgen.issued.leftovers import kept_columns, left_rows, take_out
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.entries import read_entries
from reportgen.ledger.model import Entry
from reportgen.ledger.tables import Cell, Table
from reportgen.ledger.units import Register
from reportgen.ledger.words import FIELD_NAMES, Words, field_name, plain_key
from reportgen.limits import held
from reportgen.numbering import HEADING_MARKS
from reportgen.package import short
from reportgen.problems import Problem, error, refuse_errors, warning


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
    joined = Joined()
    counts = []
    for one in tables:
        before = len(joined.rows)
        add_table(one, joined, merging)
        counts.append(sum(bool(row["text"].text.strip()) for row in joined.rows[before:]))
    if len(joined.rows) > (most := held().tables.rows):
        what = f"「{kind.value}」超过 {most} 行"
        refuse_errors([error("ledger.too-many-rows", what, "请把文件拆成几份导入", tables[0].table.where)])
    lost, gaps = _numbers(joined.rows)
    without_task = take_out(joined)
    _place_sections(joined, kind, words, register)
    _keep_unknown_judgements(joined, kind, words)
    problems = [problem for one in tables for problem in one.head.problems] + joined.problems
    problems += [*_category_problems(joined), *gaps, *kept_columns(joined)]
    entries, found = read_entries(_standard(joined, kind, tables[0].table), kind.sheet, None, words, register, on)
    left, reasons = left_rows(joined.rows, entries, without_task, found)
    known = [*problems, *reasons]
    problems += [problem for problem in found if problem.code != UNKNOWN_COLUMN and problem not in known]
    problems += left
    if kind.judgement:
        entries = tuple(replace(entry, judgement=kind.judgement) for entry in entries)
    return KindRows(kind=kind, entries=entries, rows=tuple(counts), renumbered=lost, problems=tuple(problems))


def _keep_unknown_judgements(joined: Joined, kind: Kind, words: Words) -> None:
    """What stands under 推进情况 or 评价 and is none of their words: progress, if nothing else is, else kept beside."""
    said = [row for row in joined.rows if row.get("judgement") and row["judgement"].text.strip()]
    unknown = [row for row in said if words.judgement_of(row["judgement"].text, kind.sheet) is None]
    if not unknown:
        return
    is_progress = len(unknown) == len(said) and not any("progress" in row for row in joined.rows)
    header = f"{AS_WRITTEN}{field_name('judgement', kind.sheet)}"
    if is_progress:
        for row in joined.rows:
            if "judgement" in row:
                row["progress"] = row.pop("judgement")
        return
    joined.headers.setdefault(OTHER + header, replace(unknown[0]["judgement"], text=header))
    for row in unknown:
        row[OTHER + header] = row["judgement"]


# ---- section rows, numbers --------------------------------------------------------


def _place_sections(joined: Joined, kind: Kind, words: Words, register: Register | None) -> None:
    """Section rows into the columns that they stand for: the category, or what all rows below say anyway."""
    depth = max((len(above) for above in joined.sections), default=0)
    for level in range(depth):
        below = [
            (row, above[level]) for row, above in zip(joined.rows, joined.sections, strict=True) if len(above) > level
        ]
        name = _field_of_section(below, kind, words, register)
        if name == OTHER + SECTION_HEADER:
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


def _category_problems(joined: Joined) -> Iterator[Problem]:
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


def _field_of_section(below: Sequence[tuple[Row, Cell]], kind: Kind, words: Words, register: Register | None) -> str:
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
    return OTHER + SECTION_HEADER if any("category" in row for row, _ in pairs) else "category"


def _without_ordinal(text: str) -> str:
    line = text.replace("\n", "").strip()
    for _, mark in HEADING_MARKS:
        if found := mark.match(line):
            return line[found.end() :].strip()
    return line


_DIGITS = re.compile(r"\(?(\d{1,5})[).、。]?")


def _numbers(rows: Sequence[Row]) -> tuple[int, list[Problem]]:
    """How many rows have no number of their own, and where the numbers make a leap: a row may be missing there."""
    lost, last, leaps = 0, 0, []
    for row in rows:
        cell = row.get("given_no")
        text = plain_key(cell.text) if cell else ""
        if not text and not row["text"].text.strip():
            continue
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


def _standard(joined: Joined, kind: Kind, first: Table) -> Table:
    """One table with the standard head, in which a missing column of one of the tables is empty."""
    fields = [name for name in FIELD_NAMES if any(name in row for row in joined.rows)]
    fields = fields if "text" in fields else ["text", *fields]
    head = [Cell(field_name(name, kind.sheet), first.where) for name in fields]
    head += [replace(cell, text=name.removeprefix(OTHER), merged=None) for name, cell in joined.headers.items()]
    names = [*fields, *joined.headers]
    return Table(first.name, [tuple(head), *(_cells(row, names) for row in joined.rows)], first.where, headed=True)


def _cells(row: Row, names: Sequence[str]) -> tuple[Cell, ...]:
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
