"""The parts of a Word file (Word 文件的部件): XML, relationships, values; damage gives nothing, no fault."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Element: TypeAlias = Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DOCUMENT = "word/document.xml"


@dataclass(frozen=True, slots=True)
class Parts:
    """The open package (文件包)."""

    archive: zipfile.ZipFile
    names: frozenset[str]

    def xml(self, name: str) -> Element | None:
        """The root of a part; None if it is missing or beyond reading."""
        from lxml import etree

        blob = self.blob(name)
        if blob is None:
            return None
        try:
            # `recover` keeps what can be read of a torn part.
            return etree.fromstring(blob, _parser(recover=True))
        except (etree.XMLSyntaxError, ValueError):
            return None

    def blob(self, name: str) -> bytes | None:
        """The bytes of a part; None if it is missing or damaged."""
        if name not in self.names:
            return None
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, ValueError):
            return None

    def is_whole(self, name: str) -> bool:
        """Whether `xml` gives all of a part, none of it left out as torn, too deep or too long."""
        from lxml import etree

        try:
            etree.fromstring(self.archive.read(name), _parser(recover=False))
        except (etree.XMLSyntaxError, ValueError):
            return False
        return True

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Kind and target of each relationship of a part, by its id."""
        folder, _, file = name.rpartition("/")
        root = self.xml(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found: dict[str, tuple[str, str]] = {}
        for relation in () if root is None else root.iter(_RELATION):
            target = str(relation.get("Target"))
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[str(relation.get("Id"))] = (str(relation.get("Type")).rpartition("/")[2], path)
        return found

    @property
    def main(self) -> str:
        """The name of the part that holds the text."""
        for kind, target in self.relations("").values():
            if kind == "officeDocument" and target in self.names:
                return target
        return _DOCUMENT


def _parser(*, recover: bool) -> Any:
    from lxml import etree

    # No entities and no network: the file is a stranger's. A remark in the XML must not part a text in two.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def open_parts(blob: bytes) -> Parts:
    """The package of a Word file; the door has refused what is no package."""
    archive = zipfile.ZipFile(io.BytesIO(blob))
    return Parts(archive, frozenset(archive.namelist()))


def attribute(element: Element | None, name: str = "val") -> str | None:
    """A value of the element, None without element or value."""
    return None if element is None else element.get(W + name)


def value(element: Element | None, path: str, name: str = "val") -> str | None:
    """A value of a descendant: `path` is `pPr/pStyle`."""
    for step in path.split("/"):
        if element is None:
            return None
        element = element.find(W + step)
    return attribute(element, name)


def switched(element: Element) -> bool:
    """Whether a switch (开关) is on: it is unless it says no."""
    return element.get(W + "val") not in ("0", "false", "off", "none")


def switch(parent: Element | None, name: str) -> bool | None:
    """A child that is a switch; None if it is not there."""
    found = None if parent is None else parent.find(W + name)
    return None if found is None else switched(found)


# Ten metres: what is beyond is no length of a document, and arithmetic must not fall over it.
_FARTHEST = 567_000
_LENGTH = re.compile(r"\s*([+-]?\d{1,12}(?:\.\d{1,12})?)\s*(pt|cm|mm|in|pc|pi)?\s*$")
_TWIPS = {"pt": 20.0, "cm": 567.0, "mm": 56.7, "in": 1440.0, "pc": 240.0, "pi": 240.0}


def number(text: str | None) -> float | None:
    """A number or a length in the file's own unit, mostly twips; None for what is none."""
    match = _LENGTH.match(text or "")
    if not match:
        return None
    found = float(match[1]) * _TWIPS.get(match[2] or "", 1.0)
    return max(-float(_FARTHEST), min(float(_FARTHEST), found))


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The children of those names, in order."""
    if element is not None:
        yield from element.iterchildren(*(W + name for name in names))
