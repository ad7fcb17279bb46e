"""The texts of a PDF's pages by their marks (标记内容): what each tag can hold, what none does, what is an artifact.

The letters are taken from the content streams by the faces' own ToUnicode tables. A reader of pages would guess
spaces and throw out letters that stand upon each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_OPERATORS = "BMC BDC EMC Tf Tj TJ ' \" Do"
# Forms within forms are followed so far: a file may hold one that draws itself.
_DEEPEST_FORM = 4


@dataclass
class MarkedTexts:
    """The texts of a page (一页的文字): by marked content id, outside of any mark, and each artifact's."""

    tagged: dict[int, str] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    artifacts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Mark:
    """An open mark: the tag's id or an artifact, and whether its text is given in place of the letters drawn."""

    mcid: int | None = None
    artifact: bool = False
    replaced: bool = False


def marked_texts(pages: Sequence[Any]) -> list[MarkedTexts]:
    """What stands in which mark of each page (各标记的文字) of one file."""
    found = [MarkedTexts() for _ in pages]
    known: dict[Any, _Face] = {}
    for page, texts in zip(pages, found, strict=True):
        _Reader(texts, known).read(page.obj, page.resources, 0)
    return found


class _Reader:
    """Goes through a page's content and the forms that it draws (内容流)."""

    def __init__(self, found: MarkedTexts, known: dict[Any, _Face]) -> None:
        self._found = found
        self._known = known
        self._marks: list[_Mark] = []

    def read(self, content: Any, resources: Any, depth: int) -> None:
        import pikepdf

        faces = {name: self._face(face) for name, face in resources.get("/Font", {}).items()}
        opened = len(self._marks)
        face = _Face({})
        said: Any = pikepdf.parse_content_stream(content, _OPERATORS)
        for operands, operator in said:
            match str(operator):
                case "BMC" | "BDC":
                    self._open(str(operands[0]), _properties(operands, resources))
                case "EMC":
                    if len(self._marks) > opened:
                        self._marks.pop()
                case "Tf":
                    face = faces.get(str(operands[0]), face)
                case "Do":
                    form = resources.get("/XObject", {}).get(operands[0])
                    if form is not None and form.get("/Subtype") == "/Form" and depth < _DEEPEST_FORM:
                        self.read(form, form.get("/Resources", resources), depth + 1)
                case _:
                    self._show(face.shown(operands[-1]))
        del self._marks[opened:]

    def _face(self, face: Any) -> _Face:
        """Each face of the file is read once: every page names it anew."""
        if not face.is_indirect:
            return _Face(face)
        if face.objgen not in self._known:
            self._known[face.objgen] = _Face(face)
        return self._known[face.objgen]

    def _open(self, name: str, properties: Any) -> None:
        mcid = int(properties.MCID) if "/MCID" in properties else None
        artifact = name == "/Artifact"
        said = properties.get("/ActualText")
        if artifact and not any(mark.artifact for mark in self._marks):
            self._found.artifacts.append("")
        self._marks.append(_Mark(mcid, artifact))
        if said is not None:
            self._show(str(said))
            self._marks[-1] = _Mark(mcid, artifact, replaced=True)

    def _show(self, text: str) -> None:
        if any(mark.replaced for mark in self._marks):
            return
        mark = next((mark for mark in reversed(self._marks) if mark.artifact or mark.mcid is not None), None)
        if mark is None:
            self._found.loose.append(text)
        elif mark.artifact:
            self._found.artifacts[-1] += text
        elif mark.mcid is not None:
            self._found.tagged[mark.mcid] = self._found.tagged.get(mark.mcid, "") + text


def _properties(operands: Any, resources: Any) -> Any:
    """What a mark says of itself, there or under a name among the page's resources."""
    import pikepdf

    said = operands[1] if len(operands) > 1 else {}
    return resources.get("/Properties", {}).get(said, {}) if isinstance(said, pikepdf.Name) else said


class _Face:
    """How a face's codes are read as text (字体的文字表): two bytes each, or one in an old kind of face."""

    def __init__(self, face: Any) -> None:
        self._breadth = 2 if face.get("/Subtype", "/Type0") == "/Type0" else 1
        self._texts = dict(_to_unicode(face.ToUnicode.read_bytes().decode("latin-1"))) if "/ToUnicode" in face else {}

    def shown(self, operand: Any) -> str:
        """The letters of a text operator; one without a letter is shown as �."""
        import pikepdf

        strings = [operand] if isinstance(operand, pikepdf.String) else operand
        codes = b"".join(bytes(item) for item in strings if isinstance(item, pikepdf.String))
        steps = range(0, len(codes), self._breadth)
        return "".join(self._texts.get(int.from_bytes(codes[at : at + self._breadth]), "\ufffd") for at in steps)


_SECTION = re.compile(r"beginbf(char|range)(.*?)endbf", re.S)
_ITEM = re.compile(r"<([0-9a-fA-F\s]*)>|(\[)[^\]]*\]")


def _to_unicode(table: str) -> Iterator[tuple[int, str]]:
    """A face's table from code to text: single entries, and ranges that count up."""
    for kind, body in _SECTION.findall(table):
        items = [("".join(code.split()), bracket) for code, bracket in _ITEM.findall(body)]
        if kind == "char":
            for (code, _), (text, _) in zip(items[::2], items[1::2], strict=False):
                yield int(code, 16), _letters(text)
            continue
        lists = iter(re.findall(r"\[([^\]]*)\]", body))
        for (first, _), (last, _), (text, bracket) in zip(items[::3], items[1::3], items[2::3], strict=False):
            codes = range(int(first, 16), int(last, 16) + 1)
            if bracket:
                yield from zip(codes, map(_letters, re.findall(r"<([0-9a-fA-F]+)>", next(lists))), strict=False)
            else:
                start = _letters(text)
                yield from ((code, start[:-1] + chr(ord(start[-1]) + step)) for step, code in enumerate(codes))


def _letters(code: str) -> str:
    return bytes.fromhex(code).decode("utf-16-be", "replace")
