"""Ledgers as text (文本台账): YAML, JSON and CSV as the same tables that a workbook gives."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from io import StringIO
from typing import Any

from reportgen.ledger.files.package import wrong_kind
from reportgen.ledger.model import Sheet
from reportgen.ledger.tables import (
    HEAD_ROWS,
    Cell,
    Found,
    Table,
    choose_sheets,
    sheet_of_head,
)
from reportgen.ledger.words import FIELD_NAMES, STANDARD_WORDS, Words, field_name
from reportgen.limits import held
from reportgen.package import binary_kind, called, short
from reportgen.problems import InputError, Location, Outcome, Problem, did_you_mean, error, refuse_errors
from reportgen.source import Path_, Source, decode_text, read_source

# ---- YAML and JSON ----------------------------------------------------------------


def read_structured(blob: bytes, name: str, wanted: Collection[Sheet], words: Words) -> Found:
    """The tables of a YAML or JSON ledger: under each sheet's name a list of entries with headers as keys."""
    if binary_kind(blob):
        raise wrong_kind(blob, name)
    source = read_source(blob, name, cleaned_later=True)
    if not isinstance(source.data, dict):
        what = "最外层应是「预期目标」和「重点任务」两个键"
        raise InputError([error("ledger.bad-shape", what, "请参照示例台账书写", source.locate(()))])
    titles = list(source.data)
    chosen, chosen_problems = choose_sheets(titles, name, wanted)
    problems = list(chosen_problems)
    known = {i for found in chosen.values() for i in found}
    for i, title in enumerate(titles):
        if i not in known:
            hint = did_you_mean(title, [sheet.value for sheet in Sheet])
            what = f"不认识的表名「{short(title)}」"
            problems.append(error("ledger.unknown-sheet", what, hint, source.locate((title,))))
    tables = {
        sheet: _structured_table(source, titles[found[0]], sheet, words, problems)
        for sheet, found in chosen.items()
        if len(found) == 1
    }
    return Found(tables, tuple(titles), tuple(problems), frozenset(chosen.keys() - tables.keys()))


def _structured_table(source: Source, title: str, sheet: Sheet, words: Words, problems: list[Problem]) -> Table:
    items = source.data[title]
    if not isinstance(items, list):
        if items is not None:
            fix = "请每条写成「- 工作任务: ……」开头的一项"
            problems.append(error("ledger.bad-shape", f"「{short(title)}」应是列表", fix, source.locate((title,))))
        items = []
    records = [_record(source, (title, i), item, sheet, words, problems) for i, item in enumerate(items)]
    # Without any record the head names every field, so that an empty list is an empty table.
    names = [name for name in FIELD_NAMES if any(name in record for record in records)] or list(FIELD_NAMES)
    where = source.locate((title,))
    head = tuple(Cell(field_name(name, sheet), where) for name in names)
    rows = [head]
    for i, record in enumerate(records):
        place = source.locate((title, i))
        rows.append(tuple(record.get(name) or Cell("", place) for name in names))
    return Table(title, rows, where, headed=True)


def _record(
    source: Source, path: Path_, item: Any, sheet: Sheet, words: Words, problems: list[Problem]
) -> dict[str, Cell]:
    if not isinstance(item, dict):
        fix = f"请写成「- {field_name('text', sheet)}: ……」"
        problems.append(error("ledger.bad-shape", "这一条应是一组键和值", fix, source.locate(path)))
        return {}
    record: dict[str, Cell] = {}
    for key, value in item.items():
        where = source.locate((*path, key))
        name = words.field_of(key)
        if name is None:
            hint = words.column_hint(short(key, 20), sheet)
            problems.append(error("ledger.unknown-key", f"不认识的键「{short(key, 20)}」", hint, where))
        elif name in record:
            what = f"「{short(key, 20)}」与另一个键都表示「{field_name(name, sheet)}」"
            first = record[name].where
            problems.append(error("ledger.duplicate-column", what, "请删去其中一个", where, [first]))
        else:
            record[name] = _value_cell(source, (*path, key), value, name)
    return record


def _value_cell(source: Source, path: Path_, value: Any, name: str) -> Cell:
    where = source.locate(path)
    if name in ("lead_units", "support_units") and isinstance(value, list):
        # One unit a line, as in a cell.
        items = [_value_cell(source, (*path, i), item, "") for i, item in enumerate(value)]
        faults = tuple(fault for item in items for fault in item.faults)
        return Cell("\n".join(item.text for item in items), where, None, faults)
    if value is None or isinstance(value, str):
        return Cell(value or "", where)
    if name == "given_no" and isinstance(value, int | float) and not isinstance(value, bool):
        # 1.10 is the tenth part of 1, not the first.
        node = source.scalars.get(path)
        return Cell(node.value if node else str(value), where)
    shown = "列表或映射" if isinstance(value, list | dict) else f"「{short(str(value).lower())}」"
    key = next(part for part in reversed(path) if isinstance(part, str))
    what = f"「{short(key, 20)}」应是文字，而不是{shown}"
    return Cell("", where, None, (error("ledger.not-text", what, "请写成文字；数字请加引号", where),))


# So many question marks, and more of them than Chinese characters, are what is left of a text.
_MANY_LOST = 8
# A quote that is never closed makes one field of all that follows: longer than any file that is read.
MAX_FIELD = 2**27

# ---- CSV --------------------------------------------------------------------------


def read_csv(blob: bytes, name: str, words: Words) -> Found:
    """The one table of a CSV ledger; lines and columns of its places are rows and fields."""
    if binary_kind(blob):
        raise wrong_kind(blob, name)
    rows = _csv_rows(decode_text(blob, name), name)
    cells = [_csv_cells(row, number, name) for number, row in rows]
    head = next((i for i, row in enumerate(cells[:HEAD_ROWS]) if _known(row, words) > 1), 0)
    fitted, problems = _fitted(cells, head)
    sheet = _csv_sheet(name, cells[head] if cells else ())
    return Found({sheet: Table(name, fitted, Location(file=name))}, (name,), tuple(problems))


def read_csv_table(blob: bytes, name: str) -> Outcome[Table]:
    """The table of any text file with commas or tabs (CSV 反馈); raises `InputError` for rows of another length.

    The head is the first row with headers that everybody knows; an office's own are known only further up, so that
    without any the head is the first of the rows that have the most common length.
    """
    rows = _csv_rows(decode_text(blob, name), name)
    cells = [_csv_cells(row, number, name) for number, row in rows]
    known = (i for i, row in enumerate(cells[:HEAD_ROWS]) if _known(row, STANDARD_WORDS) > 1)
    common = Counter(map(len, cells)).most_common(1)[0][0] if cells else 0
    head = next(known, next((i for i, row in enumerate(cells) if len(row) == common), 0))
    _refuse_question_marks(cells, name)
    fitted, problems = _fitted(cells, head)
    refuse_errors(problems)
    return Outcome(Table(name, fitted, Location(file=name)))


def _refuse_question_marks(rows: Sequence[tuple[Cell, ...]], name: str) -> None:
    """Raise `InputError` for a file whose Chinese is gone: saved where it cannot be, each character is a 「?」."""
    text = "".join(cell.text for row in rows for cell in row)
    lost = text.count("?") + text.count("\ufffd")
    if lost < _MANY_LOST or lost <= sum(character > "\u2e7f" for character in text.replace("\ufffd", "")):
        return
    where = next(cell.where for row in rows for cell in row if "?" in cell.text or "\ufffd" in cell.text)
    what = f"「{called(name)}」里的文字已变成问号"
    fix = "另存时丢了中文，改编码也没有用；请报送原来的 .xlsx"
    raise InputError([error("text.question-marks", what, fix, where)])


def _fitted(rows: Sequence[tuple[Cell, ...]], head: int) -> tuple[list[tuple[Cell, ...]], list[Problem]]:
    """The rows in the length of the head. Titles above it may be shorter; any other row of another length has its
    fields in wrong columns, and what else is wrong with it nobody can say.
    """
    fitted, problems = [], []
    for i, row in enumerate(rows):
        width = len(rows[head])
        filled = max((k for k, cell in enumerate(row, 1) if cell.text.strip()), default=0)
        if filled > width or (i > head and len(row) != width):
            what = f"这一行有 {len(row)} 个字段，表头有 {width} 个"
            fix = "请检查逗号和引号：含逗号或换行的内容要用英文双引号括起来"
            problems.append(error("text.ragged-row", what, fix, row[0].where))
            continue
        blank = [Cell("", row[0].where)] * (width - len(row))
        fitted.append((*row, *blank)[:width])
    return fitted, problems


# DOS ended texts with it.
_END_OF_FILE = "\x1a"
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\r?(?:\n|$)", re.IGNORECASE)
# By what other programs part the fields of a row.
_OTHER_MARKS = (";", "|", "，", "；", "｜", "、")


def _csv_rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line of the file on which it begins."""
    text = text.rstrip(_END_OF_FILE)
    breaks = text.count("\n")
    if text.count("\0") * 4 > len(text) or (breaks and breaks in (text.count("\n\0"), text.count("\0\n"))):
        what = f"「{called(name)}」是没有标记的 UTF-16 或 UTF-32 文本，认不准"
        fix = "请用 WPS 或记事本另存为 UTF-8 编码"
        raise InputError([error("file.encoding", what, fix, Location(file=name, line=1))])
    if "\0" in text:
        number = text.count("\n", 0, text.index("\0")) + 1
        what = f"第 {number} 行有空字符（U+0000），不是正常的 CSV 文本"
        fix = "请用 WPS 或 Excel 另存为「CSV UTF-8」"
        raise InputError([error("text.nul", what, fix, Location(file=name, line=number))])
    number = 0
    if found := _SEPARATOR.match(text):
        # A line by which Excel is told what parts the fields.
        delimiter, text, number = found[1], text[found.end() :], 1
    else:
        delimiter = _delimiter(text, name)
    rows: list[tuple[int, list[str]]] = []
    csv.field_size_limit(MAX_FIELD)
    most = held().tables.rows
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = line = number
    try:
        for row in reader:
            line, before = before + 1, number + reader.line_num
            if any(field.strip() for field in row):
                rows.append((line, row))
            if len(rows) > most + HEAD_ROWS:
                what = f"「{called(name)}」超过 {most} 行"
                where = Location(file=name, line=line)
                raise InputError([error("ledger.too-many-rows", what, "请分成几份文件", where)])
    except csv.Error:
        what = f"从第 {before + 1} 行起，引号没有成对"
        fix = "含逗号、换行或引号的内容要用英文双引号括起来，其中的引号写两个"
        raise InputError([error("text.csv-quote", what, fix, Location(file=name, line=before + 1))]) from None
    return rows


def _delimiter(text: str, name: str) -> str:
    """Comma or tab; raises `InputError` for a text whose rows are parted by something else."""
    # 「Unicode 文本」 of Excel parts its fields with tabs; a title above them may have neither tab nor comma.
    parted = next((line for line in text.split("\n", HEAD_ROWS)[:HEAD_ROWS] if "\t" in line or "," in line), "")
    if not parted:
        lines = [line for line in text.split("\n", HEAD_ROWS)[:HEAD_ROWS] if line.strip()]
        for mark in _OTHER_MARKS:
            # As often in one row as in the next: no sentence does that.
            counts = Counter(line.count(mark) for line in lines)
            (count, times) = max(counts.items(), key=lambda item: item[1], default=(0, 0))
            if count > 1 and times > 1:
                number = next(i for i, line in enumerate(text.split("\n"), 1) if mark in line)
                what = f"「{called(name)}」用「{mark}」分列，不是 CSV 的英文逗号"
                fix = "请用 WPS 或 Excel 打开，按这个符号分列后另存为 .xlsx"
                raise InputError([error("text.csv-mark", what, fix, Location(file=name, line=number))])
    return "\t" if "\t" in parted and "," not in parted else ","


def _csv_cells(row: Sequence[str], number: int, name: str) -> tuple[Cell, ...]:
    if len(row) > (most := held().tables.columns):
        where = Location(file=name, line=number, column=most + 1)
        what = f"这一行有 {len(row)} 个字段，最多 {most} 个"
        raise InputError([error("ledger.too-many-columns", what, "请删去多余的列", where)])
    return tuple(Cell(text, Location(file=name, line=number, column=i)) for i, text in enumerate(row, start=1))


def _known(row: Sequence[Cell], words: Words) -> int:
    return len({words.field_of(cell.text) for cell in row} - {None})


def _csv_sheet(name: str, head: Sequence[Cell]) -> Sheet:
    """Which sheet a CSV file is: its name says so, else its head, else it holds the tasks."""
    named = [sheet for sheet in Sheet if sheet.value in name.rpartition("/")[2]]
    if len(named) == 1:
        return named[0]
    return sheet_of_head(head)
