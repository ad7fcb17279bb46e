"""The rows of a sheet in Office Open XML (工作表的行), one by one: each cell as it is shown, or with its own fault.

Read with lxml and not with openpyxl's parser, which gives up a whole file for one bad cell, makes a date of any number
in a cell of dates, loses a text whose type is not written, and takes nine seconds for a million empty rows (lxml: two).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.ledger.files.package import damaged
from reportgen.ledger.files.sheet import (
    SheetCells,
    Shown,
    count_cells,
    count_rows,
    damaged_sheet,
    error_cell,
    iso_cell,
    letters,
    page_words,
    place,
    serial_cell,
    stored_number,
    truth_cell,
    uncalculated_cell,
    unreadable_cell,
)
from reportgen.limits import held
from reportgen.package import short
from reportgen.problems import Location

"""So many shared texts (共享文字) are read: more than the cells that a sheet may have."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _COLUMN, _MERGE, _PAGE = (_MAIN + name for name in ("row", "c", "col", "mergeCell", "headerFooter"))
_DATA = _MAIN + "sheetData"
_VALUE, _FORMULA, _INLINE, _MORE = (_MAIN + name for name in ("v", "f", "is", "extLst"))
_STRINGS, _ITEM, _TEXT = (_MAIN + name for name in ("sst", "si", "t"))
# Beside the text of a string: how it is read aloud, and how it looks.
_NO_TEXT = frozenset(_MAIN + name for name in ("rPh", "phoneticPr", "rPr"))
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
_AREA = re.compile(r"\$?([A-Za-z]{0,3})\$?(\d{0,7})(?::\$?([A-Za-z]{0,3})\$?(\d{0,7}))?")
_COLUMNS = {letters(number): number for number in range(1, 100)}
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
# Names of units, categories and judgements are not longer, and stand in many rows.
_OFTEN = 40
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class Given:
    """What the cells of a workbook refer to (单元格引用的内容): its texts, and the number format of each style."""

    strings: Sequence[str]
    formats: Sequence[str]
    from_1904: bool


def _parsed(stream: Any, *tags: str) -> Iterator[Any]:
    """The elements of these names, each gone from memory with all before it when the next one is asked for.

    Of what stands between them only the last one before each can still be seen there.
    """
    from lxml import etree

    safe = {"resolve_entities": False, "load_dtd": False, "no_network": True}
    for _, element in etree.iterparse(stream, tag=tags, remove_comments=True, remove_pis=True, **safe):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def read_strings(stream: Any, name: str) -> list[str]:
    """The shared texts (共享文字) of a workbook, without the readings above Chinese characters."""
    strings: list[str] = []
    most = held().tables.strings
    for item in _parsed(stream, _ITEM, _STRINGS):
        # Cells count the texts: one that is not known for one would give all that follow to other cells.
        if item.tag == _STRINGS:
            if any(each.tag != _ITEM and _is_strange(each) for each in item):
                raise damaged(name, _ODD_STRINGS)
            continue
        if not _follows(item, _STRINGS):
            raise damaged(name, _ODD_STRINGS)
        strings.append(_letters(item))
        if len(strings) > most:
            raise damaged(name, f"里面存的文字超过 {most} 条")
    return strings


_ODD_STRINGS = "存放文字的部分里有不认识的内容"


def _follows(element: Any, parent: str) -> bool:
    """Whether an element stands where it belongs: in its parent, and first in it or behind one of its like."""
    before = element.getprevious()
    above = element.getparent()
    return above is not None and above.tag == parent and (before is None or before.tag == element.tag)


def _letters(element: Any) -> str:
    """The text of a shared or an own string: of its runs, not of the readings that stand beside them."""
    if len(element) == 1 and element[0].tag == _TEXT and not len(element[0]):
        return element[0].text or ""
    return "".join(_every_letter(element))


def _every_letter(element: Any) -> Iterator[str]:
    """The same wherever in the element it stands; white space between elements is none of it."""
    if element.tag in _NO_TEXT:
        return
    whole = element.tag == _TEXT
    own = element.text or ""
    yield own if whole or own.strip() else ""
    for child in element:
        yield from _every_letter(child)
        behind = child.tail or ""
        yield behind if whole or behind.strip() else ""


def rows(stream: Any, sheet: SheetCells, given: Given) -> Iterator[tuple[int, list[tuple[int, Shown]]]]:
    """The rows that hold anything (有内容的行), their cells by column; merges and hidden parts go into `sheet`."""
    from lxml import etree

    # Most rows of a long sheet are only formatted: none of their cells holds anything.
    holds_anything = etree.XPath("boolean(*/*)")
    number = read = 0
    has_data = False
    for element in _parsed(stream, _ROW, _DATA, _COLUMN, _MERGE, _PAGE):
        if element.tag == _ROW:
            if not _follows(element, _DATA):
                raise damaged_sheet(sheet.where, "里有不认识的内容", number + 1)
            number = _row_number(element, number, sheet)
            read += 1
            count_rows(sheet, read)
            count_cells(sheet, len(element))
            if not holds_anything(element):
                continue
            if element.get("hidden") in ("1", "true"):
                sheet.hidden_rows.append(number)
            yield number, list(_cells(element, number, sheet, given))
        elif element.tag == _COLUMN:
            if element.get("hidden") in ("1", "true"):
                sheet.hidden_columns.append(_columns(element, sheet))
        elif element.tag == _MERGE:
            sheet.merges.append(_area(element.get("ref") or "", sheet))
        elif element.tag == _DATA:
            has_data = True
            if any(each.tag != _ROW for each in element):
                raise damaged_sheet(sheet.where, "里有不认识的内容", number + 1)
        else:
            sheet.floating += [said for part in element for said in page_words(part.text or "")]
    if not has_data:
        raise damaged_sheet(sheet.where, "里没有存放单元格的部分")


def _row_number(row: Any, before: int, sheet: SheetCells) -> int:
    written = row.get("r")
    if written is None:
        return before + 1
    number = int(written) if re.fullmatch(r"[0-9]{1,7}", written) else 0
    if not 0 < number <= _LAST_ROW:
        raise damaged_sheet(sheet.where, f"行号「{short(written)}」不对", before + 1)
    return number


def _columns(element: Any, sheet: SheetCells) -> tuple[int, int]:
    first, last = element.get("min") or "", element.get("max") or ""
    if not re.fullmatch(r"[0-9]{1,20} [0-9]{1,20}", f"{first} {last}"):
        raise damaged_sheet(sheet.where, f"的列设置「{short(first)}—{short(last)}」不对")
    return int(first), int(last)


def _area(written: str, sheet: SheetCells) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a merged range; whole columns and rows have only half of each corner."""
    found = _AREA.fullmatch(written)
    first: tuple[str, str] = (found[1], found[2]) if found else ("", "")
    last: tuple[str, str] = (found[3], found[4]) if found and found[3] is not None else first
    if first == ("", "") or [*map(bool, first)] != [*map(bool, last)]:
        raise damaged_sheet(sheet.where, f"合并单元格的范围「{short(written)}」不对")
    left, top = _column_number(first[0]) or 1, int(first[1] or 1)
    right, bottom = _column_number(last[0]) or _LAST_COLUMN, int(last[1] or _LAST_ROW)
    if not (top and bottom):
        raise damaged_sheet(sheet.where, f"合并单元格的范围「{short(written)}」不对")
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def row_and_column(written: str) -> tuple[int, int]:
    """Row and column of an address such as `B12` (行号和列号); raises `ValueError` for what is none."""
    found = _ADDRESS.fullmatch(written.replace("$", ""))
    if found is None:
        raise ValueError(written)
    return int(found[2]), _column_number(found[1])


def _cells(row: Any, number: int, sheet: SheetCells, given: Given) -> Iterator[tuple[int, Shown]]:
    column = 0
    seen: set[int] = set()
    ending = str(number)
    for cell in row:
        if cell.tag != _CELL:
            if _is_strange(cell):
                raise damaged_sheet(sheet.where, "里有不认识的内容", number, column + 1)
            continue
        written = cell.get("r")
        if written is None:
            column += 1
        elif written.endswith(ending) and (known := _COLUMNS.get(written[: -len(ending)])):
            column = known
        elif (found := _ADDRESS.fullmatch(written)) and int(found[2]) == number:
            column = _column_number(found[1])
        else:
            raise damaged_sheet(sheet.where, f"单元格地址「{short(written)}」不对", number, column + 1)
        shown = _shown(cell, number, column, sheet, given)
        if not shown[0] and shown[1] is None:
            continue
        if column in seen:
            raise damaged_sheet(sheet.where, "同一格出现两次", number, column)
        seen.add(column)
        yield column, shown


def _shown(cell: Any, row: int, column: int, sheet: SheetCells, given: Given) -> Shown:
    """What the cell shows (显示的文字), or the fault that keeps it from being read."""
    kind = cell.get("t", "n")
    value = own = None
    calculated = False
    for part in cell:
        if part.tag == _VALUE and value is None and not len(part):
            value = part.text or ""
        elif part.tag == _FORMULA:
            calculated = True
        elif part.tag == _INLINE and own is None:
            own = part
        elif _is_strange(part):
            return _strange(cell, place(sheet.where, row, column), sheet)
    if own is not None and value:
        return _strange(cell, place(sheet.where, row, column), sheet)
    # Nearly all cells are one of the texts that the file holds, or have a text of their own.
    if kind == "s" and value and value.isdecimal() and len(value) < 10 and own is None:
        index = int(value)
        if index < len(given.strings):
            return _decoded(given.strings[index]), None
    elif kind == "inlineStr" and own is not None and not calculated:
        text = _decoded(_letters(own))
        # What other programs keep once for all cells is written again here for each of them.
        return (sheet.kept.setdefault(text, text) if len(text) <= _OFTEN else text), None
    return _odd_shown(value, own, kind, calculated, cell.get("s", "0"), place(sheet.where, row, column), sheet, given)


def _is_strange(element: Any) -> bool:
    """Whether it is neither what a program keeps for itself, nor empty of words."""
    return element.tag != _MORE or bool("".join(element.itertext()).strip())


def _strange(cell: Any, where: Location, sheet: SheetCells) -> Shown:
    """A cell that holds what no cell does, or twice what a cell has once: nobody can say what it shows."""
    return unreadable_cell(sheet, where, "里面有不认识的或重复的内容", "".join(cell.itertext()))


def _odd_shown(
    value: str | None,
    own: Any,
    kind: str,
    calculated: bool,
    style: str,
    where: Location,
    sheet: SheetCells,
    given: Given,
) -> Shown:
    """The same of a cell that is more than a text of the file: a number, a formula, a text of its own."""
    # An empty value is a result only where the result is text.
    if calculated and (value is None or (not value and kind != "str")):
        return uncalculated_cell(where)
    if own is not None and (kind == "inlineStr" or not value):
        return _decoded(_letters(own)), None
    if not value:
        return "", None
    match kind:
        case "str":
            return _decoded(value), None
        case "s":
            if not given.strings:
                raise damaged_sheet(where, "缺少存放文字的部分")
            index = int(value) if re.fullmatch(r"\s*\d{1,9}\s*", value) else -1
            if 0 <= index < len(given.strings):
                return _decoded(given.strings[index]), None
            return unreadable_cell(sheet, where, f"文字的序号「{short(value)}」不存在")
        case "b":
            truth = {"1": True, "true": True, "0": False, "false": False}.get(value.strip().lower())
            if truth is None:
                return unreadable_cell(sheet, where, f"逻辑值「{short(value)}」不对")
            return truth_cell(truth, where)
        case "e":
            return error_cell(value, where)
        case "n" | "d":
            number_format = _format(style, given)
            if number_format is None:
                return unreadable_cell(sheet, where, f"「{short(value)}」的样式序号「{short(style)}」不存在", value)
            if kind == "d":
                return iso_cell(value, number_format, sheet, where)
            number = stored_number(value)
            if number is None:
                return unreadable_cell(sheet, where, f"「{short(value)}」不是数", value)
            return serial_cell(number, number_format, given.from_1904, where)
    return unreadable_cell(sheet, where, f"不认识的类型「{short(kind)}」", value)


def _format(style: str, given: Given) -> str | None:
    """The number format of a style; None if there is no such style. Without any, there is none that anybody knows."""
    if not given.formats:
        return "General" if style == "0" else f"[第{style}号样式]General"
    index = int(style) if re.fullmatch(r"\d{1,6}", style) else -1
    return given.formats[index] if 0 <= index < len(given.formats) else None


def _decoded(text: str) -> str:
    """The text with the characters that the file writes as `_x000D_`; two halves of one character are put together."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda mark: chr(int(mark[1], 16)), text)
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), plain)
