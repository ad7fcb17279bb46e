"""The paragraphs of a Word file (Word 的段落): what a reader sees of them, with automatic numbers and page numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reportgen.word.looks import Letters, Look
from reportgen.word.numbering import Numbering
from reportgen.word.parts import MC, Element, W, attribute
from reportgen.word.styles import StyleTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters that are set alike (文本段); `page_number` for those that Word counts."""

    text: str
    letters: Letters
    page_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph as it is set (段落).

    `breaks_before` is a page break in front of its text, `breaks_after` one behind it; `mark` is how its end is set,
    which gives an empty one its height; `drawn` says that pictures or text boxes are anchored here.
    """

    runs: tuple[Run, ...]
    look: Look
    mark: Letters
    breaks_before: bool = False
    breaks_after: bool = False
    drawn: bool = False
    section: Element | None = None
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", "".join(run.text for run in self.runs))

    @property
    def empty(self) -> bool:
        """Whether a reader sees nothing here."""
        return not self.text.strip() and not self.drawn

    @property
    def letters(self) -> Letters:
        """How most of its letters are set."""
        return max(self.runs, key=lambda run: len(run.text.strip())).letters if self.runs else self.mark


_INTO = frozenset(W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "dir", "bdo"))
_DRAWINGS = frozenset({W + "drawing", W + "pict", W + "object", MC + "AlternateContent"})
_MARKS = {W + "tab": "\t", W + "cr": "\n", W + "noBreakHyphen": "-", W + "softHyphen": ""}


@dataclass(slots=True)
class TextReader:
    """Reads paragraphs one behind the other, because lists count (段落读取器)."""

    styles: StyleTable
    numbering: Numbering

    def paragraph(self, element: Element, table: str | None = None, first_row: bool = False) -> Paragraph:
        """One paragraph, in the table style `table` if it stands in one."""
        ppr = element.find(W + "pPr")
        look = self.styles.look(ppr, table, first_row)
        mark = None if ppr is None else ppr.find(W + "rPr")
        reading = _Reading(self.styles, look.style, table, first_row)
        reading.read(element)
        runs = self._label(look, mark, table, first_row, reading.runs) if look.numbering else ()
        return Paragraph(
            runs=(*runs, *reading.runs),
            look=look,
            mark=self.styles.letters(look.style, mark, table, first_row),
            breaks_before=reading.breaks_before,
            breaks_after=reading.breaks_after,
            drawn=reading.drawn,
            section=None if ppr is None else ppr.find(W + "sectPr"),
        )

    def _label(
        self, look: Look, mark: Element | None, table: str | None, first_row: bool, runs: Sequence[Run]
    ) -> tuple[Run, ...]:
        """The automatic number; an empty paragraph of a list counts but is judged as the empty one it is."""
        counted = look.numbering and self.numbering.next(*look.numbering)
        if not counted or not any(run.text.strip() for run in runs):
            return ()
        text, level = counted
        own = mark if level.rpr is None else level.rpr
        return (Run(text=text, letters=self.styles.letters(look.style, own, table, first_row)),) if text else ()


@dataclass(slots=True)
class _Field:
    """A field (域) that is being read; its number looks like what Word last put there."""

    instruction: str = ""
    shows: bool = False
    rpr: Element | None = None


@dataclass(slots=True)
class _Reading:
    """What has been read of one paragraph, and whether a field's instruction is being read."""

    styles: StyleTable
    style: str
    table: str | None
    first_row: bool
    runs: list[Run] = field(default_factory=list)
    breaks_before: bool = False
    breaks_after: bool = False
    drawn: bool = False
    _fields: list[_Field] = field(default_factory=list)

    def read(self, parent: Element) -> None:
        """The runs of a paragraph or of what stands in one; deleted text is no text."""
        for child in parent:
            tag = child.tag
            if tag == W + "r":
                self._run(child)
            elif tag in _INTO:
                self.read(child)
            elif tag == W + "sdt":
                for content in child.iterchildren(W + "sdtContent"):
                    self.read(content)
            elif tag == W + "fldSimple":
                self._simple_field(child)
            elif tag == MC + "AlternateContent":
                for choice in child.iterchildren(MC + "Choice"):
                    self.read(choice)
                    break

    def _simple_field(self, element: Element) -> None:
        if not _is_page(attribute(element, "instr") or ""):
            self.read(element)
            return
        first = element.find(W + "r")
        self._page_number(None if first is None else first.find(W + "rPr"))

    def _page_number(self, rpr: Element | None) -> None:
        letters = self.styles.letters(self.style, rpr, self.table, self.first_row)
        self.runs.append(Run(text="1", letters=letters, page_number=True))

    def _run(self, element: Element) -> None:
        rpr = element.find(W + "rPr")
        letters = self.styles.letters(self.style, rpr, self.table, self.first_row)
        text = "".join(self._pieces(element, rpr))
        if text and not letters.hidden:
            self.runs.append(Run(text=text, letters=letters))
            self.breaks_after = self.breaks_after and not text.strip()

    def _pieces(self, element: Element, rpr: Element | None) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag == W + "fldChar":
                self._field_mark(child, rpr)
            elif tag == W + "instrText":
                if self._fields:
                    self._fields[-1].instruction += child.text or ""
            elif tag == W + "br" and attribute(child, "type") in ("page", "column"):
                self._page_break()
            elif tag in _DRAWINGS:
                self.drawn = True
            elif self._reads_text():
                yield self._letter(child, tag)
            elif tag == W + "t" and self._fields[-1].shows:
                self._fields[-1].rpr = rpr

    @staticmethod
    def _letter(child: Element, tag: object) -> str:
        if tag == W + "t":
            return child.text or ""
        if tag == W + "br":
            return "\n"
        if tag == W + "sym":
            code = attribute(child, "char") or ""
            return chr(int(code, 16)) if len(code) == 4 and not code.strip("0123456789abcdefABCDEF") else ""
        return _MARKS.get(str(tag), "")

    def _page_break(self) -> None:
        if any(run.text.strip() for run in self.runs):
            self.breaks_after = True
        else:
            self.breaks_before = True

    def _reads_text(self) -> bool:
        """Whether text here is seen: neither an instruction nor the result of a page number."""
        return all(each.shows and not _is_page(each.instruction) for each in self._fields)

    def _field_mark(self, element: Element, rpr: Element | None) -> None:
        match attribute(element, "fldCharType"):
            case "begin":
                self._fields.append(_Field(rpr=rpr))
            case "separate" if self._fields:
                self._fields[-1].shows = True
            case "end" if self._fields:
                ended = self._fields.pop()
                if _is_page(ended.instruction) and self._reads_text():
                    self._page_number(ended.rpr)


def _is_page(instruction: str) -> bool:
    return instruction.split()[:1] in (["PAGE"], ["page"], ["Page"])
