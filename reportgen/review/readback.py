"""A finished file back to the outline of its tree (回读): so that no writer can drop, double or reorder a thing.

The roles come from what the file itself says: names of Word styles, classes of HTML elements. What a writer
should never have written is not passed over: it appears as a line that no outline has.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reportgen.document import Cell, Orientation
from reportgen.styles import TextRole
from reportgen.writers.css import class_name
from reportgen.writers.docx_styles import RUN_ROLES, role_name, run_style_name, style_name
from reportgen.writers.outline import SECTION, row_line, text_line

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SECTION_END = "节尾"
_SECTION_ROWS = (TextRole.TABLE_SECTION_1, TextRole.TABLE_SECTION_2)
_STYLE_ROLES = {style_name(role): role for role in TextRole} | {run_style_name(role): role for role in RUN_ROLES}


def read_docx(blob: bytes) -> list[str]:
    """The outline (大纲) of a Word file, in the order of its body."""
    import docx

    document = docx.Document(io.BytesIO(blob))
    names = {style.style_id: style.name for style in document.styles}
    lines: list[str] = []
    section: list[str] = []
    last = ""
    for child in document.element.body:
        properties = child
        if child.tag == _W + "p":
            section += _word_paragraph(child, names)
            properties = child.find(f"{_W}pPr/{_W}sectPr")
        elif child.tag == _W + "tbl":
            section += _word_imprint(child, names) or _word_table(child, names)
        elif child.tag != _W + "sectPr":
            section.append(_stranger(child))
        if properties is not None and properties.tag == _W + "sectPr":
            turned = _section_line(_is_turned(properties))
            # The even page of an imprint belongs to the section whose text it closes.
            goes_on = _value(properties, "type") == "evenPage" and turned == last
            lines += section if goes_on else [turned, *section]
            section, last = [], turned
    return lines + section


def _word_paragraph(paragraph: Any, names: dict[str, str]) -> Iterator[str]:
    name = names.get(_value(paragraph, "pPr", "pStyle") or "", "？")
    text = _word_text(paragraph)
    if name == _SECTION_END and not text:
        return
    first = paragraph.find(_W + "r")
    run_in = None if first is None else names.get(_value(first, "rPr", "rStyle") or "")
    role = _STYLE_ROLES.get(run_in or name)
    if role is TextRole.CHART:
        text = "".join(properties.get("descr", "") for properties in paragraph.iter(_WP + "docPr")) + text
    if _STYLE_ROLES.get(name) in _PLACED:
        yield from _word_pieces(paragraph, _STYLE_ROLES[name], names)
        return
    yield _named_line(role.value if role else run_in or name, text)


# Paragraphs that hold several texts on one line, parted by tabs or by their styles.
_PLACED = frozenset(
    {
        TextRole.COPY_NUMBER,
        TextRole.SECRECY,
        TextRole.DOCUMENT_NUMBER,
        TextRole.BULLETIN_LINE,
        TextRole.ISSUER,
        TextRole.IMPRINT,
    }
)


def _word_pieces(paragraph: Any, role: TextRole, names: dict[str, str]) -> Iterator[str]:
    """The texts of a line, the 发文字号 behind the signers that stand right of it."""
    pieces: list[tuple[TextRole, str]] = []
    for run in paragraph.iterchildren(_W + "r"):
        own = _STYLE_ROLES.get(names.get(_value(run, "rPr", "rStyle") or "") or "", role)
        begins = not pieces or pieces[-1][0] is not own
        for text in _word_text([run]).split("\t"):
            pieces += [(own, text)] if begins else []
            pieces[-1] = pieces[-1] if begins else (own, pieces[-1][1] + text)
            begins = True
    found = [piece for piece in pieces if piece[1]]
    if any(own is TextRole.SIGNER_NAME for own, _ in found):
        found.sort(key=lambda piece: piece[0] is TextRole.DOCUMENT_NUMBER)
    yield from (text_line(own, text) for own, text in found or [(role, "")])


def _word_imprint(table: Any, names: dict[str, str]) -> list[str]:
    """The lines of the table that holds an imprint; none if it holds anything else."""
    paragraphs = list(table.iter(_W + "p"))
    styles = {_STYLE_ROLES.get(names.get(_value(each, "pPr", "pStyle") or "") or "") for each in paragraphs}
    if styles != {TextRole.IMPRINT}:
        return []
    return [line for paragraph in paragraphs for line in _word_paragraph(paragraph, names)]


def _word_text(paragraph: Any) -> str:
    """The text of the runs; a tab inside `w:pPr` is a setting, not text."""
    pieces: list[str] = []
    for child in paragraph:
        for node in () if child.tag == _W + "pPr" else child.iter(_W + "t", _W + "br", _W + "tab"):
            pieces.append({_W + "br": "\n", _W + "tab": "\t"}.get(node.tag, node.text or ""))
    return "".join(pieces)


@dataclass
class _OpenCell:
    """A cell whose number of rows is not known before its last row is read."""

    paragraphs: list[str]
    width: int
    height: int = 1

    def closed(self) -> Cell:
        return Cell(paragraphs=tuple(self.paragraphs), col_span=self.width, row_span=self.height)


def _word_row_role(tr: Any, names: dict[str, str]) -> TextRole:
    """What the texts of a row are: those of a section row say so by the style of its only cell."""
    if tr.find(f"{_W}trPr/{_W}tblHeader") is not None:
        return TextRole.TABLE_HEAD
    name = names.get(_value(tr, "tc", "p", "pPr", "pStyle") or "", "")
    role = _STYLE_ROLES.get(role_name(name))
    return role if role in _SECTION_ROWS else TextRole.TABLE_CELL


def _word_table(table: Any, names: dict[str, str]) -> Iterator[str]:
    """One pass over the XML rows: `Table.cell()` of python-docx takes quadratic time."""
    rows: list[tuple[TextRole, list[_OpenCell]]] = []
    above: dict[int, _OpenCell] = {}
    for tr in table.iterchildren(_W + "tr"):
        role = _word_row_role(tr, names)
        cells: list[_OpenCell] = []
        column = 0
        for tc in tr.iterchildren(_W + "tc"):
            paragraphs = [_word_text(paragraph) for paragraph in tc.iterchildren(_W + "p")]
            width = int(_value(tc, "tcPr", "gridSpan") or 1)
            merge = tc.find(f"{_W}tcPr/{_W}vMerge")
            origin = above.get(column)
            if merge is not None and merge.get(_W + "val") != "restart" and origin and origin.width == width:
                origin.height += 1
                # Word hides text in a continued cell; none may be there.
                origin.paragraphs += [text for text in paragraphs if text]
            else:
                cells.append(_OpenCell(paragraphs, width))
                above[column] = cells[-1]
            column += width
        rows.append((role, cells))
    yield from _row_lines(rows)


def _row_lines(rows: Iterable[tuple[TextRole, list[_OpenCell]]]) -> Iterator[str]:
    for role, cells in rows:
        yield row_line(role, tuple(cell.closed() for cell in cells))


def _value(parent: Any, *path: str) -> str | None:
    found = parent.find("/".join(_W + name for name in path))
    return None if found is None else found.get(_W + "val")


def _is_turned(properties: Any) -> bool:
    size = properties.find(_W + "pgSz")
    return size is not None and int(size.get(_W + "w")) > int(size.get(_W + "h"))


def _section_line(turned: bool) -> str:
    return f"{SECTION} {(Orientation.LANDSCAPE if turned else Orientation.PORTRAIT).value}"


def _named_line(name: str, text: str) -> str:
    role = next((role for role in TextRole if role.value == name), None)
    return text_line(role, text) if role else f"？{name} {text}"


def _stranger(element: Any) -> str:
    tag = element.tag if isinstance(element.tag, str) else "注释"
    return f"？{tag.rpartition('}')[2]} {''.join(element.itertext())}"


def read_html(blob: bytes) -> list[str]:
    """The outline (大纲) of an HTML page, in the order of its body."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    body: Any = html.document_fromstring(blob, parser=parser).find("body")
    lines: list[str] = []
    for section in body:
        if section.tag != "section":
            lines.append(_stranger(section))
            continue
        lines.append(_section_line("landscape" in section.classes))
        lines += [*_html_blocks(section), *_loose_text(section.tail)]
    return lines + _loose_text(body.text)


def _html_blocks(parent: Any) -> Iterator[str]:
    """The lines of a section or of what holds some of its lines in place."""
    for block in parent:
        if block.tag == "div" and class_name(TextRole.CHART) in block.classes:
            yield text_line(TextRole.CHART, "".join(each.get("alt", "") for each in block) + block.text_content())
        elif block.tag == "div":
            yield from _html_blocks(block)
        elif block.tag == "table":
            yield from _html_table(block)
        else:
            yield _html_line(block)
        yield from _loose_text(block.tail)
    yield from _loose_text(parent.text)


def _html_line(block: Any) -> str:
    first = block[0] if len(block) else None
    holder = block
    if first is not None and first.tag == "span" and first.get("class") and not block.text:
        holder = first  # a heading whose text runs on
    return _named_line(_class_role(holder.get("class")), _html_text(block))


def _class_role(name: str | None) -> str:
    """The Chinese name of the role that a CSS class stands for."""
    role = TextRole.__members__.get((name or "").upper().replace("-", "_"))
    return role.value if role else f"{name}"


def _html_text(element: Any) -> str:
    pieces = [element.text or ""]
    for child in element:
        pieces += ["\n" if child.tag == "br" else _html_text(child), child.tail or ""]
    return "".join(pieces)


def _loose_text(text: str | None) -> list[str]:
    """Text between the blocks, where only line ends belong."""
    return [f"？ {text.strip()}"] if text and text.strip() else []


def _html_table(table: Any) -> Iterator[str]:
    for tr in table.iterfind("thead/tr"):
        yield row_line(TextRole.TABLE_HEAD, tuple(map(_html_cell, tr)))
    for tr in table.iterfind("tbody/tr"):
        section = next((role for role in _SECTION_ROWS if class_name(role) in tr.classes), TextRole.TABLE_CELL)
        yield row_line(section, tuple(map(_html_cell, tr)))
    for child in table:
        # The foot is empty: it only closes the frame at a page's end.
        empty = child.tag == "tfoot" and not child.text_content().strip()
        if not empty and child.tag not in ("colgroup", "thead", "tbody"):
            yield _stranger(child)


def _html_cell(cell: Any) -> Cell:
    paragraphs = tuple(_html_text(cell).split("\n"))
    return Cell(paragraphs=paragraphs, col_span=int(cell.get("colspan", 1)), row_span=int(cell.get("rowspan", 1)))
