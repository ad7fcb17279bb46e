"""The book of an Office Open XML workbook (工作簿目录): its sheets, what its cells refer to, and which part is where.

Not by openpyxl: loading it costs as much time as reading a thousand rows (it takes numpy along), it reads a whole sheet
once more where the file does not say how large it is, and it builds objects of styles of which only the number format
counts here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from zipfile import ZipFile

from reportgen.ledger.files.formats import BUILT_IN, CHINESE_DATES
from reportgen.ledger.files.package import damaged
from reportgen.ledger.files.xlsx_rows import Given, read_strings
from reportgen.package import short

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
    referred = list(relations(archive, parts, main))
    sheets = tuple(_listed(root, referred, parts, name))
    strings: list[str] = []
    if part := _part_of("sharedStrings", referred, parts, named.get(_STRINGS)):
        with archive.open(part) as stream:
            strings = read_strings(stream, name)
    properties = root.find(_MAIN + "workbookPr")
    from_1904 = properties is not None and properties.get("date1904", "0").lower() in _TRUE
    styles = _part_of("styles", referred, parts, "xl/styles.xml")
    return Book(archive, parts, sheets, Given(strings, _formats(archive, styles, name) if styles else (), from_1904))


def _listed(
    root: Any, referred: Sequence[tuple[str, str, str]], parts: frozenset[str], name: str
) -> Iterator[BookSheet]:
    """The sheets with cells as the book lists them; raises `InputError` where one is lacking, or not listed."""
    rows = {each: (kind, target) for kind, each, target in referred}
    left = {target for kind, _, target in referred if kind == "worksheet" and target in parts}
    for sheet in root.iterfind(f"{_MAIN}sheets/*"):
        if sheet.tag != _MAIN + "sheet":
            raise damaged(name, "工作表目录里有不认识的内容")
        kind, target = rows[sheet.attrib[_OFFICE + "id"]]
        left.discard(target)
        # A sheet that is nothing but a chart, or a window that somebody has drawn, has no cells.
        if kind in ("chartsheet", "dialogsheet"):
            continue
        title, state = sheet.attrib["name"], sheet.get("state", "visible")
        if target not in parts:
            raise damaged(name, f"缺少工作表「{short(title)}」的内容")
        yield BookSheet(title, _STATES.get(state, "visible"), target)
    if left:
        raise damaged(name, f"有 {len(left)} 张工作表没有列入目录")


def _part_of(
    kind: str, referred: Sequence[tuple[str, str, str]], parts: frozenset[str], usual: str | None
) -> str | None:
    """The part of a kind: where the book says it is, else where it usually is."""
    said = (target for each, _, target in referred if each == kind)
    return next((each for each in (*said, usual) if each in parts), None)


# From this number on a format is the file's own.
_OWN_FORMATS = 164


def _formats(archive: ZipFile, part: str, name: str) -> tuple[str, ...]:
    """The number format of each style; one that the file should have and has not is none that anybody knows."""
    root = _rooted(archive, part, "styleSheet")
    own = {
        int(each.attrib["numFmtId"]): each.get("formatCode", "General")
        for each in root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
    }
    styles = list(root.iterfind(f"{_MAIN}cellXfs/*"))
    # Cells count the styles: one that is not known for one would give all that follow to other cells.
    if any(style.tag != _MAIN + "xf" for style in styles):
        raise damaged(name, "样式里有不认识的内容")
    numbers = [int(style.get("numFmtId", "0")) for style in styles]
    lacking = {each: f"[第{each}号格式]General" for each in numbers if each >= _OWN_FORMATS and each not in own}
    known = {**lacking, **CHINESE_DATES, **BUILT_IN, **{number: code for number, code in own.items() if code}}
    return tuple(known.get(number, "General") for number in numbers)


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
