"""The paragraphs of a Word file (Word 的段落): what a reader sees of them, with automatic numbers and page numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reportgen.word.asides import NOTE_MARKS, Aside, AsideKind, Notes, drawn, is_of_review, note, text_boxes
from reportgen.word.looks import Letters, Look
from reportgen.word.numbering import Numbering
from reportgen.word.parts import MC, Element, W, attribute
from reportgen.word.runs import Field, form_field, is_page, is_page_count, letter, open_fields
from reportgen.word.styles import StyleTable, Zones
from reportgen.word.walk import asks_to_fill_in, blocks, branch, cells, inline, is_formula, letters, plain_text, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters that are set alike (文本段).

    `page_number` is for those that Word counts, `shown` what it last counted; a `prompt` (提示文字) asks to fill in a
    content control that nobody has filled in yet; `page_count` is for how many pages there are, if the reader was
    asked for the whole. `pieces` are the children of the file's run with what each shows,
    if the reader was asked for them.
    """

    text: str
    letters: Letters
    page_number: bool = False
    shown: str = ""
    prompt: bool = False
    page_count: bool = False
    pieces: tuple[tuple[Element, str], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph as it is set (段落).

    `breaks_before` is a page break in front of its text, `breaks_after` one behind it; `mark` is how its end is set,
    which gives an empty one its height; `drawn` says that pictures or text boxes are anchored here. `label` is its
    automatic number, which an empty paragraph has too though no run; `asides` are what `runs` do not say. `elements`
    are where it stands in the file, if the reader was asked for them.

    Of a reader of the whole, `boxes` are the paragraphs of the text boxes that are anchored here, `drawings` all that
    is drawn, `breaks` the places in `text` where a page ends.
    """

    runs: tuple[Run, ...]
    look: Look
    mark: Letters
    breaks_before: bool = False
    breaks_after: bool = False
    drawn: bool = False
    section: Element | None = None
    label: str = ""
    asides: tuple[Aside, ...] = ()
    elements: tuple[Element, ...] = field(default=(), compare=False, repr=False)
    boxes: tuple[Paragraph, ...] = ()
    drawings: tuple[Element, ...] = field(default=(), compare=False, repr=False)
    breaks: tuple[int, ...] = ()
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


# Word nests no more than 20 fields; each letter asks all those around it.
_DEEPEST = 50
_DRAWINGS = frozenset({W + "drawing", W + "pict", W + "object", W + "contentPart"})


@dataclass(slots=True)
class TextReader:
    """Reads paragraphs one behind the other, because lists count (段落读取器).

    `prompts` says that there are controls that ask to be filled in; `told` are the elements with letters that came
    up, as text or as an aside. `traces` asks for the elements that runs and paragraphs come from; `whole` for what
    stands beside the text in full: text boxes with their paragraphs, drawings, numbers of pages as such.
    """

    styles: StyleTable
    numbering: Numbering
    notes: Notes = field(default_factory=dict)
    prompts: bool = False
    told: set[Element] = field(default_factory=set)
    traces: bool = False
    whole: bool = False

    def counts_pages(self, instruction: str) -> bool:
        """Whether a field stands for something that Word counts (页码或页数), not for the text that it last had."""
        return is_page(instruction) or (self.whole and is_page_count(instruction))

    def paragraph(self, elements: Sequence[Element], table: str | None = None, zones: Zones = ()) -> Paragraph:
        """One paragraph, in the table style `table` if it stands in one.

        Where the marks between several were deleted, they are one paragraph, set as the last of them says.
        """
        ppr = elements[-1].find(W + "pPr")
        look = self.styles.look(ppr, table, zones)
        mark = None if ppr is None else ppr.find(W + "rPr")
        reading = _Reading(self, look.style, table, zones)
        reading.read([piece for element in elements for piece in inline(element)])
        set_as = self.styles.letters(look.style, mark, table, zones)
        # What is hidden with its mark takes no room, and no number.
        counts = look.numbering and (reading.runs or not set_as.hidden)
        label = self._label(look, mark, table, zones) if counts else None
        # An empty paragraph of a list counts but is judged as the empty one it is.
        numbered = label is not None and any(run.text.strip() for run in reading.runs)
        breaks = (found for element in reversed(elements) if (found := element.find(f"{W}pPr/{W}sectPr")) is not None)
        return Paragraph(
            runs=(label, *reading.runs) if label and numbered else tuple(reading.runs),
            look=look,
            mark=set_as,
            breaks_before=reading.breaks_before,
            breaks_after=reading.breaks_after,
            drawn=reading.drawn,
            section=next(breaks, None),
            label="" if label is None or label.letters.hidden else label.text,
            asides=tuple(reading.asides),
            elements=tuple(elements) if self.traces else (),
            boxes=tuple(reading.boxes),
            drawings=tuple(reading.drawings),
            breaks=tuple(at + (len(label.text) if label and numbered else 0) for at in reading.breaks),
        )

    def paragraphs(self, parent: Element) -> Iterator[Paragraph]:
        """All paragraphs of a text box or a note, those of its tables too."""
        for found in blocks(parent):
            if found[0].tag == W + "p":
                yield self.paragraph(found)
            else:
                for row in rows(found[0]):
                    for cell in cells(row):
                        yield from self.paragraphs(cell)

    def _label(self, look: Look, mark: Element | None, table: str | None, zones: Zones) -> Run | None:
        """The automatic number."""
        counted = look.numbering and self.numbering.next(*look.numbering)
        if not counted or not counted[0]:
            return None
        text, level = counted
        own = mark if level.rpr is None else level.rpr
        return Run(text=text, letters=self.styles.letters(look.style, own, table, zones))


@dataclass(slots=True)
class _Reading:
    """What has been read of one paragraph, and whether a field's instruction is being read."""

    reader: TextReader
    style: str
    table: str | None
    zones: Zones
    runs: list[Run] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    breaks_before: bool = False
    breaks_after: bool = False
    drawn: bool = False
    boxes: list[Paragraph] = field(default_factory=list)
    drawings: list[Element] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    _run_text: str = ""
    _fields: list[Field] = field(default_factory=list)
    _endless: frozenset[Element] = frozenset()

    def read(self, pieces: Sequence[Element]) -> None:
        """The runs of a paragraph; deleted text is no text."""
        self._endless = open_fields(pieces)
        for piece in pieces:
            self._piece(piece)
        # A number whose field does not end here is no less a number.
        for each in self._fields:
            if each.shown:
                self._page_number(each.rpr, each.shown, is_page_count(each.instruction))

    def _piece(self, piece: Element) -> None:
        if piece.tag == W + "r":
            self._run(piece)
        elif is_formula(piece):
            self.asides.append(Aside(AsideKind.FORMULA, plain_text(piece)))
            self.reader.told.update(letters(piece))
        elif self.reader.counts_pages(instruction := attribute(piece, "instr") or ""):
            first = piece.find(W + "r")
            self.reader.told.update(letters(piece))
            rpr = None if first is None else first.find(W + "rPr")
            self._page_number(rpr, plain_text(piece), is_page_count(instruction))
        else:
            for inner in inline(piece):
                self._piece(inner)

    def _set_as(self, rpr: Element | None) -> Letters:
        return self.reader.styles.letters(self.style, rpr, self.table, self.zones)

    def _page_number(self, rpr: Element | None, shown: str, count: bool) -> None:
        set_as = self._set_as(rpr)
        self.runs.append(Run(text="1", letters=set_as, page_number=True, shown=shown, page_count=count))

    def _run(self, element: Element) -> None:
        rpr = element.find(W + "rPr")
        set_as = self._set_as(rpr)
        self._run_text = ""
        pieces: list[tuple[Element, str]] = []
        for child in element:
            if found := "".join(self._pieces((child,), rpr)):
                pieces.append((child, found))
                self._run_text += found
        text = "".join(found for _, found in pieces)
        if not text:
            return
        if set_as.hidden:
            self.asides.append(Aside(AsideKind.HIDDEN, text))
            return
        prompt = self.reader.prompts and asks_to_fill_in(element)
        kept = tuple(pieces) if self.reader.traces else ()
        self.runs.append(Run(text=text, letters=set_as, prompt=prompt, pieces=kept))
        self.breaks_after = self.breaks_after and not text.strip()

    def _pieces(self, children: Iterable[Element], rpr: Element | None) -> Iterator[str]:
        for child in children:
            tag = child.tag
            if tag == W + "fldChar":
                yield self._field_mark(child, rpr)
            elif tag == W + "instrText":
                if self._fields:
                    self._fields[-1].instruction += child.text or ""
            elif tag == W + "br" and attribute(child, "type") in ("page", "column"):
                self._page_break()
            elif tag in _DRAWINGS:
                self._drawing(child)
            elif tag == MC + "AlternateContent":
                # A drawing, or a letter that only new programs have in their faces.
                chosen = branch(child)
                yield from () if chosen is None else self._pieces(chosen, rpr)
            elif tag in NOTE_MARKS:
                if not is_of_review(child, self.reader.notes):
                    self.asides.append(note(child, self.reader.notes))
            elif tag == W + "ruby":
                yield from self._ruby(child, rpr)
            else:
                yield self._letter(child, rpr)

    def _letter(self, child: Element, rpr: Element | None) -> str:
        if child.tag == W + "t":
            self.reader.told.add(child)
        if self._reads_text():
            return letter(child)
        if child.tag == W + "t" and all(each.shows for each in self._fields):
            page = next(each for each in self._fields if self.reader.counts_pages(each.instruction))
            page.shown += child.text or ""
            page.rpr = rpr
        return ""

    def _drawing(self, element: Element) -> None:
        self.drawn = True
        found, told = drawn(element)
        self.asides += found
        if not self.reader.whole:
            self.reader.told.update(told)
            return
        self.drawings.append(element)
        for box in text_boxes(element):
            self.boxes += self.reader.paragraphs(box)

    def _ruby(self, element: Element, rpr: Element | None) -> Iterator[str]:
        """The text under a reading aid (拼音指南); the aid itself stands aside."""
        for base in element.iterchildren(W + "rubyBase"):
            for run in base.iter(W + "r"):
                yield from self._pieces(run, rpr)
        for aid in element.iterchildren(W + "rt"):
            self.asides.append(Aside(AsideKind.RUBY, plain_text(aid)))
            self.reader.told.update(letters(aid))

    def _page_break(self) -> None:
        self.breaks.append(sum(len(run.text) for run in self.runs) + len(self._run_text))
        if any(run.text.strip() for run in self.runs):
            self.breaks_after = True
        else:
            self.breaks_before = True

    def _reads_text(self) -> bool:
        """Whether text here is seen: neither an instruction nor the result of a page number."""
        return all(each.shows and not self.reader.counts_pages(each.instruction) for each in self._fields)

    def _field_mark(self, element: Element, rpr: Element | None) -> str:
        match attribute(element, "fldCharType"):
            case "begin" if element not in self._endless and len(self._fields) < _DEEPEST:
                shown = form_field(element) if self._reads_text() else ""
                self._fields.append(Field(rpr=rpr))
                return shown
            case "separate" if self._fields:
                self._fields[-1].shows = True
            case "end" if self._fields:
                ended = self._fields.pop()
                if self.reader.counts_pages(ended.instruction) and self._reads_text():
                    self._page_number(ended.rpr, ended.shown, is_page_count(ended.instruction))
        return ""
