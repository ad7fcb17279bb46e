"""The lines of a laid-out document put together to paragraphs, each with its zone (版面成段、要素辨认)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

from reportgen.review.findings import Place
from reportgen.review.forms import quoted
from reportgen.review.page import MM_PER_POINT, LaidOut, Letter, Line, Ruling, parts_of
from reportgen.review.page_tables import TableOnPage
from reportgen.review.sheets import CLOSING_MARKS, OPENING_MARKS, Sheet, is_reddish, sheets_of
from reportgen.review.zones import Passage, zones
from reportgen.styles import StyleSheet, TextRole


@dataclass(frozen=True)
class Element:
    """A paragraph with its role (要素): its lines, each with its page; `head` letters of a run-in heading."""

    role: TextRole
    lines: tuple[tuple[Sheet, Line], ...]
    head: int
    starts_page: bool
    after_table: bool

    @property
    def sheet(self) -> Sheet:
        """The page on which it begins."""
        return self.lines[0][0]

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.lines[0][1]

    @cached_property
    def text(self) -> str:
        """What it says."""
        return "".join(line.text for _, line in self.lines)

    @property
    def main_role(self) -> TextRole:
        """The role that its lines are set in: a paragraph with a heading at its beginning is one of the body."""
        return self.role if self.head >= len(self.text) else TextRole.BODY

    @property
    def place(self) -> Place:
        """Where it stands, in words."""
        return Place(page=self.sheet.page.number, spot=f"{self.role.value}{quoted(self.text)}")

    def letters(self) -> Iterator[tuple[TextRole, Sheet, Letter]]:
        """Every letter with the role that it is set in: behind a run-in heading the text is body."""
        # Of 签发人：某某 the name has a face of its own.
        named = self.role is TextRole.SIGNER
        name = self.text.find("：") + 1
        seen = 0
        for sheet, line in self.lines:
            for letter in line.letters:
                role = self.role if seen < self.head else TextRole.BODY
                yield (TextRole.SIGNER_NAME if named and seen >= name else role), sheet, letter
                seen += len(letter.text)


@dataclass(frozen=True)
class Reading:
    """The document as the check reads it (读后的版面); `flow` holds paragraphs and tables in their order."""

    laid: LaidOut
    sheets: tuple[Sheet, ...]
    flow: tuple[Element | TableOnPage, ...]
    right: float

    def edge(self, sheet: Sheet) -> float:
        """Where lines of a page may end: as full lines show, else as wanted unless that is far off."""
        if sheet.page.landscape:
            return sheet.area.right
        if self.full_right is not None:
            return self.full_right
        return sheet.area.right if abs(self.right - sheet.area.right) < 6 else self.right

    @cached_property
    def full_right(self) -> float | None:
        """The right edge of upright pages, where most full lines end; fewer than three alike tell nothing.

        Short of the wanted edge by less than a character they tell it only if they are stretched to it: lines with
        digits end there, too. Else the last character may have had no room.
        """
        full = sorted(
            ((line.right, any(map(str.isascii, line.text))) for _, line, _ in self.wrapped if not _marked_end(line))
        )
        groups = [[each for each in full if 0 <= last - each[0] < 0.6] for last, _ in full]
        alike = max(groups, key=lambda group: (len(group), group[-1]), default=[])
        if len(alike) < 3:
            return None
        found = median(end for end, _ in alike)
        short_of = next(sheet for sheet in self.sheets if not sheet.page.landscape).area.right - found
        stretched = len(alike) > 0.6 * len(full) and sum(latin for _, latin in alike) >= 2
        if stretched:
            return found
        # A line that holds more than most tells more.
        return max(found, self.right) if not 0.5 < short_of < 5.5 else None

    def middles(self, sheet: Sheet) -> tuple[float, ...]:
        """Where the middle of the text may be: as wanted, and as measured."""
        return sheet.area.middle, (sheet.left + self.edge(sheet)) / 2, (sheet.left + self.right) / 2

    @cached_property
    def wrapped(self) -> tuple[tuple[Sheet, Line, Line], ...]:
        """Lines of upright pages that go on, each with the line after it."""
        return tuple(
            (sheet, line, after)
            for element in self.elements
            for (sheet, line), (_, after) in pairwise(element.lines)
            if not sheet.page.landscape and line.size_pt < 17
        )

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """The paragraphs alone."""
        return tuple(item for item in self.flow if isinstance(item, Element))

    def on(self, sheet: Sheet) -> tuple[tuple[Element, Line], ...]:
        """The lines of paragraphs on a page, each with its paragraph, in the order in which they are read."""
        return self._by_page.get(sheet.page.number, ())

    @cached_property
    def _by_page(self) -> dict[int, tuple[tuple[Element, Line], ...]]:
        found: dict[int, list[tuple[Element, Line]]] = {}
        for element in self.elements:
            for sheet, line in element.lines:
                found.setdefault(sheet.page.number, []).append((element, line))
        return {number: tuple(lines) for number, lines in found.items()}

    @cached_property
    def chains(self) -> tuple[tuple[TableOnPage, ...], ...]:
        """The parts of each table: one goes on where the next page begins with columns of the same edges."""
        chains: list[list[TableOnPage]] = []
        above: Element | TableOnPage | None = None
        for item in self.flow:
            if isinstance(item, TableOnPage):
                if isinstance(above, TableOnPage) and item.page == above.page + 1 and _same_columns(above, item):
                    chains[-1].append(item)
                else:
                    chains.append([item])
            above = item
        return tuple(map(tuple, chains))

    @cached_property
    def heads(self) -> dict[TableOnPage, int]:
        """How many head rows each part of a table has."""
        found = {}
        for chain in self.chains:
            depth = chain[0].head_rows
            said = [chain[0].row_text(row) for row in range(depth)]
            for part in chain:
                repeated = said == [part.row_text(row) for row in range(depth)]
                found[part] = depth if repeated else 0
        return found

    @cached_property
    def tables(self) -> tuple[TableOnPage, ...]:
        """The tables alone, page by page."""
        return tuple(item for item in self.flow if isinstance(item, TableOnPage))


def _marked_end(line: Line) -> bool:
    return line.text[-1] in CLOSING_MARKS


def _same_columns(one: TableOnPage, other: TableOnPage) -> bool:
    pairs = zip(one.across, other.across, strict=False)
    return len(one.across) == len(other.across) and all(abs(a - b) < 1 for a, b in pairs)


def read(laid: LaidOut, styles: StyleSheet) -> Reading:
    """The pages' lines as paragraphs with roles, their tables, their numbers."""
    sheets = _beside_imprint(sheets_of(laid, styles))
    right = _right(sheets)
    parts = list(_paragraphs(sheets, right, styles))
    texts = [part for part in parts if not isinstance(part, TableOnPage)]
    _mark_issuers(texts, styles.page.character_pt * MM_PER_POINT)
    found = iter(zones([part.passage for part in texts]))
    flow: list[Element | TableOnPage] = []
    for part in parts:
        if isinstance(part, TableOnPage):
            flow.append(part)
            continue
        zone = next(found)
        flow.append(
            Element(zone.role, tuple(part.lines), zone.length, part.passage.starts_page, part.passage.after_table)
        )
    return Reading(laid, tuple(sheets), tuple(flow), right)


def _ruled_off(sheet: Sheet) -> list[Line]:
    """The lines between the first and the last rule of an imprint (版记), which its wording tells. 7.4.1."""
    told = [line for line in sheet.lines if _COPIES.match(line.text) or _PRINTED.search(line.text)]
    least = 0.9 * (sheet.area.right - sheet.area.left)
    rules = [each for each in sheet.page.rulings if each.across and each.length > least]
    wide = [each.at for each in rules if not _in_table(each, sheet)]
    above = [at for at in wide if told and at < told[0].y]
    below = [at for at in wide if told and at > told[-1].y]
    if told and not wide and _COPIES.match(told[0].text):
        return _below_copies(told[0], sheet)  # That of a 信函 has no rules (10.1).
    if not above or not below:
        return []
    top, bottom = max(above), max(below)
    return [line for line in sheet.lines if top < line.y < bottom]


def _below_copies(first: Line, sheet: Sheet) -> list[Line]:
    """抄送 and its further lines, which hang as far in as its first name."""
    found = [first]
    begins = re.split("[:：]", first.text)[0]
    hang = first.letters[min(len(begins) + 1, len(first.letters) - 1)].left
    for line in sheet.lines[sheet.lines.index(first) + 1 :]:
        if abs(line.left - hang) > 1.5 or abs(line.size_pt - first.size_pt) > 0.6:
            break
        found.append(line)
    return found


def _in_table(rule: Ruling, sheet: Sheet) -> bool:
    return any(table.box[1] - 1 < rule.at < table.box[3] + 1 for table in sheet.tables)


def _beside_imprint(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets, of which one with nothing but an imprint has the edge of the others: its wrapped lines hang."""
    result = list(sheets)
    for index, sheet in enumerate(sheets):
        lines = _ruled_off(sheet)
        others = [line for line in sheet.lines if line not in lines and abs(line.left - sheet.left) < 0.6]
        if not sheet.left_known or not lines or others:
            continue
        likes = sorted(
            other.left
            for other in sheets
            if other is not sheet and other.left_known and other.page.landscape is sheet.page.landscape
        )
        left = likes[len(likes) // 2] if likes else sheet.area.left
        result[index] = replace(sheet, left=left, left_known=False)
    return result


def _right(sheets: Sequence[Sheet]) -> float:
    """Where full lines of upright pages end: as far right as at least two lines of text reach."""
    ends = sorted(
        (
            line.right
            for sheet in sheets
            if not sheet.page.landscape
            for line in sheet.lines
            if line.size_pt < 17 and not line.text.endswith(tuple(CLOSING_MARKS))
        ),
        reverse=True,
    )
    pair = next((one for one, other in pairwise(ends) if one - other < 1.5), None)
    area = next((sheet.area.right for sheet in sheets if not sheet.page.landscape), 0.0)
    return pair if pair is not None and pair > area - 25 else area


@dataclass
class _Part:
    """A paragraph that grows line by line."""

    lines: list[tuple[Sheet, Line]]
    passage: Passage


def _paragraphs(sheets: Sequence[Sheet], right: float, styles: StyleSheet) -> Iterator[_Part | TableOnPage]:
    current: _Part | None = None
    after_table = False
    for sheet in sheets:
        edge = right if not sheet.page.landscape else sheet.area.right
        first = True
        imprint = _ruled_off(sheet)
        for item in _in_order(sheet):
            if isinstance(item, TableOnPage):
                if current:
                    yield current
                current, after_table, first = None, True, False
                yield item
                continue
            if current and _runs_on(current, sheet, item, edge, styles):
                current.lines.append((sheet, item))
                current.passage = replace(current.passage, text=current.passage.text + item.text)
            else:
                if current:
                    yield current
                current = _Part([(sheet, item)], _passage(sheet, item, edge, styles, first, after_table))
                current.passage = replace(current.passage, ruled_off=item in imprint)
            after_table, first = False, False
    if current:
        yield current


def _mark_issuers(parts: Sequence[_Part], unit: float) -> None:
    """Names one above the other, the last above a date: those of who signs, at the right like it, however long."""
    lower: _Part | None = None
    for upper in reversed(parts):
        plain = (
            len(upper.lines) == 1 and upper.passage.tall_pt < 17 and not set(upper.passage.text) & set(CLOSING_MARKS)
        )
        if _DATED.fullmatch(upper.passage.text):
            lower = upper
        elif lower and plain and _signs_above(upper, lower, unit):
            upper.passage = replace(upper.passage, right=True)
            lower = upper
        else:
            lower = None


def _signs_above(upper: _Part, lower: _Part, unit: float) -> bool:
    """Whether a line stands to the one below it as 7.3.5 wants: their middles or ends agree, or a date is two in."""
    (sheet, line), (other_sheet, other) = upper.lines[0], lower.lines[0]
    off = [line.middle - other.middle, line.right - other.right]
    off += [line.left + 2 * unit - other.left] if _DATED.fullmatch(other.text) else []
    return sheet is other_sheet and min(map(abs, off)) < 0.25 * unit


def _in_order(sheet: Sheet) -> list[Line | TableOnPage]:
    parts = [part for line in sheet.lines for part in _signers_apart(line)]
    items: list[tuple[float, float, Line | TableOnPage]] = [(line.y, line.left, line) for line in parts]
    items += [(table.box[1], 0.0, table) for table in sheet.tables]
    return [item for _, _, item in sorted(items, key=lambda each: each[:2])]


def _signers_apart(line: Line) -> list[Line]:
    """A long 发文字号 and 签发人 right behind it on the same line, each for itself."""
    at = line.text.find("签发人")
    if at < 1 or "〔" not in line.text[:at] or line.letters[at].left - line.letters[at - 1].right < 1:
        return [line]
    return [Line(line.letters[:at]), Line(line.letters[at:])]


def is_centred(sheet: Sheet, line: Line, right: float, styles: StyleSheet) -> bool:
    """Whether a line stands in the middle, by intention: a text two characters in may end there by chance."""
    unit = styles.page.character_pt * MM_PER_POINT
    gap = line.left - sheet.left
    by_chance = abs(gap - 2 * unit) < 0.2 * unit and line.size_pt < 17
    middle = (sheet.left + right) / 2
    least = 0.8 if line.size_pt >= 17 else 1.8
    return gap > least * unit and right - line.right > 0.5 * unit and abs(line.middle - middle) < 2.6 and not by_chance


def _passage(sheet: Sheet, line: Line, right: float, styles: StyleSheet, first: bool, after_table: bool) -> Passage:
    unit = styles.page.character_pt * MM_PER_POINT
    gap = line.left - sheet.left
    centred = is_centred(sheet, line, right, styles)
    # Several names in a row without a mark: those who sign a joint document.
    marked = bool(set(line.text) & set(CLOSING_MARKS))
    row = len(parts_of(line, 0.8 * unit)) > 1 and not marked
    # A long name of who signs begins far left; no paragraph begins more than two characters in.
    long = gap > 2.4 * unit and not marked and right - line.right < min(gap, 2.6 * unit)
    return Passage(
        text=line.text,
        centred=centred,
        right=row or (not centred and (long or (gap > 8 * unit and gap > 1.5 * (right - line.right)))),
        indented=gap > 0.8 * unit,
        starts_page=first,
        tall_pt=line.size_pt,
        red=is_reddish(line),
        after_table=after_table,
    )


_HANGS = re.compile(r"附\s*件\s*[:：]|\d{1,2}[.．、]")
_COPIES = re.compile(r"(抄\s*[送报]|分送|主送)\s*[:：]")
_PRINTED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日印发$")
_LEAD = re.compile(r"(附\s*件\s*[:：])?(\d{1,2}[.．、])?")
_DATED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
# What begins a paragraph of its own even below a full line.
_BEGINS = re.compile(r"附\s*件\s*\d{0,2}\s*[:：]?$|\d{1,2}[.．、](?!\d)")


def _runs_on(part: _Part, sheet: Sheet, line: Line, right: float, styles: StyleSheet) -> bool:
    """Whether a line goes on with the paragraph above it."""
    above_sheet, above = part.lines[-1]
    unit = styles.page.character_pt * MM_PER_POINT
    if part.passage.ruled_off and above_sheet is sheet and _COPIES.match(part.passage.text):
        return line.left - sheet.left > 2.4 * unit and not _PRINTED.search(line.text)
    if abs(above.size_pt - line.size_pt) > 0.6 or above_sheet.page.landscape is not sheet.page.landscape:
        return False
    if is_centred(sheet, line, right, styles) or part.passage.centred or part.passage.right:
        return False
    hangs = _HANGS.match(part.passage.text) is not None
    if _BEGINS.match(line.text) and (hangs or above_sheet is not sheet):
        return False
    # A date far in stands below who signs, however full that line is.
    if _DATED.fullmatch(line.text) and line.left - sheet.left > 2.4 * unit and not hangs:
        return False
    # What begins another page far in hangs below the name, or it is who signs.
    inset = line.left - sheet.left
    if hangs and above_sheet is not sheet and inset > 2.4 * unit and abs(inset - _name_inset(part)) > 0.6 * unit:
        return False
    if _COPIES.match(part.passage.text):
        # Set in by a character at both ends, further lines below the first name.
        return line.left - sheet.left > 2.4 * unit and above.right + first_word(line) > right - 1.3 * unit
    # The next word had no room on the line above, else this is a new paragraph.
    if above.right + first_word(line) <= right - 0.6:
        return False
    gap = (line.left - sheet.left) / unit
    if above_sheet is sheet and line.y - above.y > max(1.5 * styles.page.line_pt, 2.4 * line.size_pt) * MM_PER_POINT:
        return False
    # Two characters in, a paragraph begins; a full line above does not say that it goes on.
    return gap < 1.6 or (2.4 < gap < 12 and (hangs or gap < 4))


def _name_inset(part: _Part) -> float:
    """How far in the name of an annex or the text of an item begins, behind its number."""
    sheet, line = part.lines[0]
    lead = _LEAD.match(line.text)
    return line.letters[min(lead.end() if lead else 0, len(line.letters) - 1)].left - sheet.left


def first_word(line: Line) -> float:
    """Width of what cannot be parted at the beginning of a line (行首不可分的部分)."""
    letters = line.letters
    end = 1
    if letters[0].text.isascii():
        while end < len(letters) and letters[end].text.isascii() and not letters[end].text.isspace():
            # A blank in the file is no letter here, but leaves a gap.
            if letters[end].left - letters[end - 1].right > 0.8:
                break
            end += 1
    sticks = CLOSING_MARKS + "'\""
    while end < len(letters) and (letters[end].text in sticks or letters[end - 1].text in OPENING_MARKS + "'\""):
        end += 1
    return letters[end - 1].right - letters[0].left
