"""A workbook as a package whose parts can be changed one by one (可改的工作簿): all others stay byte for byte.

openpyxl is no way to change a workbook of somebody else's: what it does not know (shapes, slicers, a conversation)
is gone when it saves.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from reportgen.ledger.files.package import check_workbook, damaged
from reportgen.limits import held
from reportgen.package import called, short, timeless
from reportgen.problems import InputError, Location, ReportError, error

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATION, _OVERRIDE = f"{{{_PACKAGE}relationships}}Relationship", f"{{{_PACKAGE}content-types}}Override"
_DEFAULT = f"{{{_PACKAGE}content-types}}Default"
_CONTENT_TYPES = "[Content_Types].xml"
_TRUE = ("1", "true", "on")


@dataclass(slots=True)
class OpenPackage:
    """A workbook that is being changed (正在修改的工作簿): its parts by name, those that were parsed as trees."""

    name: str
    parts: dict[str, bytes]
    main: str = ""
    sheets: dict[str, str] = field(default_factory=dict)
    _trees: dict[str, Any] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)

    def has(self, part: str) -> bool:
        """Whether there is such a part (有无此部分)."""
        return part in self.parts

    def tree(self, part: str) -> Any:
        """The root element of a part (解析); what is done to it counts only after `change`."""
        from lxml import etree

        if part not in self._trees:
            if self.parts[part].count(b"<") > held().tables.tags:
                what = f"「{called(self.name)}」里的单元格太多（多半是带格式的空白行列），没有改动"
                fix = "请删去多余的空白行列（整行整列删除），保存后再试"
                raise InputError([error("edit.too-large", what, fix, Location(file=self.name))])
            parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
            self._trees[part] = etree.fromstring(self.parts[part], parser)
        return self._trees[part]

    def change(self, part: str) -> Any:
        """The root element of a part that is going to be changed (修改)."""
        self._changed.add(part)
        return self.tree(part)

    def put(self, part: str, data: bytes) -> None:
        """Put a part there (放入), in place of the old one if there is one."""
        self.parts[part] = data
        self._trees.pop(part, None)
        self._changed.discard(part)

    def packed(self) -> bytes:
        """The whole workbook (打包), the same for the same parts."""
        from lxml import etree

        stream = BytesIO()
        with ZipFile(stream, "w", ZIP_STORED) as archive:
            for part, data in self.parts.items():
                if part in self._changed:
                    # With the comments and instructions that stand before the root.
                    tree = self._trees[part].getroottree()
                    data = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
                archive.writestr(part, data)
        return timeless(stream.getvalue())


@contextmanager
def open_package(blob: bytes, name: str) -> Iterator[OpenPackage]:
    """The workbook to be changed (打开修改); raises `InputError` for one that must not be changed.

    What breaks while it is open is told as a damaged file: nothing is half done.
    """
    check_workbook(blob, name)
    try:
        package = _opened(blob, name)
        _refuse_locked(package)
        yield package
    except ReportError:
        raise
    except Exception:
        # Broken XML, numbers that are none, parts that lack what they must have.
        raise damaged(name, "内部结构有误") from None


def _opened(blob: bytes, name: str) -> OpenPackage:
    with ZipFile(BytesIO(blob)) as archive:
        package = OpenPackage(name, {part: archive.read(part) for part in archive.namelist()})
    package.main = next(target for kind, _, target in relations(package, "") if kind == "officeDocument")
    targets = {each: target for kind, each, target in relations(package, package.main) if kind == "worksheet"}
    for sheet in package.tree(package.main).iter(MAIN + "sheet"):
        target = targets.get(sheet.get(f"{{{OFFICE}}}id") or "")
        if target is not None and package.has(target):
            package.sheets[sheet.get("name") or ""] = target
    return package


def _refuse_locked(package: OpenPackage) -> None:
    where = Location(file=package.name)
    if any(part.lower().startswith("_xmlsignatures/") for part in package.parts):
        what = f"「{called(package.name)}」有数字签名，改动会使签名失效，没有改动"
        raise InputError([error("edit.signed", what, "请先取消签名，或另存一份没有签名的再重试", where)])
    root = package.tree(package.main)
    sharing = root.find(MAIN + "fileSharing")
    if sharing is not None and ({"reservationPassword", "hashValue"} & set(sharing.keys())):
        what = f"「{called(package.name)}」设了修改密码，没有改动"
        raise InputError([error("edit.locked", what, "请用密码打开，取消修改密码后保存，再重试", where)])


def structure_is_locked(package: OpenPackage) -> bool:
    """Whether no sheet may be added (保护工作簿结构)."""
    protection = package.tree(package.main).find(MAIN + "workbookProtection")
    return protection is not None and protection.get("lockStructure") in _TRUE


def sheet_tree(package: OpenPackage, title: str, cell: str | None = None) -> Any:
    """The root element of a sheet (工作表), by its name; raises `InputError` if there is none or it is broken."""
    where = Location(file=package.name, sheet=title, cell=cell)
    if title not in package.sheets:
        what = f"「{called(package.name)}」里没有工作表「{short(title)}」，没有改动"
        raise InputError([error("edit.no-sheet", what, "请检查表名；文件改过的，请重新运行", where)])
    try:
        root = package.tree(package.sheets[title])
    except InputError:
        raise
    except Exception:
        raise damaged(package.name, f"工作表「{short(title)}」内部结构有误") from None
    if root.tag != MAIN + "worksheet" or root.find(MAIN + "sheetData") is None:
        raise damaged(package.name, f"工作表「{short(title)}」内部结构有误")
    return root


# ---- what belongs to what


def relations_part(part: str) -> str:
    """The part that tells what a part refers to (关系部分)."""
    folder, _, base = part.rpartition("/")
    return f"{folder}/_rels/{base}.rels".lstrip("/") if part else "_rels/.rels"


def relations(package: OpenPackage, part: str) -> Iterator[tuple[str, str, str]]:
    """What a part refers to (引用): kind, name of the reference, and the part, called as in this package."""
    rels = relations_part(part)
    if not package.has(rels):
        return
    names = {each.lower(): each for each in package.parts}
    for relation in package.tree(rels).iter(_RELATION):
        if relation.get("TargetMode") == "External":
            continue
        written = relation.get("Target") or ""
        target = written.lstrip("/") if written.startswith("/") else posixpath.join(posixpath.dirname(part), written)
        target = posixpath.normpath(target)
        kind = (relation.get("Type") or "").rpartition("/")[2]
        yield kind, relation.get("Id") or "", names.get(target.lower(), target)


def relate(package: OpenPackage, part: str, kind: str, target: str) -> str:
    """Let a part refer to another one (添加引用); the name of the reference."""
    rels = relations_part(part)
    if not package.has(rels):
        package.put(rels, f'<Relationships xmlns="{_PACKAGE}relationships"/>'.encode())
    root = package.change(rels)
    taken = {relation.get("Id") for relation in root.iter(_RELATION)}
    name = next(each for number in range(1, len(taken) + 2) if (each := f"rId{number}") not in taken)
    relation = root.makeelement(_RELATION, {"Id": name, "Type": f"{OFFICE}/{kind}", "Target": "/" + target})
    root.append(relation)
    return name


def add_part(package: OpenPackage, pattern: str, data: bytes, content_type: str = "") -> str:
    """Add a part under the first free name of a pattern such as `xl/comments{}.xml` (添加部分); its name.

    A part whose ending says what it is needs no `content_type`.
    """
    taken = {part.lower() for part in package.parts}
    number = 1
    while pattern.format(number).lower() in taken:
        number += 1
    part = pattern.format(number)
    package.put(part, data)
    if content_type:
        types = package.change(_CONTENT_TYPES)
        types.append(types.makeelement(_OVERRIDE, {"PartName": "/" + part, "ContentType": content_type}))
    return part


def known_ending(package: OpenPackage, ending: str, content_type: str) -> None:
    """Say once what parts of an ending are (登记扩展名), as Excel asks it of drawings of comments."""
    types = package.change(_CONTENT_TYPES)
    if not any((each.get("Extension") or "").lower() == ending for each in types.iter(_DEFAULT)):
        types.insert(0, types.makeelement(_DEFAULT, {"Extension": ending, "ContentType": content_type}))
