"""The letters of a run (文本段里的字): marks, symbols, fields that Word fills in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.word.parts import Element, W, attribute, children, number, switched, value

_MARKS = {W + "tab": "\t", W + "ptab": "\t", W + "cr": "\n", W + "br": "\n", W + "noBreakHyphen": "-"}

# What the symbol faces draw, by face and code: the marks that people tick and list with.
_DINGBATS = {
    "wingdings": {0x6C: "●", 0x6E: "■", 0x6F: "□", 0x75: "◆", 0xA7: "▪", 0xA8: "◻", 0xD8: "➢", 0xFB: "✗", 0xFC: "✓",
                  0xFD: "☒", 0xFE: "☑"},
    "wingdings 2": {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0xA3: "□"},
    "symbol": {0xB7: "•", 0xB1: "±", 0xB3: "≥", 0xA3: "≤", 0xB4: "×", 0xB8: "÷", 0xB0: "°"},
}  # fmt: skip


def letter(element: Element) -> str:
    """What a child of a run shows (字符); nothing for what is no letter."""
    tag = str(element.tag)
    if tag == W + "t":
        return element.text or ""
    if tag == W + "sym":
        return symbol(attribute(element, "font") or "", attribute(element, "char") or "")
    if tag.endswith("}symEx"):
        # A letter beyond the first plane that Word keeps for programs of its own day.
        code = next((text for name, text in element.attrib.items() if name.endswith("}char")), "")
        return _character(code)
    return _MARKS.get(tag, "")


def symbol(face: str, code: str) -> str:
    """A symbol (符号) of a symbol face as the letter that looks like it; an unknown one as its own code."""
    found = _character(code)
    return _DINGBATS.get(face.casefold(), {}).get(ord(found) & 0xFF, found) if found else ""


def _character(code: str) -> str:
    if not 4 <= len(code) <= 6 or code.strip("0123456789abcdefABCDEF"):
        return ""
    point = int(code, 16)
    return chr(point) if point < 0xD800 or 0xE000 <= point < 0xFFFE or 0x10000 <= point < 0x110000 else ""


@dataclass(slots=True)
class Field:
    """A field (域) that is being read; its number looks like what Word last put there."""

    instruction: str = ""
    shows: bool = False
    shown: str = ""
    rpr: Element | None = None


def is_page(instruction: str) -> bool:
    """Whether a field counts pages (页码域)."""
    return instruction.split()[:1] in (["PAGE"], ["page"], ["Page"])


def is_page_count(instruction: str) -> bool:
    """Whether a field says how many pages there are (页数域)."""
    return instruction.split()[:1] in ([name] for name in ("NUMPAGES", "SECTIONPAGES", "numpages", "sectionpages"))


def open_fields(pieces: Sequence[Element]) -> frozenset[Element]:
    """The beginnings of fields (没有写完的域) that neither show anything nor end in the paragraph.

    What follows such a one is no instruction that could be told from text.
    """
    begun: list[Element] = []
    shows: set[Element] = set()
    for piece in pieces:
        for mark in piece.iter(W + "fldChar"):
            kind = attribute(mark, "fldCharType")
            if kind == "begin":
                begun.append(mark)
            elif kind == "separate" and begun:
                shows.add(begun[-1])
            elif kind == "end" and begun:
                begun.pop()
    return frozenset(set(begun) - shows)


def form_field(begin: Element) -> str:
    """What an old form field (旧式窗体域) shows that has no text: a box to tick, the choice of a list."""
    data = begin.find(W + "ffData")
    box = None if data is None else data.find(W + "checkBox")
    if box is not None:
        ticked = next((found for name in ("checked", "default") if (found := box.find(W + name)) is not None), None)
        return "☑" if ticked is not None and switched(ticked) else "□"
    choices = None if data is None else data.find(W + "ddList")
    if choices is None:
        return ""
    index = number(value(choices, "result") or value(choices, "default") or "0") or 0
    listed = [attribute(entry) or "" for entry in children(choices, "listEntry")]
    return listed[int(index)] if 0 <= index < len(listed) else ""
