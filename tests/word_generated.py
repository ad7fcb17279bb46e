"""Word files by chance (随机生成的 Word 文件), and what of each letter must become: read, told, or nothing.

Every `w:t` holds one letter that no other has. What must become of it is told by its ancestors alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from enum import Enum
from random import Random
from xml.etree import ElementTree
from zipfile import ZipFile

from tests.word_returns import (
    GO_ON,
    HIDDEN,
    MARK_GONE,
    NAMESPACES,
    NUMBERED,
    RESTART,
    ROW_GONE,
    box,
    complex_field,
    ins,
    mark,
    p,
    run,
    sdt,
    span,
    t,
    tbl,
    tc,
    tr,
    word_return,
)

_BY = 'w:id="1" w:author="某"'


class Author:
    """Writes one file by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.letters = 0

    def letter(self) -> str:
        self.letters += 1
        return chr(0x3400 + self.letters)  # rare ones, which no message has

    def file(self) -> bytes:
        body = "".join(self.block(0) for _ in range(self.chance.randint(2, 4)))
        return word_return(body + p("。"))

    def block(self, depth: int) -> str:
        kind = self.chance.random()
        if depth < 2 and kind < 0.35:
            return self.table(depth + 1)
        if depth < 2 and kind < 0.42:
            return sdt(self.block(depth + 1))
        return self.paragraph(depth)

    def paragraph(self, depth: int) -> str:
        said = [NUMBERED] if self.chance.random() < 0.15 else []
        said += [MARK_GONE] if self.chance.random() < 0.15 else []
        return p(*(self.inline(depth) for _ in range(self.chance.randint(0, 3))), ppr="".join(said))

    def inline(self, depth: int) -> str:
        def inner() -> str:
            return self.inline(depth + 1) if depth < 4 else t(self.letter())

        def two() -> str:
            return run(f"<w:t>{self.letter()}</w:t><w:tab/><w:t>{self.letter()}</w:t>")

        def paragraph() -> str:
            return p(inner())

        ways = (
            lambda: t(self.letter()),
            two,
            lambda: t(self.letter(), HIDDEN),
            lambda: t(self.letter(), '<w:rStyle w:val="Veil"/>'),
            lambda: ins(inner()),
            lambda: f"<w:del {_BY}>{t(self.letter())}</w:del>",
            lambda: f"<w:moveFrom {_BY}>{t(self.letter())}</w:moveFrom>",
            lambda: f"<w:moveTo {_BY}>{inner()}</w:moveTo>",
            lambda: sdt(inner() + inner()),
            lambda: f"<w:hyperlink>{inner()}</w:hyperlink>",
            lambda: f'<w:smartTag w:element="x">{inner()}</w:smartTag>',
            lambda: f'<w:fldSimple w:instr="X">{inner()}</w:fldSimple>',
            lambda: complex_field("X", inner() + inner()),
            lambda: mark("begin") + complex_field("Y", t(self.letter())) + mark("separate") + inner() + mark("end"),
            lambda: mark("begin") + inner() + mark("end") if depth > 3 else t(self.letter()),
            lambda: box(paragraph()),
            lambda: run(
                f"<w:ruby><w:rt><w:r><w:t>{self.letter()}</w:t></w:r></w:rt>"
                f"<w:rubyBase><w:r><w:t>{self.letter()}</w:t></w:r></w:rubyBase></w:ruby>"
            ),
            lambda: (
                f'<mc:AlternateContent><mc:Choice Requires="w">{inner()}</mc:Choice>'
                f"<mc:Fallback>{t(self.letter())}</mc:Fallback></mc:AlternateContent>"
            ),
            lambda: f"<x:odd>{inner()}</x:odd>",
        )
        return self.chance.choice(ways)()

    def table(self, depth: int) -> str:
        columns = self.chance.randint(1, 4)
        rows = []
        for _ in range(self.chance.randint(1, 3)):
            cells, left = [], columns
            while left:
                width = self.chance.randint(1, left)
                left -= width
                cells.append(self.cell(width, depth))
            said = self.chance.choice(["", "", "", "", "", "", ROW_GONE, "<w:hidden/>"])
            row = tr(*cells, trpr=said)
            rows.append(sdt(row) if self.chance.random() < 0.1 else row)
        return tbl(*rows)

    def cell(self, width: int, depth: int) -> str:
        gone = f"<w:cellDel {_BY}/>"
        said = self.chance.choice(["", "", "", "", "", RESTART, GO_ON, gone])
        inside = (self.block(depth) for _ in range(self.chance.randint(1, 2)))
        cell = tc(*inside, tcpr=span(width) + said)
        return sdt(cell) if self.chance.random() < 0.1 else cell


class Fate(Enum):
    """What must become of a letter (去向)."""

    READ = "read"
    TOLD = "told"
    READ_OR_TOLD = "read or told"
    NOT_READ = "not read"
    GONE = "gone"


def fates(blob: bytes) -> dict[str, Fate]:
    """Every letter of the body in order, and what must become of it."""
    with ZipFile(io.BytesIO(blob)) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    found: dict[str, Fate] = {}
    for letter, fate in _fates(root, [], []):
        # A text box stands in the file twice, the second time for old programs.
        found.setdefault(letter, fate)
    return found


def _named(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _has(element: ElementTree.Element, path: str) -> bool:
    return element.find(path, NAMESPACES) is not None


def _fates(
    element: ElementTree.Element, above: list[ElementTree.Element], fields: list[bool]
) -> Iterator[tuple[str, Fate]]:
    if element.tag == _named("w:fldChar"):
        kind = element.get(_named("w:fldCharType"))
        if kind == "begin":
            fields.append(False)
        elif kind == "separate":
            fields[-1] = True
        else:
            fields.pop()
    if element.tag in (_named("w:t"), _named("m:t")):
        for letter in element.text or "":
            yield letter, _fate(above, all(fields))
    for child in element:
        yield from _fates(child, [*above, element], fields)


def _fate(above: list[ElementTree.Element], result: bool) -> Fate:
    tags = {element.tag for element in above}
    rows = [element for element in above if element.tag == _named("w:tr")]
    cells = [element for element in above if element.tag == _named("w:tc")]
    gone = tags & {_named("w:del"), _named("w:moveFrom"), _named("mc:Fallback")}
    if gone or any(_has(row, "w:trPr/w:del") for row in rows) or any(_has(cell, "w:tcPr/w:cellDel") for cell in cells):
        return Fate.GONE
    told = tags & {_named("w:txbxContent"), _named("w:rt"), _named("m:oMath"), _named("x:odd")}
    runs = [element for element in above if element.tag == _named("w:r")]
    hidden = any(_has(each, "w:rPr/w:vanish") or _has(each, "w:rPr/w:rStyle") for each in runs)
    beside = bool(told) or hidden
    if not result:
        # An instruction; warnings say what stands in a box as it stands there.
        return Fate.NOT_READ if beside else Fate.GONE
    if beside:
        return Fate.TOLD
    covered = any(
        _has(cell, "w:tcPr/w:vMerge") and not _has(cell, 'w:tcPr/w:vMerge[@{*}val="restart"]') for cell in cells
    )
    return Fate.READ_OR_TOLD if covered else Fate.READ
