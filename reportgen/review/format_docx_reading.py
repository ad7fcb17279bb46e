"""A Word file as the check reads it (读后的 Word 文件): each paragraph with its role and the room above it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reportgen.review import forms
from reportgen.review.findings import Examiner, Place
from reportgen.review.forms import is_imprint_line, is_red, quoted, rgb
from reportgen.review.zones import Passage, Zone, zones
from reportgen.rules import Rule
from reportgen.styles import POINTS_PER_MM, Align, FontNames, FontRole, StyleSheet, TextRole
from reportgen.word.file import Setup, WordFile
from reportgen.word.looks import Letters, Look
from reportgen.word.tables import Table
from reportgen.word.text import Paragraph
from reportgen.writers.face_names import face_kinds
from reportgen.writers.measure import text_width

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

    `roles` are those of its letters, each with where it ends: of a line of the letterhead every part has its own.
    `gap_pt` is what stands empty between it and the text above.
    """

    paragraph: Paragraph
    role: TextRole
    length: int
    roles: tuple[tuple[TextRole, int], ...]
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
    """A table (表格) with its number in the document; `old` layout rules hang its frame out by a cell's padding."""

    table: Table
    setup: Setup
    number: int
    old: bool


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
    return Place(spot=f"第{number}段{quoted(text)}")


def start_chars(item: Item) -> float | None:
    """Where the first line begins, in characters from the type area's left; None behind a tab without a stop."""
    return begin_chars(item.paragraph)


def begin_chars(paragraph: Paragraph) -> float | None:
    """The same of a paragraph that may stand in a cell (起点): from where its lines may begin."""
    look, unit, text = paragraph.look, paragraph.letters.unit_pt, paragraph.text
    blanks = text[: len(text) - len(text.lstrip(BLANKS))]
    if tabs := blanks.count("\t"):
        if len(look.tabs) < tabs:
            return None
        place, kind = look.tabs[tabs - 1]
        width = text_width(text.strip(BLANKS).split("\t")[0])
        return place / unit - {"center": width / 2, "right": width, "end": width}.get(kind, 0.0)
    typed = sum(1.0 if blank == "\u3000" else 0.5 for blank in blanks)
    return (look.left.pt(unit) + look.first.pt(unit)) / unit + typed


def right_tab_chars(paragraph: Paragraph, room_pt: float | None) -> float | None:
    """What a text behind a right tab stop leaves free, in characters; None if there is no such text."""
    tabs = paragraph.text.rstrip(BLANKS).count("\t")
    if room_pt is None or not 0 < tabs <= len(paragraph.look.tabs):
        return None
    place, kind = paragraph.look.tabs[tabs - 1]
    return (room_pt - place) / paragraph.letters.unit_pt if kind in ("right", "end") else None


def line_count(text: str, unit_pt: float, setup: Setup) -> int:
    """About how many lines a text takes across the type area."""
    width = setup.text_width_pt or 0.0
    return max(1, math.ceil(text_width(text) * unit_pt / width - 1e-6)) if width > unit_pt else 1


def is_letter(reading: Reading) -> bool:
    """Whether the first page is that of a letter (信函): red rules on the sheet, its mark above the type area.

    Without a mark its number at the right tells.
    """
    if not reading.word.sections:
        return False
    setup = reading.word.sections[0].setup
    drawn = setup.first_header.rulings if setup.first_header else ()
    if any(is_red(rgb(rule.color)) for rule in drawn):
        return True
    head = [item for item in reading.items if item.role in LETTERHEAD_ROLES]
    tops = [item.paragraph.look.frame_top_pt for item in head if item.role is TextRole.ISSUER_MARK]
    if tops:
        return any(top is not None and top / POINTS_PER_MM < (setup.top or 0.0) - 2 for top in tops)
    # On paper that was printed before a letter's number stands at the right, and nothing that a letter has not.
    apart = any(_SIGNER.search(item.text) or item.role is TextRole.BULLETIN_LINE for item in head)
    return not apart and any(map(_ends_in_number, head))


def _ends_in_number(item: Item) -> bool:
    """Whether a line has a 发文字号 at its right end."""
    found, look = forms.ANY_NUMBER.search(item.text), item.paragraph.look
    if found is None or item.text[found.end() :].strip(BLANKS):
        return False
    tabs = item.text[: found.start()].count("\t")
    return look.tabs[tabs - 1][1] in ("right", "end") if 0 < tabs <= len(look.tabs) else look.align is Align.RIGHT


def is_tabbed(paragraph: Paragraph) -> bool:
    """Whether it begins at a tab stop of its own, which is a format and no makeshift."""
    blanks = paragraph.text[: len(paragraph.text) - len(paragraph.text.lstrip(BLANKS))]
    return 0 < blanks.count("\t") <= len(paragraph.look.tabs)


# An imprint has three parts; a longer table that speaks of copies is one of tasks.
_IMPRINT_ROWS = 4


def is_imprint(table: Table) -> bool:
    """Whether a table draws the imprint (版记)."""
    return len(table.rows) <= _IMPRINT_ROWS and any(map(is_imprint_line, table.text))


@dataclass(slots=True)
class _Above:
    """What has been met since the last text (上文)."""

    paragraph: Paragraph | None = None
    empties: list[Paragraph] = field(default_factory=list)
    starts_page: bool = True
    table: bool = False


def read(word: WordFile, styles: StyleSheet) -> Reading:
    """The file with roles."""
    drafts: list[_Draft] = []
    tables: list[TableItem] = []
    empties: list[tuple[Place, int]] = []
    above = _Above()
    for index, section in enumerate(word.sections):
        above.starts_page = above.starts_page or (index > 0 and not section.setup.continuous)
        for block in section.blocks:
            if isinstance(block, Table):
                _note_empties(above, empties, len(drafts), tables=True)
                tables.append(TableItem(table=block, setup=section.setup, number=len(tables) + 1, old=word.old))
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
            drafts.append(_Draft(block, section.setup, index, starts, above.table, gap, above.paragraph is None))
            above = _Above(paragraph=block, starts_page=block.breaks_after)
    _note_empties(above, empties, len(drafts), tables=True)
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


@dataclass(frozen=True, slots=True)
class _Draft:
    """A paragraph before its role is known; `first` of its page, document or behind a table."""

    paragraph: Paragraph
    setup: Setup
    section: int
    starts_page: bool
    after_table: bool
    gap_pt: float
    first: bool


# How far down a letterhead can reach, in paragraphs.
_HEAD_PARAGRAPHS = 20
_HEAD_PART = re.compile(
    r"\s*(签发人\s*[:：]|\S{1,20}[〔\[［【(（]\s*\d{2,4}\s*[〕\]］】)）]\s*第?\s*\d+\s*号\s*$|\d{6}\s*$|(绝密|机密|秘密|特急|加急|平急))"
)
_NAMES = re.compile(r"\s*[\u4e00-\u9fff·]{2,4}(\s+[\u4e00-\u9fff·]{2,4})*\s*$")
_SIGNER = re.compile(r"签发人\s*[:：]")
_NUMBER = re.compile(r"\S{1,20}〔\d{4}〕\d+号")


def _parts(drafts: list[_Draft]) -> Iterator[list[tuple[int, bool]]]:
    """The parts of each paragraph, by where they end, and whether the wording of each tells its role.

    In a letterhead several elements share a line, parted by tabs; names of signers may have lines of their own.
    """
    signing = False
    for index, draft in enumerate(drafts):
        text = draft.paragraph.text
        whole = [(len(text), True)]
        if index >= _HEAD_PARAGRAPHS:
            yield whole
            continue
        if signing and "\t" in text and _NAMES.match(text):
            yield [(len(text), False)]
            continue
        pieces = [match.span() for match in re.finditer(r"[^\t]+", text) if match[0].strip()]
        known = [bool(_HEAD_PART.match(text[begin:end])) for begin, end in pieces]
        signing = bool(_SIGNER.search(text))
        if len(pieces) < 2 or not any(known):
            yield whole
            continue
        yield [(end, told) for (_, end), told in zip(pieces, known, strict=True)]


def _items(drafts: list[_Draft]) -> Iterator[Item]:
    parts = list(_parts(drafts))
    passages: list[Passage] = []
    for draft, ends in zip(drafts, parts, strict=True):
        begin = 0
        for end, told in ends:
            if told:
                passages.append(_passage(draft, draft.paragraph.text[begin:end], first=begin == 0))
            begin = end
    found = iter(zones(passages))
    above: TextRole | None = None
    for number, (draft, ends) in enumerate(zip(drafts, parts, strict=True), 1):
        roles: list[tuple[TextRole, int]] = []
        head: Zone | None = None
        begin, text = 0, draft.paragraph.text
        for end, told in ends:
            zone = next(found) if told else Zone(role=TextRole.SIGNER_NAME, length=end - begin)
            head = head or zone
            roles += [(role, begin + at) for role, at in _role_ends(text[begin:end], zone)]
            begin = end
        assert head is not None
        yield Item(
            paragraph=draft.paragraph,
            role=head.role,
            length=head.length,
            roles=tuple(roles),
            setup=draft.setup,
            section=draft.section,
            place=spot_of(number, text),
            starts_page=draft.starts_page,
            after_table=draft.after_table,
            above=None if draft.first else above,
            gap_pt=draft.gap_pt,
        )
        above = head.role


def _role_ends(text: str, zone: Zone) -> list[tuple[TextRole, int]]:
    """The roles of one part's letters: a run-in heading, 发文字号 and 签发人 with nothing but blanks between."""
    if zone.role in (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER) and (signer := _SIGNER.search(text)):
        ends = [(TextRole.DOCUMENT_NUMBER, signer.start()), (TextRole.SIGNER, signer.end())]
        behind = _NUMBER.search(text, signer.end())
        ends.append((TextRole.SIGNER_NAME, behind.start() if behind else len(text)))
        return [*ends, (TextRole.DOCUMENT_NUMBER, len(text))]
    rest = TextRole.BODY if zone.length < len(text) else zone.role
    return [(zone.role, zone.length), (rest, len(text))]


# From here on across the line a paragraph is taken for one at the right.
_RIGHT_FROM = 0.35


def _passage(draft: _Draft, text: str, *, first: bool) -> Passage:
    paragraph = draft.paragraph
    look, letters = paragraph.look, paragraph.letters
    unit = letters.unit_pt
    start, width = begin_chars(paragraph), draft.setup.text_width_pt
    far = start is not None and width is not None and start * unit > width * _RIGHT_FROM
    blanks = len(text) - len(text.lstrip(BLANKS))
    begins = look.left.pt(unit) + look.first.pt(unit)
    return Passage(
        text=text,
        centred=look.align is Align.CENTER,
        right=look.align is Align.RIGHT or far or (is_tabbed(paragraph) and look.tabs[0][1] != "left"),
        indented=begins > unit / 2 or blanks > 1 or text.startswith(("\u3000", "\t")),
        starts_page=draft.starts_page and first,
        tall_pt=letters.size_pt,
        red=is_red(rgb(letters.color)),
        after_table=draft.after_table and first,
    )
