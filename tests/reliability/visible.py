"""What a file shows (看得见的文字), found by walks of its own that know nothing of the program's readers.

Simple on purpose: they look at names and attributes only, and give every text that a person could miss.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Iterator
from typing import Any, TypeAlias
from zipfile import ZipFile

from lxml import etree

Element: TypeAlias = Any

_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def _root(data: bytes) -> Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True))


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _relations(archive: ZipFile, part: str) -> list[tuple[str, str, str]]:
    """Kind, name and target of all that a part refers to."""
    folder, _, base = part.rpartition("/")
    rels = f"{folder}/_rels/{base}.rels".lstrip("/")
    if rels not in archive.namelist():
        return []
    found = []
    try:
        root = _root(archive.read(rels))
    except etree.XMLSyntaxError:
        return []
    for each in root:
        target = each.get("Target") or ""
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.append(((each.get("Type") or "").rpartition("/")[2], each.get("Id") or "", whole))
    return found


def _main(archive: ZipFile) -> str:
    names = archive.namelist()
    said = (target for kind, _, target in _relations(archive, "") if kind == "officeDocument")
    return next((each for each in (*said, "xl/workbook.xml", "word/document.xml") if each in names), "")


# ---- workbooks


def in_workbook(blob: bytes) -> list[str]:
    """Texts of the cells of all sheets of an .xlsx: of wherever a sheet's data has any, in whatever element."""
    with ZipFile(io.BytesIO(blob)) as archive:
        main = _main(archive)
        names = archive.namelist()
        strings: list[str] = []
        if "xl/sharedStrings.xml" in names:
            strings = ["".join(_own_texts(each)) for each in _root(archive.read("xl/sharedStrings.xml"))]
        found: list[str] = []
        for kind, _, part in _relations(archive, main):
            if kind == "worksheet" and part in names:
                root = _root(archive.read(part))
                for data in (each for each in root.iter() if _local(each) == "sheetData"):
                    found += _in_cells(data, strings)
    return found


def _own_texts(element: Element) -> Iterator[str]:
    """All text in an element, readings of Chinese characters left out."""
    if _local(element) not in ("rPh", "phoneticPr"):
        yield element.text or ""
        for child in element:
            yield from _own_texts(child)
            yield child.tail or ""


def _in_cells(element: Element, strings: list[str]) -> Iterator[str]:
    if _local(element) == "f":
        return
    if _local(element) == "is":
        yield "".join(_own_texts(element))
        return
    if element.text:
        yield element.text
    for child in element:
        said = "".join(child.itertext()).strip()
        if _local(child) == "v" and element.get("t") == "s" and said.isdecimal() and int(said) < len(strings):
            yield strings[int(said)]
        elif _local(child) == "v" and element.get("t", "n") in ("n", "b", "d", "e"):
            continue  # shown in the cell's format
        else:
            yield from _in_cells(child, strings)
        if child.tail:
            yield child.tail


_ODS = "urn:oasis:names:tc:opendocument:xmlns:"
_BESIDE = ("annotation", "frame", "shapes", "table-source", "tracked-changes", "named-expressions", "forms")


def in_open_document(blob: bytes) -> list[str]:
    """Texts of the paragraphs in the tables of an .ods, numbers apart."""
    with ZipFile(io.BytesIO(blob)) as archive:
        root = _root(archive.read("content.xml"))
    sheets = (each for each in root.iter() if _local(each) == "spreadsheet")
    return [text for sheet in sheets for text in _in_open_cells(sheet)]


def _in_open_cells(element: Element) -> Iterator[str]:
    kind = element.get(f"{{{_ODS}office:1.0}}value-type", "string")
    if _local(element) in _BESIDE or kind != "string":
        return
    if _local(element) == "p":
        yield "".join(element.itertext())
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _in_open_cells(child)
        if child.tail:
            yield child.tail


# ---- Word files

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NO_TEXT = tuple(_W + name for name in ("instrText", "delText", "delInstrText", "fldData", "binData"))


def in_word_file(blob: bytes) -> list[str]:
    """Texts of the main part of a .docx that no tracked change takes away and that are no field's instruction."""
    with ZipFile(io.BytesIO(blob)) as archive:
        root = _root(archive.read(_main(archive)))
    return list(_in_word(root, []))


def _in_word(element: Element, fields: list[bool]) -> Iterator[str]:
    tag = element.tag
    if tag in (_W + "del", _W + "moveFrom") or tag in _NO_TEXT:
        return
    if _local(element) == "AlternateContent":
        choices = [each for each in element if _local(each) == "Choice"]
        known = [each for each in choices if {*(each.get("Requires") or "").split()} <= each.nsmap.keys()]
        chosen = known[:1] or [each for each in element if _local(each) == "Fallback"][:1]
        for each in chosen:
            yield from _in_word(each, fields)
        return
    if tag == _W + "tr" and element.find(f"{_W}trPr/{_W}del") is not None:
        return
    if tag == _W + "tc" and element.find(f"{_W}tcPr/{_W}cellDel") is not None:
        return
    if tag == _W + "fldChar" and _is_in_its_place(element):
        kind = element.get(_W + "fldCharType")
        if kind == "begin":
            fields.append(False)
        elif kind == "separate" and fields:
            fields[-1] = True
        elif kind == "end" and fields:
            fields.pop()
    if (tag.startswith(_W) or _local(element) == "t") and element.text and all(fields):
        yield element.text
    for child in element:
        yield from _in_word(child, fields)
        if tag.startswith(_W) and child.tail and all(fields):
            yield child.tail


def _is_in_its_place(mark: Element) -> bool:
    """Whether the mark of a field stands in a run of a paragraph; elsewhere it is no mark."""
    above = [_local(each) for each in mark.iterancestors()][:2]
    return above[:1] == ["r"] and above[1] in (
        "p",
        "hyperlink",
        "ins",
        "moveTo",
        "smartTag",
        "sdtContent",
        "fldSimple",
        "Choice",
    )


# ---- text


def in_text(blob: bytes) -> list[str]:
    """The fields of a text file with commas."""
    for encoding in ("utf-8-sig", "utf-16" if blob.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "gb18030"):
        try:
            text = blob.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return []
    return [field for row in csv.reader(io.StringIO(text, newline="")) for field in row]


def plain(text: str) -> str:
    """A text without white space and without what an escape of a workbook stands for (归一)."""
    text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda mark: chr(int(mark[1], 16)), text)
    return "".join(text.split())
