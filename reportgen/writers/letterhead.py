"""The lines of the letterhead (版头的行): what stands on which line and how far apart, for all layouts.

GB/T 9704—2012 7.2 (文件), 10.1 (信函); a bulletin (简报) has the mark of the first, with its own lines below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reportgen.document import Document, Letterhead, LetterheadForm
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.lines import Edges, Floating, Line, Piece, Rule
from reportgen.writers.measure import text_width


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleRule:
    """A double rule (双线) of a letter, in points from the sheet's upper left corner."""

    x: float
    y: float
    width: float
    upper_pt: float
    lower_pt: float
    gap_pt: float
    color: str

    @property
    def height(self) -> float:
        """From the upper edge of the upper line to the lower edge of the lower one."""
        return self.upper_pt + self.gap_pt + self.lower_pt


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A letterhead laid out (版头排版): `floating` ones, then `lines` from the type area's upper edge."""

    floating: tuple[Floating, ...]
    lines: tuple[Line, ...]
    after_pt: float
    rules: tuple[DoubleRule, ...] = ()

    def in_reading_order(self) -> Iterator[Line | Floating]:
        """All as they are read (阅读顺序): 文件 behind the names that it is beside; in a letter it is first."""
        marks = [number for number, line in enumerate(self.lines, 1) if line.role is TextRole.ISSUER_MARK]
        behind = marks[-1] if marks and not self.rules else 0
        yield from self.lines[:behind]
        yield from self.floating
        yield from self.lines[behind:]


def is_letter(document: Document) -> bool:
    """Whether the document has the form of a letter (信函格式)."""
    return any(
        isinstance(block, Letterhead) and block.form is LetterheadForm.LETTER
        for section in document.sections
        for block in section.blocks
    )


def head_texts(block: Letterhead) -> Iterator[tuple[TextRole, str]]:
    """Every text of the letterhead in the order in which it is read; the 发文字号 stands behind its signers.

    What a letter has no place for is among them all the same, so that its loss is seen when the file is read back.
    """
    tops = _top_texts(block)
    signers = [(TextRole.SIGNER, block.signer_lead)] if block.signers else []
    signers += [(TextRole.SIGNER_NAME, name) for name in block.signers]
    number = [(TextRole.DOCUMENT_NUMBER, block.number)] if block.number else []
    marks = [(TextRole.ISSUER_MARK, text) for text in _mark_texts(block)]
    if block.form is LetterheadForm.LETTER:
        yield from (*marks, *tops[:1], *number, *tops[1:], *signers)
    else:
        yield from (*tops, *marks, *signers, *number)
    yield from ((TextRole.BULLETIN_LINE, text) for text in (block.publisher, block.date) if text)


def _top_texts(block: Letterhead) -> list[tuple[TextRole, str]]:
    slots = zip(_TOP_ROLES, (block.copy_number, block.secrecy, block.urgency), strict=True)
    return [(role, text) for role, text in slots if text]


_TOP_ROLES = (TextRole.COPY_NUMBER, TextRole.SECRECY, TextRole.SECRECY)


def _mark_texts(block: Letterhead) -> tuple[str, ...]:
    """An only issuer stands in one line with 文件; several have it beside them."""
    if len(block.mark) == 1:
        return (block.mark[0] + block.suffix,)
    return (*block.mark, block.suffix) if block.suffix else block.mark


def mark_size_pt(block: Letterhead, styles: StyleSheet) -> float:
    """The size of the 发文机关标志 in points: its style's, or what its longest line leaves of it."""
    room = styles.letter.rule_width_mm * POINTS_PER_MM
    return _mark(block, styles, room if block.form is LetterheadForm.LETTER else styles.page.text_width_pt()).size


def head(block: Letterhead, styles: StyleSheet, edges: Edges) -> Head:
    """The letterhead laid out on the upright page."""
    if block.form is LetterheadForm.LETTER:
        return _letter(block, styles, edges)
    return _document(block, styles, edges)


@dataclass(frozen=True, slots=True)
class _Mark:
    """The 发文机关标志: its letters' size, its lines' pitch, and what is added between the letters of each name."""

    size: float
    pitch: float
    width: float
    names: tuple[str, ...]
    spreads: tuple[float, ...]
    suffix_x: float


def _mark(block: Letterhead, styles: StyleSheet, room: float) -> _Mark:
    """The names spread to the width of the widest; letters too big for the room are smaller, never on two lines."""
    style = styles.text[TextRole.ISSUER_MARK]
    names = _mark_texts(block) if len(block.mark) == 1 else block.mark
    widest = max(map(text_width, names), default=1.0) or 1.0
    beside = text_width(block.suffix) if len(names) > 1 else 0.0
    gap = styles.letterhead.suffix_gap_pt if beside else 0.0
    size = min(style.size_pt, int((room - gap) / (widest + beside) * 2) / 2)  # Word has half points
    size = max(1.0, size)  # and no letters smaller than this; a page as narrow as that has no room for them anyway
    spreads = tuple(
        (widest - text_width(name)) * size / (len(name) - 1) if len(name) > 1 and len(names) > 1 else 0.0
        for name in names
    )
    pitch = styles.pitch_pt(TextRole.ISSUER_MARK) * size / style.size_pt
    return _Mark(size, pitch, (widest + beside) * size + gap, names, spreads, widest * size + gap)


def _document(block: Letterhead, styles: StyleSheet, edges: Edges) -> Head:
    room = styles.page.text_width_pt()
    lines: list[Line] = []
    y = 0.0

    def add(role: TextRole, pieces: tuple[Piece, ...], top: float, pitch: float) -> None:
        nonlocal y
        lines.append(Line(role=role, pieces=pieces, before_pt=max(0.0, top - y), pitch_pt=pitch))
        y = max(top, y) + pitch

    slots = zip(_TOP_ROLES, (block.copy_number, block.secrecy, block.urgency), strict=True)
    for slot, (role, text) in enumerate(slots):
        if text:
            add(role, (Piece(role=role, text=text),), slot * styles.page.line_pt, styles.pitch_pt(role))
    mark = _mark(block, styles, room)
    above, below = edges(mark.pitch, mark.size)
    top = max(y, styles.letterhead.mark_top_mm * POINTS_PER_MM - above)
    drawn = not styles.letterhead.preprinted
    floating: tuple[Floating, ...] = ()
    if drawn:
        for index, piece in enumerate(_mark_pieces(mark, room)):
            add(TextRole.ISSUER_MARK, (piece,), top + index * mark.pitch, mark.pitch)
        floating = _suffix(block, mark, room, top)
    # From here on distances count from the lower edge of the letters above.
    edge = top + len(mark.names) * mark.pitch - below
    last = TextRole.ISSUER_MARK
    for line in (*_number_lines(block, styles), *_bulletin_lines(block, styles)):
        if line.role is not last:
            edge += styles.text[line.role].before_lines * styles.page.line_pt
        add(line.role, line.pieces, edge, line.pitch_pt)
        last, edge = line.role, y
    if not lines:  # All of it is on the paper already: only the room is left.
        add(TextRole.ISSUER_MARK, (), edge - mark.pitch, mark.pitch)
    size = mark.size if last is TextRole.ISSUER_MARK else styles.text[last].size_pt
    end = lines[-1]
    away = max(0.0, styles.letterhead.rule_below_mm * POINTS_PER_MM - edges(end.pitch_pt, size)[1])
    rule = Rule(away_pt=away, width_pt=styles.letterhead.rule_pt, color=styles.letterhead.red)
    after = styles.letterhead.title_lines * styles.page.line_pt
    if drawn:
        lines[-1] = replace(end, below=rule)
    else:
        after += away + rule.width_pt
    return Head(floating=floating, lines=tuple(lines), after_pt=after)


def _mark_pieces(mark: _Mark, room: float) -> Iterator[Piece]:
    left = None if len(mark.names) == 1 else (room - mark.width) / 2
    for name, spread in zip(mark.names, mark.spreads, strict=True):
        yield Piece(role=TextRole.ISSUER_MARK, text=name, x=left, spread_pt=spread, size_pt=mark.size)


def _suffix(block: Letterhead, mark: _Mark, room: float, top: float) -> tuple[Floating, ...]:
    """文件 right of several issuers, at the middle of their height. 7.2.4."""
    if len(mark.names) == 1 or not block.suffix:
        return ()
    piece = Piece(role=TextRole.ISSUER_MARK, text=block.suffix, size_pt=mark.size)
    x = (room - mark.width) / 2 + mark.suffix_x
    y = top + (len(mark.names) - 1) * mark.pitch / 2
    # A little wider than its letters, or rounding would put the last one on a second line.
    width = text_width(block.suffix) * mark.size + 2
    return (Floating(piece=piece, x=x, y=y, width=width, pitch_pt=mark.pitch),)


def _number_lines(block: Letterhead, styles: StyleSheet) -> Iterator[Line]:
    """The 发文字号, centred; of an upward document left, on the last line of its signers. 7.2.5, 7.2.6."""
    role = TextRole.DOCUMENT_NUMBER
    pitch = styles.pitch_pt(role)
    style, unit = styles.text[role], styles.unit_pt(role)
    if not block.signers:
        if block.number:
            yield Line(role=role, pieces=(Piece(role=role, text=block.number),), before_pt=0, pitch_pt=pitch)
        return
    rows = _signer_rows(block, styles)
    number = (Piece(role=role, text=block.number, x=style.left_chars * unit),) if block.number else ()
    end = (style.left_chars + text_width(block.number) + 1) * unit
    beside = all((piece.x or 0.0) >= end for piece in rows[-1])
    for row in rows[:-1]:
        yield Line(role=role, pieces=row, before_pt=0, pitch_pt=pitch)
    if beside or not number:
        # Read after the signers, drawn left of them.
        yield Line(role=role, pieces=(*rows[-1], *number), before_pt=0, pitch_pt=pitch)
    else:
        yield Line(role=role, pieces=rows[-1], before_pt=0, pitch_pt=pitch)
        yield Line(role=role, pieces=number, before_pt=0, pitch_pt=pitch)


def _signer_rows(block: Letterhead, styles: StyleSheet) -> list[tuple[Piece, ...]]:
    """Two signers to a line, the leading one first; names stand under names."""
    unit = styles.unit_pt(TextRole.SIGNER_NAME)
    label = text_width(block.signer_lead) * styles.unit_pt(TextRole.SIGNER)
    column = (max(map(text_width, block.signers)) + 1) * unit
    columns = min(2, len(block.signers))
    inset = styles.text[TextRole.DOCUMENT_NUMBER].right_chars * styles.unit_pt(TextRole.DOCUMENT_NUMBER)
    names = max(label, styles.page.text_width_pt() - inset - columns * column + unit)
    rows = []
    for first in range(0, len(block.signers), 2):
        pieces = [Piece(role=TextRole.SIGNER, text=block.signer_lead, x=names - label)] if first == 0 else []
        for place, name in enumerate(block.signers[first : first + 2]):
            follows = first == 0 and place == 0
            pieces.append(Piece(role=TextRole.SIGNER_NAME, text=name, x=names + place * column, follows=follows))
        rows.append(tuple(pieces))
    return rows


def _bulletin_lines(block: Letterhead, styles: StyleSheet) -> Iterator[Line]:
    """Who publishes a bulletin, left, and when, right, on the line above the rule."""
    role = TextRole.BULLETIN_LINE
    style, unit = styles.text[role], styles.unit_pt(role)
    pieces = [Piece(role=role, text=block.publisher, x=style.left_chars * unit)] if block.publisher else []
    if block.date:
        right = styles.page.text_width_pt() - style.right_chars * unit
        pieces.append(Piece(role=role, text=block.date, x=right, align=Align.RIGHT))
    if pieces:
        yield Line(role=role, pieces=tuple(pieces), before_pt=0, pitch_pt=styles.pitch_pt(role))


def _letter(block: Letterhead, styles: StyleSheet, edges: Edges) -> Head:
    page, letter = styles.page, styles.letter
    left, rule_width = page.left_mm * POINTS_PER_MM, letter.rule_width_mm * POINTS_PER_MM
    rule_x = (page.width_mm * POINTS_PER_MM - rule_width) / 2
    mark = _mark(block, styles, rule_width)
    above, below = edges(mark.pitch, mark.size)
    sheet = page.top_mm * POINTS_PER_MM
    top = letter.mark_top_mm * POINTS_PER_MM - above - sheet
    floating = [
        Floating(piece=piece, x=rule_x - left, y=top + index * mark.pitch, width=rule_width, pitch_pt=mark.pitch)
        for index, piece in enumerate(_letter_pieces(mark, rule_width))
    ]
    edge = top + len(mark.names) * mark.pitch - below + letter.rule_below_mm * POINTS_PER_MM
    upper = DoubleRule(
        x=rule_x,
        y=sheet + edge,
        width=rule_width,
        upper_pt=letter.thick_pt,
        lower_pt=letter.thin_pt,
        gap_pt=letter.gap_pt,
        color=styles.letterhead.red,
    )
    foot = DoubleRule(
        x=rule_x,
        y=(page.height_mm - letter.foot_rule_mm) * POINTS_PER_MM - upper.height / 2,
        width=rule_width,
        upper_pt=letter.thin_pt,
        lower_pt=letter.thick_pt,
        gap_pt=letter.gap_pt,
        color=styles.letterhead.red,
    )
    lines = _letter_lines(block, styles, edges, max(0.0, edge + upper.height))
    rules = () if styles.letterhead.preprinted else (upper, foot)
    return Head(
        floating=() if styles.letterhead.preprinted else tuple(floating),
        lines=tuple(lines),
        after_pt=styles.letterhead.title_lines * page.line_pt,
        rules=rules,
    )


def _letter_pieces(mark: _Mark, width: float) -> Iterator[Piece]:
    for name, spread in zip(mark.names, mark.spreads, strict=True):
        # Spread names are as wide as each other; their last letter is followed by no room.
        yield Piece(
            role=TextRole.ISSUER_MARK, text=name, x=width / 2, align=Align.CENTER, spread_pt=spread, size_pt=mark.size
        )


def _letter_lines(block: Letterhead, styles: StyleSheet, edges: Edges, rule_end: float) -> Iterator[Line]:
    """份号, 密级, 紧急程度 at the left edge, the 发文字号 at the right one beside the first of them. 10.1."""
    tops = _top_texts(block)
    number = [(TextRole.DOCUMENT_NUMBER, block.number)] if block.number else []
    first = (*tops[:1], *number)
    if not first:
        pitch = styles.pitch_pt(TextRole.ISSUER_MARK)
        yield Line(role=TextRole.ISSUER_MARK, pieces=(), before_pt=max(0.0, rule_end - pitch), pitch_pt=pitch)
        return
    role = first[0][0]
    size, pitch = styles.text[role].size_pt, styles.pitch_pt(role)
    before = max(0.0, rule_end + styles.letter.head_below_pt - edges(pitch, size)[0])
    right = styles.page.text_width_pt()
    pieces = [Piece(role=top_role, text=text, x=0.0) for top_role, text in tops[:1]]
    pieces += [Piece(role=each, text=text, x=right, align=Align.RIGHT) for each, text in number]
    yield Line(role=role, pieces=tuple(pieces), before_pt=before, pitch_pt=pitch)
    for each, text in tops[1:]:
        yield Line(role=each, pieces=(Piece(role=each, text=text),), before_pt=0, pitch_pt=styles.pitch_pt(each))
