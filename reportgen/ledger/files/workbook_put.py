"""A sheet of the program's own put into somebody's workbook (加一张工作表): the other sheets stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from io import BytesIO
from typing import Any

from reportgen.ledger.files.workbook import SheetText, write_workbook
from reportgen.ledger.files.workbook_edit import fill, put_in_order
from reportgen.ledger.files.workbook_package import (
    MAIN,
    OFFICE,
    OpenPackage,
    add_part,
    open_package,
    relate,
    relations,
    sheet_tree,
    structure_is_locked,
)
from reportgen.ledger.files.xlsx_rows import read_strings
from reportgen.package import called, short
from reportgen.problems import InputError, Location, error

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
# What the user may have laid on the program's own sheet, and what keeps lying there.
_KEPT = ("drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls")
# The lists of a workbook's styles, and by which name a style refers to each.
_LISTS = {"fonts": "fontId", "fills": "fillId", "borders": "borderId"}
_CELL, _FORMULA = MAIN + "c", MAIN + "formula1"


def put_sheet(blob: bytes, sheet: SheetText, name: str, links: Mapping[str, tuple[str, str]] | None = None) -> bytes:
    """The workbook with this sheet at its end, or in place of the one of the same name (放入工作表).

    It looks as `write_workbook` makes it. `links` lead from cells of it (`A5`) to cells of other sheets. Raises
    `InputError` for a workbook that must not be changed.
    """
    with open_package(blob, name) as package:
        put_into(package, sheet, links or {})
        return package.packed()


def put_into(package: OpenPackage, sheet: SheetText, links: Mapping[str, tuple[str, str]]) -> None:
    """Put the sheet into an open workbook (放入); as `put_sheet`."""
    from lxml import etree

    where = Location(file=package.name, sheet=sheet.name)
    if sheet.name in package.sheets:
        _refuse_bound(sheet_tree(package, sheet.name), where)
    elif structure_is_locked(package):
        what = f"「{called(package.name)}」的工作簿结构受保护，不能添加工作表「{short(sheet.name)}」，没有改动"
        raise InputError([error("edit.locked-structure", what, "请在「审阅」里撤销工作簿保护，再重试", where)])
    root = _made(package, sheet)
    if links:
        _link(root, links)
    if sheet.name in package.sheets:
        part = package.sheets[sheet.name]
        for old in [each for each in package.tree(part) if each.tag in {MAIN + kept for kept in _KEPT}]:
            put_in_order(root, deepcopy(old))
        package.put(part, _text_of(root))
        return
    part = add_part(package, "xl/worksheets/sheet{}.xml", _text_of(root), _SHEET_TYPE)
    reference = relate(package, package.main, "worksheet", part)
    listed = package.change(package.main).find(MAIN + "sheets")
    numbers = [int(each.get("sheetId") or 0) for each in listed]
    attributes = {"name": sheet.name, "sheetId": str(max(numbers, default=0) + 1)}
    entry = etree.SubElement(listed, MAIN + "sheet", attributes, nsmap={"r": OFFICE})
    entry.set(f"{{{OFFICE}}}id", reference)
    package.sheets[sheet.name] = part


def _text_of(root: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _refuse_bound(root: Any, where: Location) -> None:
    """The user's own business with the sheet that a new one would not fit."""
    if root.find(MAIN + "tableParts") is not None:
        what = f"工作表「{short(where.sheet or '')}」被套用了「表格」，没有改动"
        raise InputError([error("edit.table", what, "请在「表设计」里转换为区域，再重试", where)])
    if root.find(MAIN + "sheetProtection") is not None:
        what = f"工作表「{short(where.sheet or '')}」受保护，没有改动"
        raise InputError([error("edit.protected", what, "请在「审阅」里撤销工作表保护，再重试", where)])


def _made(package: OpenPackage, sheet: SheetText) -> Any:
    """The sheet's root element, made in a workbook of its own, with the styles and texts of this one."""
    with open_package(write_workbook([sheet]), package.name) as made:
        return _moved(made, package, sheet.name)


def _moved(made: OpenPackage, package: OpenPackage, title: str) -> Any:
    root = sheet_tree(made, title)
    shared = [target for kind, _, target in relations(made, made.main) if kind == "sharedStrings"]
    strings = read_strings(BytesIO(made.parts[shared[0]]), package.name) if shared else []
    styles = _Grafting(package, made)
    for cell in root.iter(_CELL):
        if cell.get("t") == "s":
            # As it is stored: what looks like a code was written so that it is none.
            fill(cell, strings[int(cell.findtext(MAIN + "v"))].replace("_x005F_", "_"))
        if style := cell.attrib.pop("s", None):
            cell.attrib.update(styles.grafted(int(style)))
    for view in root.iter(MAIN + "sheetView"):
        # Two selected sheets are written into at once.
        view.attrib.pop("tabSelected", None)
    for rules in root.findall(MAIN + "dataValidations"):
        # A long list stands on a sheet that is not put in.
        for rule in [each for each in rules if "!" in (each.findtext(_FORMULA) or "")]:
            rules.remove(rule)
        if not len(rules):
            root.remove(rules)
        else:
            rules.attrib.pop("count", None)
    return root


def _link(root: Any, links: Mapping[str, tuple[str, str]]) -> None:
    listed = root.makeelement(MAIN + "hyperlinks", {})
    for cell, (title, target) in links.items():
        quoted = title.replace("'", "''")
        listed.append(listed.makeelement(MAIN + "hyperlink", {"ref": cell, "location": f"'{quoted}'!{target}"}))
    put_in_order(root, listed)


class _Grafting:
    """Styles of one workbook for cells of another (移植样式): each is put there once, and found again next time."""

    def __init__(self, package: OpenPackage, made: OpenPackage) -> None:
        self._package, self._part = package, _styles(package)
        self._source = made.tree(_styles(made))
        self._done: dict[int, dict[str, str]] = {}

    def grafted(self, style: int) -> dict[str, str]:
        """The attribute of a cell in that style; none where the workbook knows no styles."""
        if style not in self._done:
            self._done[style] = self._graft(style)
        return self._done[style]

    def _graft(self, style: int) -> dict[str, str]:
        tree = self._package.tree(self._part) if self._part else None
        if tree is None or any(tree.find(MAIN + name) is None for name in (*_LISTS, "cellXfs")):
            return {}
        look = deepcopy(self._source.find(MAIN + "cellXfs")[style])
        for name, key in _LISTS.items():
            wanted = self._source.find(MAIN + name)[int(look.get(key) or 0)]
            look.set(key, str(self._place(name, wanted)))
        look.set("xfId", "0")
        for key in ("pivotButton", "quotePrefix"):
            look.attrib.pop(key, None)
        for key in ("applyFont", "applyFill", "applyBorder", "applyAlignment", "applyNumberFormat", "applyProtection"):
            look.set(key, "1")
        return {"s": str(self._place("cellXfs", look))}

    def _place(self, name: str, wanted: Any) -> int:
        """The number of such an element in a list of the styles, put at its end if it is not there yet."""
        listed = self._package.tree(self._part).find(MAIN + name)
        key = _key(wanted)
        elements = [each for each in listed if isinstance(each.tag, str)]
        for number, each in enumerate(elements):
            if _key(each) == key:
                return number
        self._package.change(self._part)
        listed.append(deepcopy(wanted))
        listed.set("count", str(len(elements) + 1))
        return len(elements)


def _styles(package: OpenPackage) -> str:
    part = next((target for kind, _, target in relations(package, package.main) if kind == "styles"), "")
    return part if package.has(part) else ""


def _key(element: Any) -> tuple[Any, ...]:
    """What an element says, however its namespaces are written."""
    return str(element.tag), tuple(sorted(element.attrib.items())), (element.text or "").strip(), *map(_key, element)
