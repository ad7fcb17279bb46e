"""Texts into the cells of somebody's workbook (改写单元格): nothing else in the file changes.

A text is put in as the cell's own string and is never a formula (CWE-1236). Either all texts are put in, or none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from reportgen.ledger.files.package import damaged
from reportgen.ledger.files.sheet import letters
from reportgen.ledger.files.workbook_package import MAIN, OpenPackage, open_package, relations, sheet_tree
from reportgen.ledger.files.xlsx_rows import read_strings
from reportgen.ledger.tables import MAX_CELL_CHARACTERS
from reportgen.package import short
from reportgen.problems import InputError, Location, Problem, error, refuse_errors
from reportgen.source import clean_text

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ROW, _CELL, _FORMULA, _VALUE, _INLINE, _TEXT = (MAIN + name for name in ("row", "c", "f", "v", "is", "t"))
_AREA = re.compile(r"([A-Z]{0,3})(\d{0,7})(?::([A-Z]{0,3})(\d{0,7}))?")
_FORMULA_TAG = re.compile(rb"<(?:[\w.-]{1,40}:)?f[\s/>]")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_TRUE = ("1", "true", "on")
# Names of a sheet's parts in the order in which they must stand (CT_Worksheet).
_ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
    *("smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
# What may stand behind the settings of calculation in a workbook's main part (CT_Workbook).
_BEHIND_CALCULATION = (
    *("oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing"),
    *("fileRecoveryPr", "webPublishObjects", "extLst"),
)


def set_cells(
    blob: bytes,
    texts: Mapping[tuple[str, str], str],
    name: str,
    *,
    replace: bool = False,
    like: Mapping[tuple[str, int], int] | None = None,
    beside: Mapping[str, tuple[int, int]] | None = None,
) -> bytes:
    """The workbook with these texts in its cells, by sheet and address (`("重点任务", "G5")`); each keeps its style.

    Only empty cells are filled, unless they may `replace` a text; a formula is never replaced. A row that is not there
    yet may look `like` another one of its sheet; `beside` gives a sheet's new column and the one that it looks like.
    Raises `InputError` with all that stands against it; nothing is half done.
    """
    with open_package(blob, name) as package:
        put_texts(package, texts, replace=replace, like=like or {}, beside=beside or {})
        return package.packed()


def put_texts(
    package: OpenPackage,
    texts: Mapping[tuple[str, str], str],
    *,
    replace: bool,
    like: Mapping[tuple[str, int], int],
    beside: Mapping[str, tuple[int, int]],
) -> None:
    """Put the texts into an open workbook (填入); as `set_cells`."""
    by_sheet: dict[str, dict[str, str]] = {}
    for (title, address), text in texts.items():
        by_sheet.setdefault(title, {})[address.upper().replace("$", "")] = text
    problems: list[Problem] = []
    for title, cells in by_sheet.items():
        try:
            root = sheet_tree(package, title, min(cells))
            grid = _grid(root, package.name, title)
            problems += _against(package, grid, cells, replace)
        except InputError as fault:
            problems += fault.problems
    refuse_errors(problems)
    for title, cells in by_sheet.items():
        root = package.change(package.sheets[title])
        grid = _grid(root, package.name, title)
        grid.beside = beside.get(title, (0, 0))
        models = {row: model for (of, row), model in like.items() if of == title}
        for address, text in cells.items():
            _write(grid, *split_address(address), text, models)
        _widen(root, cells)
    if by_sheet:
        calculate_anew(package)


def split_address(address: str) -> tuple[int, int]:
    """Row and column of a cell (行列号), from 1; (0, 0) for what is no address."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        return 0, 0
    column = column_number(found[1])
    row = int(found[2])
    return (row, column) if row <= _LAST_ROW and column <= _LAST_COLUMN else (0, 0)


def column_number(word: str) -> int:
    """The number of a column (列号) by its letters: A is 1."""
    number = 0
    for letter in word:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


# ---- what stands in the sheet


@dataclass(slots=True)
class _Grid:
    """A sheet's rows and cells as they stand in its part; a cell or row without a number follows the one before."""

    root: Any
    where: Location
    rows: dict[int, Any] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    cells: dict[int, dict[int, Any]] = field(default_factory=dict)
    beside: tuple[int, int] = (0, 0)

    @property
    def data(self) -> Any:
        return self.root.find(MAIN + "sheetData")

    def at(self, row: int, column: int) -> Any:
        """The element of a cell, None where there is none."""
        if row not in self.rows:
            return None
        if row not in self.cells:
            self.cells[row] = dict(_numbered_cells(self.rows[row]))
        return self.cells[row].get(column)


def _grid(root: Any, name: str, title: str) -> _Grid:
    grid = _Grid(root, Location(file=name, sheet=title))
    number = 0
    try:
        for row in grid.data.iterchildren(_ROW):
            number = int(row.get("r") or number + 1)
            grid.rows.setdefault(number, row)
    except ValueError:
        raise damaged(name, f"工作表「{short(title)}」的行号有误") from None
    grid.order = sorted(grid.rows)
    return grid


def _numbered_cells(row: Any) -> Iterator[tuple[int, Any]]:
    column = 0
    for cell in row.iterchildren(_CELL):
        written = cell.get("r")
        column = split_address(written.upper())[1] if written else column + 1
        yield column, cell


Area = tuple[int, int, int, int]


def areas(written: str) -> Iterator[Area]:
    """Top, left, bottom and right of each range in a list of ranges (区域); whole rows and columns go to the end."""
    for part in written.upper().replace("$", "").split():
        if found := _AREA.fullmatch(part):
            last = (found[1], found[2]) if found[3] is None else (found[3], found[4])
            top, left = int(found[2] or 1), column_number(found[1]) or 1
            yield top, left, int(last[1] or _LAST_ROW), column_number(last[0]) or _LAST_COLUMN


def merged_areas(root: Any, cells: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Area]:
    """The merged range (合并区域) that each of these cells lies in; those that lie in none are left out."""
    by_row: dict[int, list[int]] = {}
    for row, column in cells:
        by_row.setdefault(row, []).append(column)
    numbers = sorted(by_row)
    found: dict[tuple[int, int], Area] = {}
    for merge in root.iter(MAIN + "mergeCell"):
        for area in areas(merge.get("ref") or ""):
            for row in numbers[bisect_left(numbers, area[0]) : bisect_right(numbers, area[2])]:
                found.update({(row, column): area for column in by_row[row] if area[1] <= column <= area[3]})
    return found


def area_name(area: Area) -> str:
    """How a range is written (区域地址)."""
    top, left, bottom, right = area
    return f"{letters(left)}{top}:{letters(right)}{bottom}"


# ---- what stands against it


def _against(package: OpenPackage, grid: _Grid, cells: Mapping[str, str], replace: bool) -> Iterator[Problem]:
    merges = merged_areas(grid.root, map(split_address, cells))
    empty = _empty_strings(package) if not replace else frozenset()
    arrays = [
        area
        for formula in grid.data.iter(_FORMULA)
        if formula.get("t") in ("array", "dataTable")
        for area in areas(formula.get("ref") or "")
    ]
    closed = _is_protected(grid.root)
    for address, text in cells.items():
        where = Location(file=grid.where.file, sheet=grid.where.sheet, cell=address)
        row, column = split_address(address)
        if not row:
            yield error("edit.no-cell", f"「{short(address)}」不是单元格地址，没有改动", "请重新运行", where)
            continue
        cell = grid.at(row, column)
        merge = merges.get((row, column))
        if merge and (row, column) != merge[:2]:
            what = f"这一格被合并单元格 {area_name(merge)} 盖住，写进去看不到，没有改动"
            yield error("edit.covered-cell", what, "请取消合并，再重试", where)
        elif (cell is not None and cell.find(_FORMULA) is not None) or any(_covers(a, row, column) for a in arrays):
            what = "这一格是公式的结果，没有改动"
            yield error("edit.formula", what, "请改公式；不要公式的，清空这一格再重试", where)
        elif not replace and cell is not None and _is_filled(cell, empty):
            yield error("edit.filled", "这一格已有内容，没有改动", "不要的请先清空，再重试", where)
        elif closed and _is_locked(package, cell):
            what = f"工作表「{short(grid.where.sheet or '')}」受保护，这一格不许改，没有改动"
            yield error("edit.protected", what, "请在「审阅」里撤销工作表保护，再重试", where)
        elif len(text) > MAX_CELL_CHARACTERS:
            what = f"要写的文字有 {len(text)} 字，一格最多 {MAX_CELL_CHARACTERS} 字，没有改动"
            yield error("edit.long-text", what, "请缩短这段文字", where)


def _covers(area: Area, row: int, column: int) -> bool:
    top, left, bottom, right = area
    return top <= row <= bottom and left <= column <= right


def _empty_strings(package: OpenPackage) -> frozenset[str]:
    """The numbers of the shared texts in which nothing stands."""
    targets = (target for kind, _, target in relations(package, package.main) if kind == "sharedStrings")
    part = next(targets, "xl/sharedStrings.xml")
    if not package.has(part):
        return frozenset()
    strings = read_strings(BytesIO(package.parts[part]), package.name)
    return frozenset(str(number) for number, text in enumerate(strings) if not text.strip())


def _is_filled(cell: Any, empty: Collection[str]) -> bool:
    """Whether a cell shows anything; `empty` are the numbers of the shared texts that show nothing."""
    value = (cell.findtext(_VALUE) or "").strip()
    inline = cell.find(_INLINE)
    own = "" if inline is None else "".join(part.text or "" for part in inline.iter(_TEXT)).strip()
    return bool(own) or (bool(value) and not (cell.get("t") == "s" and value in empty))


def _is_protected(root: Any) -> bool:
    protection = root.find(MAIN + "sheetProtection")
    return protection is not None and protection.get("sheet") in _TRUE


def _is_locked(package: OpenPackage, cell: Any) -> bool:
    """Whether a cell is locked where its sheet is protected: all are that are not opened by their style."""
    style = cell.get("s", "0") if cell is not None else "0"
    part = next((target for kind, _, target in relations(package, package.main) if kind == "styles"), "")
    if not package.has(part) or not style.isdecimal():
        return True
    formats = package.tree(part).find(MAIN + "cellXfs")
    if formats is None or int(style) >= len(formats):
        return True
    protection = formats[int(style)].find(MAIN + "protection")
    return protection is None or protection.get("locked", "1") in _TRUE


# ---- writing


def _write(grid: _Grid, number: int, column: int, text: str, like: Mapping[int, int]) -> None:
    row = grid.rows.get(number)
    if row is None:
        row = grid.data.makeelement(_ROW, {"r": str(number)})
        model = grid.rows.get(like.get(number, 0))
        at = bisect_left(grid.order, number)
        if at == len(grid.order):
            grid.data.append(row)
        else:
            grid.rows[grid.order[at]].addprevious(row)
        grid.order.insert(at, number)
        grid.rows[number] = row
        if model is not None:
            for key in ("s", "customFormat"):
                if model.get(key):
                    row.set(key, model.get(key))
    cell = grid.at(number, column)
    if cell is None:
        cell = row.makeelement(_CELL, {"r": f"{letters(column)}{number}"})
        if style := _style(grid, number, column, like.get(number, 0)):
            cell.set("s", style)
        later = next((each for at, each in sorted(grid.cells[number].items()) if at > column), None)
        if later is None:
            row.append(cell)
        else:
            later.addprevious(cell)
        grid.cells[number][column] = cell
        row.attrib.pop("spans", None)
    fill(cell, text)


def _style(grid: _Grid, number: int, column: int, model: int) -> str:
    """The style of a cell that was not there: as in the row or column that it shall look like, else its own ones'."""
    new, pattern = grid.beside
    if column == new and (near := grid.at(number, pattern)) is not None:
        return str(near.get("s") or "")
    if model and (above := grid.at(model, column)) is not None:
        return str(above.get("s") or "")
    row = grid.rows[number]
    if row.get("customFormat") in _TRUE:
        return str(row.get("s") or "")
    for each in grid.root.iterfind(f"{MAIN}cols/{MAIN}col"):
        if int(each.get("min") or 0) <= column <= int(each.get("max") or 0):
            return str(each.get("style") or "")
    return ""


_CODE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def fill(cell: Any, text: str) -> None:
    """Put a text into the element of a cell (写入文字), in place of what it holds; an empty text leaves it blank."""
    for old in [each for each in cell if each.tag in (_FORMULA, _VALUE, _INLINE)]:
        cell.remove(old)
    for key in ("t", "cm", "vm"):
        cell.attrib.pop(key, None)
    clean = clean_text(text)[0]
    if not clean:
        return
    cell.set("t", "inlineStr")
    inline = cell.makeelement(_INLINE, {})
    cell.insert(0, inline)
    own = inline.makeelement(_TEXT, {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    inline.append(own)
    # A typed `_x0041_` would be decoded by whoever opens the file.
    own.text = _CODE_LIKE.sub("_x005F_", clean)


def put_in_order(root: Any, element: Any) -> None:
    """Put a part of a sheet where it must stand (按次序放入): programs refuse a sheet whose parts do not."""
    before = _ORDER[: _ORDER.index(element.tag.removeprefix(MAIN)) + 1]
    places = [i for i, each in enumerate(root) if isinstance(each.tag, str) and each.tag.removeprefix(MAIN) in before]
    root.insert(places[-1] + 1 if places else 0, element)


def _widen(root: Any, addresses: Mapping[str, str]) -> None:
    """The sheet's stated size (已用区域) takes the new cells in."""
    stated = root.find(MAIN + "dimension")
    if stated is None:
        return
    found = next(areas(stated.get("ref") or ""), None)
    corners = [split_address(each) for each in addresses]
    if found:
        corners += [found[:2], found[2:]]
    rows, columns = [row for row, _ in corners], [column for _, column in corners]
    stated.set("ref", area_name((min(rows), min(columns), max(rows), max(columns))))


def calculate_anew(package: OpenPackage) -> None:
    """Let formulas be calculated when the file is opened (打开时重算): one may count the cells that were filled."""
    if not any(_FORMULA_TAG.search(package.parts[part]) for part in package.sheets.values()):
        return
    root = package.change(package.main)
    settings = root.find(MAIN + "calcPr")
    if settings is None:
        settings = root.makeelement(MAIN + "calcPr", {})
        later = next((each for each in root if each.tag in {MAIN + name for name in _BEHIND_CALCULATION}), None)
        if later is None:
            root.append(settings)
        else:
            later.addprevious(settings)
    settings.set("fullCalcOnLoad", "1")
