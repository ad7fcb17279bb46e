"""Tables in Typst (表格转 Typst). Their equals are `html_tables` with `css_tables`, and `docx_tables`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reportgen.document import Cell, ColumnKind, Orientation, Row, Table
from reportgen.grid import Slot, Start, resolve
from reportgen.styles import POINTS_PER_MM, Align, Ruling, StyleSheet, TextRole
from reportgen.writers.measure import line_count
from reportgen.writers.table_rows import (
    cell_widths,
    half_page_lines,
    head_lines,
    keeps_together,
    lacking_lines,
    row_role,
)
from reportgen.writers.typst_parted import NEXT_TABLE, split_text
from reportgen.writers.typst_text import ALIGNS, color, letters_name, literal, points, theme_scope, words


def typst_table(table: Table, orientation: Orientation, styles: StyleSheet) -> str:
    """The source of a table."""
    sheet = _bounded(styles.themed(table.theme), orientation)
    return _Source(table, orientation, sheet, theme_scope(styles, table.theme)).text()


def _bounded(styles: StyleSheet, orientation: Orientation) -> StyleSheet:
    """The style sheet with no more lines kept together than half a page has: Typst would let the rest fall off it."""
    most, table = half_page_lines(styles, orientation), styles.table
    kept = {name: min(getattr(table, name), most) for name in ("keep_row_lines", "keep_merged_lines")}
    return replace(styles, table=replace(table, **kept, split_lines=min(table.split_lines, most // 2)))


@dataclass
class _Source:
    """A table on its way to source (表格排版源), and which of its categories a page end may part."""

    table: Table
    orientation: Orientation
    styles: StyleSheet
    scope: str
    parted: dict[int, None] = field(default_factory=dict)
    ends: dict[int, list[tuple[str, str]]] = field(default_factory=dict)

    def text(self) -> str:
        table, count = self.styles.table, len(self.table.columns)
        cell = self.styles.text[TextRole.TABLE_CELL]
        columns = ", ".join(points(width) for width in self.widths)
        aligned = ", ".join(ALIGNS[align] for align in self.aligned)
        rule = "none" if table.ruling is Ruling.THREE else points(table.rule_pt)
        # A row whose cells are all covered from above has nothing to say.
        rows = [*self._head(), *filter(None, self._body())]
        closing = "".join(map(self._mark_end, self.ends.get(len(self.table.body), ())))
        closing = f"\nplace(left, {{ {closing} }})" if closing else ""
        frame = points(table.frame_pt)
        sides = f"table.vline(x: 0, stroke: {frame}), table.vline(x: {count}, stroke: {frame}), "
        if table.ruling is not Ruling.GRID:
            none = "stroke: none"
            sides = f"table.vline(x: 0, {none}), table.vline(x: {count}, {none}), "
        return (
            f"{{ {NEXT_TABLE}; set par(justify: {_truth(cell.align is Align.JUSTIFY)})\n"
            f"{letters_name(TextRole.TABLE_CELL, self.scope)}({{ pad(x: {points(self.edge)}, "
            f"table(columns: ({columns},), align: ({aligned},).map(it => horizon + it), stroke: {rule}, "
            f"inset: (x: {points(self.inset[0])}, y: {points(self.inset[1])}),\n{sides}\n"
            + ",\n".join(rows)
            + f",\n{self._foot()})){closing} }}) }}"
        )

    @cached_property
    def edge(self) -> float:
        """What of the frame stands within the type area on each side, in points."""
        return self.styles.table.frame_pt / 2 if self.styles.table.ruling is Ruling.GRID else 0.0

    @cached_property
    def widths(self) -> Sequence[float]:
        """The widths of the columns in points."""
        room = self.styles.page.text_width_pt(self.orientation) - 2 * self.edge
        return [column.share * room for column in self.table.columns]

    @cached_property
    def inset(self) -> tuple[float, float]:
        """What lies between the middle of a rule and the letters, sideways and downwards, in points."""
        table = self.styles.table
        padding = table.padding_mm * POINTS_PER_MM
        inner = 0.0 if table.ruling is Ruling.THREE else table.rule_pt / 2
        return padding + inner, padding + inner

    @cached_property
    def aligned(self) -> Sequence[Align]:
        return [self.styles.table.align[column.kind] for column in self.table.columns]

    @cached_property
    def characters(self) -> Sequence[float]:
        return cell_widths(self.table, self.orientation, self.styles)

    def _head(self) -> Iterator[str]:
        """The rows that are repeated; the last of them says where the part of a page begins."""
        table, style = self.styles.table, self.styles.text[TextRole.TABLE_HEAD]
        frame, below = points(table.frame_pt), points(table.under_head_pt)
        fill = f", fill: {color(table.head_fill)}" if table.head_fill else ""
        at_foot = f"place(bottom + left, dy: {points(self.inset[1])}, table_mark({_name('head')})); "
        grid = resolve(self.table.head, len(self.table.columns))
        marked = grid[-1][0] if grid else None
        last = marked.cell if isinstance(marked, Start) else marked.by if marked else None
        cells = []
        for number, slots in enumerate(grid):
            for slot in slots:
                if not isinstance(slot, Start):
                    continue
                cell = slot.cell
                rules = [f"top: {frame}"] if number == 0 else []
                rules += [f"bottom: {below}"] if number + cell.row_span == len(grid) else []
                stroke = f", stroke: ({', '.join(rules)})" if rules else ""
                mark = at_foot if cell is last else ""
                content = self._styled(TextRole.TABLE_HEAD, self._words(TextRole.TABLE_HEAD, cell))
                look = f"align: horizon + {ALIGNS[style.align]}{fill}{stroke}"
                cells.append(f"table.cell({_spans(cell)}{look}, {{ {mark}{content} }})")
        # Without a head there is none that could be repeated, and the frame is closed by a rule alone; one that takes
        # most of a page would leave no room for rows, and what is higher than a page would fall off it as a head.
        lines, most = head_lines(grid, self.characters), half_page_lines(self.styles, self.orientation)
        if not cells:
            yield f"table.hline(y: 0, stroke: {frame})"
        elif lines > 3 * most // 2:
            yield ", ".join(cells)
        else:
            once = "repeat: false, " if lines > most else ""
            yield f"table.header({once}{', '.join(cells)})"

    def _styled(self, role: TextRole, content: str) -> str:
        justify = _truth(self.styles.text[role].align is Align.JUSTIFY)
        return f"set par(justify: {justify}); {letters_name(role, self.scope)}({content})"

    def _words(self, role: TextRole, cell: Cell, width: float = 24.0) -> str:
        """The letters of a cell, from the first line's indent on."""
        content = words("\n".join(cell.paragraphs), width)
        first = self.styles.text[role].first_line_chars * self.styles.unit_pt(role)
        return f"{{ h({points(first)}); {content} }}" if first else content

    def _body(self) -> Iterator[str]:
        rows = tuple(self.table.body)
        slotted = zip(rows, (*rows[1:], None), resolve(rows, len(self.table.columns)), strict=False)
        open_ends: set[int] = set()
        for number, (row, following, slots) in enumerate(slotted):
            open_ends.update(self._open_ends(number, slots))
            role = row_role(row)
            ended = "".join(map(self._mark_end, self.ends.pop(number, ())))
            if role is not TextRole.TABLE_CELL:
                yield self._section(row, role, following, ended)
            else:
                kept = number not in open_ends and keeps_together(slots, self.characters, self.styles)
                yield self._row(number, slots, ended, kept=kept)

    def _open_ends(self, number: int, slots: Sequence[Slot]) -> Iterator[int]:
        """The last rows of tall merged cells, which have to be as high as what the other rows leave of the text.

        Kept together, such a row would let what is higher than a page fall off it.
        """
        most = self.styles.table.keep_merged_lines
        for width, slot in zip(self.characters, slots, strict=True):
            if not isinstance(slot, Start) or slot.cell.row_span == 1:
                continue
            if line_count(slot.cell.paragraphs, width) > most:
                yield number + slot.cell.row_span - 1

    def _section(self, row: Row, role: TextRole, following: Row | None, ended: str) -> str:
        """A section row, which Typst never leaves alone at a page's end: it is a head of its own, not repeated.

        One without a row of its own below it is none: Typst would fall over it, and take the foot for a row.
        """
        style, cell = self.styles.text[role], row[0]
        content = f"{{ {ended}{self._styled(role, self._words(role, cell))} }}"
        whole = line_count(cell.paragraphs, sum(self.characters)) <= half_page_lines(self.styles, self.orientation)
        kept = "breakable: false, " if whole else ""
        shown = f"table.cell({_spans(cell)}{kept}align: horizon + {ALIGNS[style.align]}, {content})"
        if whole and style.keep_with_next and following and _below(following, cell):
            return f"table.header(repeat: false, level: {cell.section_level + 1}, {shown})"
        return shown

    def _row(self, number: int, slots: Sequence[Slot], ended: str, *, kept: bool) -> str:
        """A row of entries; one that is `kept` stands on one page, the others may be parted by a page's end."""
        # One cell that is not broken keeps them all together.
        cells, whole = [], "breakable: false, " if kept else ""
        for column, slot in enumerate(slots):
            if not isinstance(slot, Start):
                continue
            cell = slot.cell
            merged = cell.row_span > 1
            if merged or (not kept and self.table.columns[column].kind is ColumnKind.LABEL):
                content = self._category(number, column, cell)
            else:
                content = self._plain(column, cell) if kept else self._long(column, cell)
            if ended:
                content, ended = f"{{ {ended}{content} }}", ""
            options = _spans(cell)
            if whole and not merged:
                options, whole = options + whole, ""
            cells.append(f"table.cell({options}{content})" if options else content)
        return ", ".join(cells)

    def _plain(self, column: int, cell: Cell) -> str:
        content = self._words(TextRole.TABLE_CELL, cell, self.characters[column])
        return self._justified(column, content)

    def _justified(self, column: int, content: str) -> str:
        """Whether full lines are flush is the paragraph's own where the column has another alignment than the role."""
        justify = self.aligned[column] is Align.JUSTIFY
        usual = self.styles.text[TextRole.TABLE_CELL].align is Align.JUSTIFY
        return content if justify == usual else f"{{ set par(justify: {_truth(justify)}); {content} }}"

    def _long(self, column: int, cell: Cell) -> str:
        """A text that page ends may part where it is long enough for it."""
        table, width = self.styles.table, self.characters[column]
        pitch = self.styles.pitch_pt(TextRole.TABLE_CELL)
        lines = line_count(cell.paragraphs, width)
        if lines + 1 < 2 * table.split_lines or table.split_lines < 1:
            room = lacking_lines(cell, width, self.styles) * pitch
            more = f", room: {points(room)}" if room else ""
            content = f"table_whole({self._words(TextRole.TABLE_CELL, cell, width)}{more})"
        else:
            content = split_text(
                "\n".join(cell.paragraphs),
                width,
                width_pt=self._inner(column, cell),
                pitch_pt=pitch,
                least=table.split_lines,
                justify=self.aligned[column] is Align.JUSTIFY,
            )
        return self._justified(column, content)

    def _inner(self, column: int, cell: Cell) -> float:
        return sum(self.widths[column : column + cell.col_span]) - 2 * self.inset[0]

    def _category(self, number: int, column: int, cell: Cell) -> str:
        """A merged cell, or the category of a row that may be parted: printed on each page that it reaches."""
        lines = line_count(cell.paragraphs, self.characters[column])
        if not any(cell.paragraphs) or lines > self.styles.table.keep_merged_lines:
            return self._long(column, cell)
        key = f"{number}-{column}"
        self.parted[column] = None
        content = self._words(TextRole.TABLE_CELL, cell, self.characters[column])
        self.ends.setdefault(number + cell.row_span, []).append((key, content))
        return self._justified(column, f"table_category({_name(str(column))}, {literal(key)}, {content})")

    def _mark_end(self, end: tuple[str, str]) -> str:
        """The mark of the place where a category ends, the upper edge of the row below it, and what it says."""
        mark = f"table_mark({_name(f'end-{end[0]}')}, value: {end[1]})"
        return f"place(top + left, dy: {points(-self.inset[1])}, {mark}); "

    def _foot(self) -> str:
        """The empty row that closes the frame on each page, and prints the categories there that went on."""
        count, frame = len(self.table.columns), points(self.styles.table.frame_pt)
        if not self.table.body:
            return f"table.hline(stroke: {frame})"
        columns = []
        for column in self.parted:
            x = sum(self.widths[:column]) + self.inset[0]
            width = self.widths[column] - 2 * self.inset[0]
            shown = f"it => align({ALIGNS[self.aligned[column]]}, {self._justified(column, 'it')})"
            columns.append(f"({literal(str(column))}, {points(x)}, {points(width)}, {shown}), ")
        content = f"table_foot(table_name, ({''.join(columns)}))" if columns else "[]"
        return (
            f"table.footer(table.cell(colspan: {count}, inset: 0pt, align: top + left, "
            f"stroke: (top: {frame}, rest: none), {content}))"
        )


def _spans(cell: Cell) -> str:
    spans = f"colspan: {cell.col_span}, " if cell.col_span > 1 else ""
    return spans + (f"rowspan: {cell.row_span}, " if cell.row_span > 1 else "")


def _below(row: Row, section: Cell) -> bool:
    """Whether a row is one of those that a section row stands above."""
    return row_role(row) is TextRole.TABLE_CELL or row[0].section_level > section.section_level


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _name(part: str) -> str:
    """The name of a mark, which begins with that of its table."""
    return f"table_name + {literal('-' + part)}"
