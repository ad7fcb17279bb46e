"""The book of an Office Open XML workbook (工作簿目录): its sheets, what its cells refer to, and which part is where.

Not by openpyxl: loading it costs as much time as reading a thousand rows (it takes numpy along), it reads a whole sheet
once more where the file does not say how large it is, and it builds objects of styles of which only the number format
counts here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from zipfile import ZipFile

from reportgen.ledger.files.formats import BUILT_IN, CHINESE_DATES
from reportgen.ledger.files.xlsx_rows import Given, read_strings

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_STRINGS = _KINDS + "sharedStrings+xml"
# Macro templates, templates, workbooks with macros and plain ones.
_BOOKS = (
    "application/vnd.ms-excel.template.macroEnabled.main+xml",
    _KINDS + "template.main+xml",
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    _KINDS + "sheet.main+xml",
)
_STATES: dict[str, Literal["visible", "hidden", "own"]] = {"hidden": "hidden", "veryHidden": "own"}
_TRUE = ("1", "true", "on", "t")


@dataclass(frozen=True, slots=True)
class BookSheet:
    """A sheet as the book lists it (目录里的工作表): its name, who can see it, and the part that holds its rows."""

    title: str
    state: Literal["visible", "hidden", "own"]
    part: str


@dataclass(frozen=True)
class Book:
    """The book of a workbook (目录) with its open archive."""

    archive: ZipFile = field(repr=False)
    parts: frozenset[str] = field(repr=False)
    sheets: tuple[BookSheet, ...]
    given: Given = field(repr=False)


def read_book(archive: ZipFile, name: str) -> Book:
    """The book (读目录) of an archive; raises whatever a broken part makes lxml or Python raise."""
    parts = frozenset(archive.namelist())
    types = parsed(archive, "[Content_Types].xml")
    named: dict[str, str] = {}
    for each in types.iter(_TYPES + "Override"):
        named.setdefault(each.get("ContentType") or "", (each.get("PartName") or "")[1:])
    main = next((named[kind] for kind in _BOOKS if kind in named), None)
    if main is None:
        # Some programs say of all XML that it is a workbook.
        if not {each.get("ContentType") for each in types.iter(_TYPES + "Default")} & {*_BOOKS}:
            raise ValueError("no workbook part")
        main = "xl/workbook.xml"
    root = _rooted(archive, main, "workbook")
    rows = {each: (kind, target) for kind, each, target in relations(archive, parts, main)}
    sheets = []
    for sheet in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
        if not (reference := sheet.get(_OFFICE + "id")):
            continue
        kind, target = rows[reference]
        # A sheet that is nothing but a chart has no cells.
        if target in parts and kind != "chartsheet":
            title, state = sheet.attrib["name"], sheet.get("state", "visible")
            sheets.append(BookSheet(title, _STATES.get(state, "visible"), target))
    strings: list[str] = []
    if named.get(_STRINGS) in parts:
        with archive.open(named[_STRINGS]) as stream:
            strings = read_strings(stream, name)
    properties = root.find(_MAIN + "workbookPr")
    from_1904 = properties is not None and properties.get("date1904", "0") in _TRUE
    return Book(archive, parts, tuple(sheets), Given(strings, _formats(archive, parts), from_1904))


def _formats(archive: ZipFile, parts: frozenset[str]) -> tuple[str, ...]:
    """The number format of each style; none at all where the file says nothing about styles."""
    if "xl/styles.xml" not in parts:
        return ()
    root = _rooted(archive, "xl/styles.xml", "styleSheet")
    own = {
        int(each.attrib["numFmtId"]): each.get("formatCode", "General")
        for each in root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
    }
    numbers = (int(style.get("numFmtId", "0")) for style in root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf"))
    return tuple(own.get(number) or BUILT_IN.get(number) or CHINESE_DATES.get(number, "General") for number in numbers)


def _rooted(archive: ZipFile, part: str, name: str) -> Any:
    """The root of a part, whose name must be this one: in another namespace (strict OOXML) nothing would be found."""
    root = parsed(archive, part)
    if root.tag != _MAIN + name:
        raise ValueError(root.tag)
    return root


def relations(archive: ZipFile, parts: frozenset[str], part: str) -> Iterator[tuple[str, str, str]]:
    """What a part refers to within the file (引用): kind, name of the reference, and the part."""
    folder, _, base = part.rpartition("/")
    rels = f"{folder}/_rels/{base}.rels".lstrip("/")
    if rels not in parts:
        return
    for relation in parsed(archive, rels).iter(_RELATION):
        if relation.get("TargetMode") == "External":
            continue
        written = relation.attrib["Target"]
        target = written.lstrip("/") if written.startswith("/") else posixpath.join(folder, written)
        yield (relation.get("Type") or "").rpartition("/")[2], relation.get("Id") or "", posixpath.normpath(target)


def parsed(archive: ZipFile, part: str) -> Any:
    """The root element of a part (解析), as it stands: nothing is fetched for it, no entity is put in."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    return etree.fromstring(archive.read(part), parser)
