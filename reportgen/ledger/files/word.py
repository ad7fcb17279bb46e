"""Returns in Word (Word 反馈文件): their tables and passages as Word shows them, with a warning for all else in them.

Tracked changes are taken as accepted. What Word shows beside the running text, or hides in it, is not read as data,
but each such thing is told with its place and its first words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from reportgen.ledger.files.contents import Block, Contents, Passage
from reportgen.ledger.files.word_grid import slots
from reportgen.ledger.tables import Cell, Table
from reportgen.package import DOCUMENTS, DOCX, WORD_FILE, called, file_kind, refuse_temporary, short, wrong_kind
from reportgen.problems import InputError, Location, Outcome, Problem, error, warning
from reportgen.word import tables as word
from reportgen.word.asides import Aside, AsideKind
from reportgen.word.file import WordFile, read_word
from reportgen.word.grid import Slot
from reportgen.word.opening import check_word_file, has_words, refuse_half_read
from reportgen.word.text import Paragraph, Run

# So many warnings of one kind are told one by one; a file with more needs another look as a whole.
_TOLD_OF_A_KIND = 40
# So much of a text stands in its warning.
_SHOWN = 120
_OTHER_FILE = re.compile(rb"<(?:\w+:)?(?:altChunk|subDoc)\b")


def read_word_contents(blob: bytes, name: str) -> Outcome[Contents]:
    """The contents (内容) of a Word file; what is no sound Word file is refused by name, with what to do."""
    main = check_word(blob, name)
    reading = _Reading(name)
    reading.read(read_word(blob))
    if not reading.blocks and not (reading.asides or has_words(main)):
        what = f"「{called(name)}」里没有文字（可能是空白文件）"
        raise InputError([error("file.no-text", what, "请检查是不是选错了文件", Location(file=name))])
    return Outcome(Contents(name, tuple(reading.blocks)), tuple(reading.problems()))


def check_word(blob: bytes, name: str) -> bytes:
    """Raise `InputError` for all that is no sound Word file (预检); gives its main part."""
    refuse_temporary(name, WORD_FILE.programs, "反馈文件")
    kind = file_kind(blob)
    if kind != DOCX:
        raise wrong_kind(kind, name, WORD_FILE, _WAYS_OUT)
    main = check_word_file(blob, name)
    if _OTHER_FILE.search(main):
        what = f"「{called(name)}」的正文里插入了别的文件，没有真正并进来"
        raise InputError(
            [error("word.other-file", what, WORD_FILE.save_as + "，再重试", Location(file=name, cell="正文"))]
        )
    refuse_half_read(blob, name)
    return main


# What to do with a file that is no Word file, by how its kind's name begins.
_WAYS_OUT = (
    (DOCUMENTS, WORD_FILE.save_as + "，再重试"),
    (("",), "请选择正确的文件；要报的内容请填在 Word（.docx）或 Excel（.xlsx）文件里"),
)


# Code, what it says, how to mend it.
_NOT_READ = "这里有{}，没有读入"
_TELLS: dict[AsideKind, tuple[str, str, str]] = {
    AsideKind.HIDDEN: ("word.hidden-text", _NOT_READ.format("隐藏的文字"), "请取消隐藏并核对；不要的请删除"),
    AsideKind.COVERED: (
        "word.covered-text",
        _NOT_READ.format("被合并单元格盖住的文字"),
        "请拆开合并的单元格并核对；不要的请删除",
    ),
    AsideKind.PROMPT: ("word.prompt", _NOT_READ.format("没有填写的提示文字"), "这一处还没有填；请填写后再报"),
    AsideKind.TEXT_BOX: ("word.text-box", _NOT_READ.format("文本框"), "请把要报的内容移到正文或表格里"),
    AsideKind.NESTED: (
        "word.nested-table",
        "这一格里套着表格，其中的文字已按行读进这一格",
        "请核对；最好把里面的表格移出来",
    ),
    AsideKind.NOTE: ("word.note", _NOT_READ.format("脚注或尾注"), "请把要报的内容写进正文或表格里"),
    AsideKind.COMMENT: ("word.comment", _NOT_READ.format("批注"), "请把要报的内容写进正文或表格里，并删去批注"),
    AsideKind.PICTURE: ("word.picture", _NOT_READ.format("图片"), "图片里的内容读不了；如要上报，请改用文字填写"),
    AsideKind.OBJECT: (
        "word.embedded",
        _NOT_READ.format("嵌入的对象（图表、附件等）"),
        "对象里的内容读不了；如要上报，请改用文字填写",
    ),
    AsideKind.FORMULA: ("word.formula", _NOT_READ.format("公式"), "请把公式改成普通文字"),
    AsideKind.RUBY: ("word.ruby", _NOT_READ.format("文字上方的拼音或注音"), "如要上报，请写进正文"),
}


# What a place shows, run by run; None for what stands in no run: automatic numbers, the ends of lines.
Pieces: TypeAlias = list[tuple[str, Run | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """A passage, or a cell that no other one covers (一处): where it stands, what it shows of which run.

    `rows` and `columns` are those of its table that a cell stands in, from 0; a passage has none.
    """

    where: Location
    pieces: Pieces
    paragraphs: tuple[Paragraph, ...]
    rows: range = range(0)
    columns: range = range(0)

    @property
    def text(self) -> str:
        """Its text, as the contents of the file have it."""
        return _joined(self.pieces)


def word_places(file: WordFile, name: str) -> tuple[Place, ...]:
    """All places (各处) of a Word file in order, empty cells too: `where` and text are those of its contents."""
    reading = _Reading(name)
    reading.read(file)
    return tuple(reading.places)


@dataclass(slots=True)
class _Reading:
    """What has been read of one file (读取进度)."""

    name: str
    blocks: list[Block] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    asides: list[tuple[Location, Aside]] = field(default_factory=list)
    told: list[Problem] = field(default_factory=list)
    passages: int = 0
    tables: int = 0

    def read(self, file: WordFile) -> None:
        """All blocks in order, then what stands at the edges of the pages."""
        for section in file.sections:
            for block in section.blocks:
                if isinstance(block, word.Table):
                    self._table(block)
                else:
                    self._passage(block)
        if file.changed:
            what = "文件里有修订标记，已按接受全部修订读入：新增的算，删除的不算"
            self._tell("word.tracked-changes", what, "请在 Word 里接受或拒绝全部修订后再报，以免误会", "全文")
        for text, edge in _edges(file).items():
            what = f"{edge}里的文字没有读入：「{_start(text)}」"
            self._tell("word.header", what, "如要上报，请写进正文或表格里", edge)
        if file.untold:
            what = f"有文字没有读懂，没有读入：「{_start(' '.join(file.untold))}」"
            self._tell("word.unread", what, WORD_FILE.save_as + "，再重试", "正文")

    def _tell(self, code: str, what: str, fix: str, place: str) -> None:
        self.told.append(warning(code, what, fix, Location(file=self.name, cell=place)))

    def _passage(self, paragraph: Paragraph) -> None:
        pieces = _shown(paragraph)
        text = _joined(pieces)
        if text.strip():
            self.passages += 1
            where = Location(file=self.name, cell=f"第{self.passages}段")
            self.blocks.append(Passage(text, where))
            self.places.append(Place(where, pieces, (paragraph,)))
        else:
            where = Location(file=self.name, cell=f"第{self.passages}段之后" if self.passages else "正文开头")
        self._beside(paragraph, where)

    def _beside(self, paragraph: Paragraph, where: Location) -> None:
        self.asides += [(where, aside) for aside in paragraph.asides]
        self.asides += [(where, Aside(AsideKind.PROMPT, run.text)) for run in paragraph.runs if run.prompt]

    def _table(self, table: word.Table) -> None:
        shown = [row for row in table.rows if _is_seen(row)]
        if not table.rows:
            return
        self.tables += 1
        where = Location(file=self.name, sheet=f"表格{self.tables}")
        number = 0
        for row in table.rows:
            if _is_seen(row):
                number += 1
                continue
            place = Location(file=self.name, sheet=where.sheet, cell=f"第{number}行之后")
            for cell in row.cells:
                self._pieces(cell.blocks, place)
        grid = slots(shown, table.grid, where)
        texts: dict[tuple[int, int], str] = {}
        ends = {slot.anchor: (r, c) for r, line in enumerate(grid) for c, slot in enumerate(line)}
        rows = []
        for r, line in enumerate(grid):
            for c, slot in enumerate(line):
                if slot.cell is not None:
                    place = _place(where, r, c)
                    pieces = self._cell(slot, place)
                    texts[r, c] = _joined(pieces)
                    if not slot.covered:
                        last_row, last_column = ends.get((r, c), (r, c))
                        spans = range(r, last_row + 1), range(c, last_column + 1)
                        self.places.append(Place(place, pieces, tuple(slot.cell.paragraphs), *spans))
            if any(texts.get((r, c), "").strip() for c in range(len(line))):
                rows.append((r, line))
        filled = [tuple(self._ledger_cell(slot, r, c, texts, where) for c, slot in enumerate(line)) for r, line in rows]
        if filled:
            self.blocks.append(Table(str(where.sheet), filled, where))

    @staticmethod
    def _ledger_cell(slot: Slot, r: int, c: int, texts: dict[tuple[int, int], str], where: Location) -> Cell:
        anchor = slot.anchor or (r, c)
        return Cell(texts.get(anchor, ""), _place(where, r, c), _place(where, *anchor) if slot.anchor else None)

    def _cell(self, slot: Slot, where: Location) -> Pieces:
        """What a cell shows; one that another one covers shows nothing."""
        assert slot.cell is not None
        own = self._pieces(slot.cell.blocks, where)
        # An automatic number alone may stand in a covered cell: nobody typed it.
        if slot.covered and slot.cell.text.strip():
            self.asides.append((where, Aside(AsideKind.COVERED, _joined(own))))
        return [] if slot.covered else own

    def _pieces(self, blocks: Iterable[Paragraph | word.Nested], where: Location) -> Pieces:
        lines: list[Pieces] = []
        for block in blocks:
            if isinstance(block, Paragraph):
                lines.append(_shown(block))
                self._beside(block, where)
                continue
            rows = [_between("\t", [self._pieces(cell.blocks, where) for cell in row.cells]) for row in block.rows]
            texts = [_joined(row) for row in rows]
            lines += [row for row, text in zip(rows, texts, strict=True) if text.strip()]
            self.asides.append((where, Aside(AsideKind.NESTED, " ".join(texts))))
        return _without_edges(_between("\n", lines))

    def problems(self) -> Iterator[Problem]:
        """A warning for everything that was not read as data, one for each place and kind."""
        found: dict[tuple[Location, AsideKind], list[str]] = {}
        for where, aside in self.asides:
            found.setdefault((where, aside.kind), []).append(aside.text)
        counted = Counter(kind for _, kind in found)
        told: Counter[AsideKind] = Counter()
        yield from self.told
        for (where, kind), texts in found.items():
            code, what, fix = _TELLS[kind]
            told[kind] += 1
            if told[kind] < _TOLD_OF_A_KIND or counted[kind] == _TOLD_OF_A_KIND:
                text = _start(" ".join(texts))
                yield warning(code, what + (f"：「{text}」" if text else ""), fix, where)
            elif told[kind] == _TOLD_OF_A_KIND:
                more = counted[kind] - _TOLD_OF_A_KIND
                yield warning(code, f"{what}（后面还有 {more} 处这样的）", fix, where)


def _is_seen(row: word.Row) -> bool:
    """A row marked as hidden is, if all that stands in it is (ISO/IEC 29500-1, 17.4.20)."""
    return not row.hidden or any(_joined(_shown(each)).strip() for cell in row.cells for each in cell.paragraphs)


def _place(where: Location, row: int, column: int) -> Location:
    return Location(file=where.file, sheet=where.sheet, cell=f"第{row + 1}行第{column + 1}列")


def _start(text: str) -> str:
    shown = short(text, _SHOWN)
    return shown if len(" ".join(text.split())) <= _SHOWN else f"{shown}（共 {len(text)} 字）"


def _shown(paragraph: Paragraph) -> Pieces:
    """What a paragraph shows with its automatic number, also where the number is all there is."""
    runs = [run for run in paragraph.runs if not run.letters.hidden and not run.prompt]
    pieces: Pieces = [(run.shown or run.text if run.page_number else run.text, run) for run in runs]
    label = paragraph.label
    if not label:
        return pieces
    text = _joined(pieces)
    # The number is the first run of a paragraph that shows any letter.
    pieces = pieces[1:] if text.strip() and text.startswith(label) else pieces if text.strip() else []
    # A bullet of a symbol face is a dot, whatever its code there.
    label = "".join("•" if "\ue000" <= letter <= "\uf8ff" else letter for letter in label)
    # Word leaves a gap behind the number, which keeps 1 and 2026 apart.
    gap = " " if _joined(pieces) and label[-1].isalnum() else ""
    return [(label + gap, None), *pieces]


def _joined(pieces: Pieces) -> str:
    return "".join(text for text, _ in pieces)


def _between(mark: str, lines: Sequence[Pieces]) -> Pieces:
    """The lines one behind the other with a mark between them."""
    return [piece for number, line in enumerate(lines) for piece in ([(mark, None)] if number else []) + line]


def _without_edges(pieces: Pieces) -> Pieces:
    """Without the line breaks at both ends."""
    seen = [number for number, (text, _) in enumerate(pieces) if text.strip("\n")]
    if not seen:
        return []
    kept = pieces[seen[0] : seen[-1] + 1]
    kept[0] = (kept[0][0].lstrip("\n"), kept[0][1])
    kept[-1] = (kept[-1][0].rstrip("\n"), kept[-1][1])
    return kept


def _edges(file: WordFile) -> dict[str, str]:
    """What headers and footers say besides the number of the page, and where."""
    found: dict[str, str] = {}
    for section in file.sections:
        for name, edges in (("页眉", section.setup.headers), ("页脚", section.setup.footers)):
            for edge in edges.values():
                paragraphs = (*edge.paragraphs, *(box.paragraph for box in edge.boxes))
                texts = ("".join(run.text for run in each.runs if not run.page_number) for each in paragraphs)
                text = " ".join(filter(None, (each.strip() for each in texts)))
                if any(letter.isalpha() for letter in text):
                    found.setdefault(text, name)
    return found
