"""A Word file as the check reads it (读后的 Word 文件): each paragraph with its role and the room above it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reportgen.review.findings import Examiner, Place
from reportgen.review.word import Setup, WordFile
from reportgen.review.word_looks import Letters, Look
from reportgen.review.word_tables import Table
from reportgen.review.word_text import Paragraph
from reportgen.review.zones import Passage, zones
from reportgen.rules import Rule
from reportgen.styles import Align, FontNames, FontRole, StyleSheet, TextRole
from reportgen.writers.face_names import face_kinds

LETTERHEAD_ROLES = frozenset(
    {
        TextRole.COPY_NUMBER,
        TextRole.SECRECY,
        TextRole.ISSUER_MARK,
        TextRole.DOCUMENT_NUMBER,
        TextRole.SIGNER,
        TextRole.SIGNER_NAME,
        TextRole.BULLETIN_LINE,
    }
)
BLANKS = " \u00a0\u3000\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A paragraph outside tables with its role (要素); of a run-in heading only the first `length` letters have it.

    `gap_pt` is what stands empty between it and the text above.
    """

    paragraph: Paragraph
    role: TextRole
    length: int
    setup: Setup
    section: int
    place: Place
    starts_page: bool
    after_table: bool
    above: TextRole | None
    gap_pt: float

    @property
    def text(self) -> str:
        """What it says."""
        return self.paragraph.text

    @property
    def unit_pt(self) -> float:
        """Width of one of its characters."""
        return self.paragraph.letters.unit_pt


@dataclass(frozen=True, slots=True, kw_only=True)
class TableItem:
    """A table (表格) with its number in the document."""

    table: Table
    setup: Setup
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The whole file (全文): paragraphs and tables with roles, and where empty paragraphs stand and how many."""

    word: WordFile
    items: tuple[Item, ...]
    tables: tuple[TableItem, ...]
    empties: tuple[tuple[Place, int], ...]


@dataclass(slots=True)
class Tally:
    """Counts what is alike (同类合计): one breach of a style in many places is one finding that says how many."""

    examiner: Examiner
    fonts: Mapping[FontRole, FontNames]
    _kinds: dict[str, frozenset[FontRole] | None] = field(default_factory=dict)
    _told: dict[tuple[Rule, str, object, object, str], tuple[Place, int]] = field(default_factory=dict)

    def number(self, rule: Rule, place: Place, what: str, found: float, wanted: float, unit: str) -> None:
        """A measure for the examiner."""
        self._add((rule, what, round(float(found), 3), float(wanted), unit), place)

    def breach(self, rule: Rule, place: Place, what: str, found: str, wanted: str) -> None:
        """A breach for the examiner."""
        self._add((rule, what, found, wanted, ""), place)

    def kinds(self, name: str) -> frozenset[FontRole] | None:
        """What a face may stand for by its name, None if that says nothing; each name is looked at once."""
        if name not in self._kinds:
            self._kinds[name] = face_kinds(name, self.fonts) if name else None
        return self._kinds[name]

    def within(self, rule: Rule) -> float:
        """How far off is still right."""
        return self.examiner.within(rule)

    def _add(self, key: tuple[Rule, str, object, object, str], place: Place) -> None:
        first, count = self._told.get(key, (place, 0))
        self._told[key] = (first, count + 1)

    def close(self) -> Examiner:
        """The examiner with everything told, in the order in which it was met."""
        for (rule, what, found, wanted, unit), (place, count) in self._told.items():
            spot = Place(page=place.page, spot=f"{place.spot}等{count}处") if count > 1 else place
            if isinstance(found, float) and isinstance(wanted, float):
                self.examiner.number(rule, spot, what, found, wanted, unit)
            else:
                self.examiner.breach(rule, spot, what, str(found), str(wanted))
        self._told.clear()
        return self.examiner


# A Chinese line without a fixed pitch is about this part of its letters' size; less is certain to fit on one line.
_NATURAL = 1.15
_ROOMY = 1.3


def pitch_pt(look: Look, letters: Letters, setup: Setup, in_table: bool = False) -> float | None:
    """From baseline to baseline; None where that hangs on the font."""
    if look.exact_pt is not None:
        return look.exact_pt
    line = 240.0 if look.line is None else look.line
    grid = None if in_table or setup.grid == "none" or not look.snap else setup.grid_pitch_pt
    if look.line_rule == "atLeast":
        return line / 20 if line / 20 >= _ROOMY * letters.size_pt and not grid else None
    if not grid or grid <= 0:
        return None
    return grid * max(1, math.ceil(letters.size_pt * _NATURAL / grid)) * max(1.0, line / 240)


def pitch_name(look: Look) -> str:
    """The line spacing as Word's dialogue calls it."""
    line = 240.0 if look.line is None else look.line
    if look.line_rule == "exact":
        return f"固定值{line / 20:.4g}磅"
    if look.line_rule == "atLeast":
        return f"最小值{line / 20:.4g}磅"
    return "单倍行距" if line == 240 else f"{line / 240:.3g}倍行距"


def spot_of(number: int, text: str) -> Place:
    """The place of the paragraph of that number."""
    return Place(spot=f"第{number}段「{short(text)}」")


def short(text: str) -> str:
    """The beginning of a text, as a finding quotes it."""
    one = " ".join(text.split())
    return one if len(one) <= 14 else f"{one[:13]}…"


def start_chars(item: Item) -> float | None:
    """Where the first line begins, in characters from the type area's left; None behind a tab."""
    look, unit = item.paragraph.look, item.unit_pt
    blanks = item.text[: len(item.text) - len(item.text.lstrip(BLANKS))]
    if "\t" in blanks:
        return None
    typed = sum(1.0 if blank == "\u3000" else 0.5 for blank in blanks)
    return (look.left.pt(unit) + look.first.pt(unit)) / unit + typed


@dataclass(slots=True)
class _Above:
    """What has been met since the last text (上文)."""

    paragraph: Paragraph | None = None
    role_index: int | None = None
    empties: list[Paragraph] = field(default_factory=list)
    starts_page: bool = True
    table: bool = False


def read(word: WordFile, styles: StyleSheet) -> Reading:
    """The file with roles."""
    drafts: list[tuple[Paragraph, Setup, int, bool, bool, float, bool]] = []
    tables: list[TableItem] = []
    empties: list[tuple[Place, int]] = []
    above = _Above()
    for index, section in enumerate(word.sections):
        above.starts_page = above.starts_page or (index > 0 and not section.setup.continuous)
        for block in section.blocks:
            if isinstance(block, Table):
                _note_empties(above, empties, len(drafts), tables=True)
                tables.append(TableItem(table=block, setup=section.setup, number=len(tables) + 1))
                above = _Above(table=True, starts_page=False)
                continue
            above.starts_page = above.starts_page or block.look.page_break
            if block.empty:
                _empty(block, above)
                continue
            if not block.text.strip():  # a picture alone
                _note_empties(above, empties, len(drafts))
                above = _Above(paragraph=None, starts_page=block.breaks_after)
                continue
            _note_empties(above, empties, len(drafts))
            starts = above.starts_page or block.breaks_before
            gap = _gap_pt(above, block, section.setup, styles)
            drafts.append((block, section.setup, index, starts, above.table, gap, above.paragraph is None))
            above = _Above(paragraph=block, starts_page=block.breaks_after)
    _note_empties(above, empties, len(drafts))
    return Reading(word=word, items=tuple(_items(drafts)), tables=tuple(tables), empties=tuple(empties))


def _empty(block: Paragraph, above: _Above) -> None:
    """An empty paragraph is spacing, unless a break, a section's end or a table needs it."""
    exact = block.look.exact_pt
    if block.breaks_before or block.breaks_after:
        above.starts_page = True
    elif block.section is None and (exact is None or exact > 2) and block.mark.size_pt > 2:
        above.empties.append(block)


def _note_empties(above: _Above, empties: list[tuple[Place, int]], numbered: int, tables: bool = False) -> None:
    count = len(above.empties)
    # Two tables must have a paragraph between them, or they are one; so must a table and the end.
    count -= 1 if above.table and count and tables else 0
    if count > 0:
        spot = f"第{numbered}段之后" if numbered else "文首"
        empties.append((Place(spot=f"表格之后，{spot}" if above.table else spot), count))


def _gap_pt(above: _Above, block: Paragraph, setup: Setup, styles: StyleSheet) -> float:
    line = setup.line_unit_pt
    gap = 0.0 if above.starts_page and not above.empties else block.look.before.pt(line)
    if above.paragraph is not None:
        same = above.paragraph.look.style == block.look.style
        gap -= block.look.before.pt(line) if same and block.look.contextual else 0.0
        gap += 0.0 if same and above.paragraph.look.contextual else above.paragraph.look.after.pt(line)
    for empty in above.empties:
        pitch = pitch_pt(empty.look, empty.mark, setup)
        gap += styles.page.line_pt if pitch is None else pitch
        gap += empty.look.before.pt(line) + empty.look.after.pt(line)
    return gap


def _items(drafts: list[tuple[Paragraph, Setup, int, bool, bool, float, bool]]) -> Iterator[Item]:
    passages = [_passage(paragraph, starts, after) for paragraph, _, _, starts, after, _, _ in drafts]
    above: TextRole | None = None
    for number, (draft, zone) in enumerate(zip(drafts, zones(passages), strict=True), 1):
        paragraph, setup, section, starts, after, gap, alone = draft
        yield Item(
            paragraph=paragraph,
            role=zone.role,
            length=zone.length,
            setup=setup,
            section=section,
            place=spot_of(number, paragraph.text),
            starts_page=starts,
            after_table=after,
            above=None if alone else above,
            gap_pt=gap,
        )
        above = zone.role


def _passage(paragraph: Paragraph, starts_page: bool, after_table: bool) -> Passage:
    look, letters = paragraph.look, paragraph.letters
    unit = letters.unit_pt
    begins = look.left.pt(unit) + look.first.pt(unit)
    blanks = len(paragraph.text) - len(paragraph.text.lstrip(BLANKS))
    return Passage(
        text=paragraph.text,
        centred=look.align is Align.CENTER,
        right=look.align is Align.RIGHT,
        indented=begins > unit / 2 or blanks > 1 or paragraph.text.startswith(("\u3000", "\t")),
        starts_page=starts_page,
        tall_pt=letters.size_pt,
        red=is_red(letters.color),
        after_table=after_table,
    )


def is_red(color: str) -> bool:
    """Whether a colour is a red (红色) as on letterheads; printers' reds differ."""
    channels = rgb(color)
    return channels is not None and channels[0] >= 0xB0 and max(channels[1:]) <= 0x60


def is_black(color: str) -> bool:
    """Whether a colour is black (黑色) or so near that no eye tells."""
    channels = rgb(color)
    return channels is not None and max(channels) <= 0x20


def rgb(color: str) -> tuple[int, int, int] | None:
    """The three channels of a colour; None for what is none."""
    if len(color) != 6 or color.strip("0123456789ABCDEFabcdef"):
        return None
    return int(color[:2], 16), int(color[2:4], 16), int(color[4:], 16)
