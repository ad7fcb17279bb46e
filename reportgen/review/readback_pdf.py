"""A finished PDF back to what it says (PDF 回读): through its tags, and through what stands on its pages.

The text is taken from the content streams by the faces' own ToUnicode tables, letter by letter. A reader of
pages would guess spaces and throw out letters that stand upon each other.
"""

from __future__ import annotations

import ctypes
import io
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import groupby
from typing import Any

from reportgen.document import Orientation
from reportgen.styles import TABLE_ROLES, TextRole
from reportgen.writers.outline import LINE_BREAK, SECTION


class Kind(Enum):
    """What a piece of a PDF is (片段种类)."""

    TURN = "纸张方向"
    TEXT = "段落"
    HEAD = "表头行"
    ROW = "表格行"
    STRAY = "标签之外"


@dataclass(frozen=True)
class Piece:
    """A paragraph or a table row (片段) without any white space; `right` says how many columns each cell covers.

    `top` marks the first piece of a page: it may be the rest of what the page before could not hold, or the
    head of a table once more. The tags do not tell (`joined` does); it takes no part in equality.
    """

    kind: Kind
    texts: tuple[str, ...]
    right: tuple[int, ...] = (1,)
    top: bool = field(default=False, compare=False)


_ROW_ROLES = tuple(role.value for role in TABLE_ROLES)


def plain(lines: Sequence[str]) -> list[Piece]:
    """The outline (大纲) reduced to what a PDF's tags know.

    Lost are: the roles (a heading that runs on is tagged as a paragraph), white space, joiners and line ends (a
    soft wrap looks the same), how many rows a cell covers (pages cut merged cells), empty paragraphs, and section
    ends between pages of one orientation. Cells are parted at ` │ `, which no text may hold.
    """
    pieces: list[Piece] = []
    turned = ""
    for line in lines:
        role, _, text = line.partition(" ")
        if role == SECTION:
            pieces += [Piece(Kind.TURN, (text,))] if text != turned else []
            turned = text
        elif role in _ROW_ROLES:
            cells = [
                re.fullmatch(r"(.*?)(?: →(\d+))?(?: ↓\d+)?", cell, re.S)
                for cell in text.removeprefix("│ ").split(" │ ")
            ]
            kind = Kind.HEAD if role == TextRole.TABLE_HEAD.value else Kind.ROW
            found = [cell for cell in cells if cell]
            pieces.append(
                Piece(kind, tuple(_bare(cell[1]) for cell in found), tuple(int(cell[2] or 1) for cell in found))
            )
        elif bare := _bare(text):
            pieces.append(Piece(Kind.TEXT, (bare,)))
    return pieces


def _bare(text: str) -> str:
    """The text without what leaves no ink: white space, joiners and other format characters."""
    inked = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return "".join(inked.replace(LINE_BREAK, "").split())


def joined(pieces: Sequence[Piece], like: Sequence[Piece]) -> list[Piece]:
    """The pieces of a PDF with what a page end parted put together again, where `like` has it as one (拼接).

    Only what stands first on a page is ever joined to what stands before it or, as a head that is repeated, left
    out; of everything else nothing is, so that a loss stays a difference.
    """
    result: list[Piece] = []
    head: list[Piece] = []
    for piece in pieces:
        done = len(result)
        complete = like[done - 1 : done] == result[-1:]
        if piece.kind is Kind.HEAD:
            if piece.top and piece in head and not (complete and like[done : done + 1] == [piece]):
                continue
            head = [*(head if result and result[-1].kind is Kind.HEAD else []), piece]
        whole = None if complete or not piece.top else _whole(result[-1], piece)
        if whole and done <= len(like) and _begins(like[done - 1], whole):
            result[-1] = whole
        else:
            result.append(piece)
    return result


def _whole(part: Piece, rest: Piece) -> Piece | None:
    """Both as one; None if they cannot be parts of one thing."""
    if part.kind is not rest.kind or part.right != rest.right:
        return None
    return replace(part, texts=tuple(a + b for a, b in zip(part.texts, rest.texts, strict=True)))


def _begins(wanted: Piece, part: Piece) -> bool:
    return (
        wanted.kind is part.kind
        and wanted.right == part.right
        and all(whole.startswith(text) for whole, text in zip(wanted.texts, part.texts, strict=True))
    )


def read_pdf(blob: bytes) -> list[Piece]:
    """What a tagged PDF says, in the order of its tags (标签树); text that no tag holds comes last, as `STRAY`.

    The page number is allowed to stand outside: PDF before 2.0 has no tag for it.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(blob)) as pdf:
        pages = [_Page(*_marked_texts(pikepdf, page)) for page in pdf.pages]
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
        pieces: list[Piece] = []
        turned = ""
        for number, sections in groupby(_sections(pdf), lambda section: numbers[section.Pg.objgen]):
            _, _, width, height = (float(edge) for edge in pdf.pages[number].mediabox)
            orientation = (Orientation.LANDSCAPE if width > height else Orientation.PORTRAIT).value
            pieces += [Piece(Kind.TURN, (orientation,))] if orientation != turned else []
            turned = orientation
            pieces += _tops(piece for section in sections for piece in _pieces(section, pages[number]))
        # A category that is printed again on a continued page is an artifact; what no cell says is none.
        said = {text for piece in pieces if piece.kind is Kind.ROW for text in piece.texts}
        return pieces + [Piece(Kind.STRAY, (text,)) for page in pages for text in page.strays(said)]


@dataclass
class _Page:
    """The texts of a page by marked content id, those outside of any, those of artifacts, and the ids asked for."""

    texts: dict[int, str]
    loose: list[str]
    artifacts: list[str]
    asked: set[int] = field(default_factory=set)

    def text(self, mcid: int) -> str:
        self.asked.add(mcid)
        return self.texts.get(mcid, "")

    def strays(self, said: set[str]) -> list[str]:
        """Text that no tag holds, unless it is the page number, or an artifact that repeats what was `said`."""
        outside = "".join(text for mcid, text in self.texts.items() if mcid not in self.asked)
        strays = [_bare(text) for text in (outside, *self.loose)]
        repeated = [text for text in map(_bare, self.artifacts) if text not in said]
        return [text for text in strays + repeated if text and not re.fullmatch(r"\D?\d+\D?", text)]


def _sections(pdf: Any) -> Iterator[Any]:
    for root in pdf.Root.StructTreeRoot.K:
        yield from root.K


def _pieces(element: Any, page: _Page) -> Iterator[Piece]:
    """The paragraphs and rows under an element; every other element is looked through."""
    tag = str(element.S)
    if tag in ("/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6"):
        if text := _bare(_element_text(element, page)):
            yield Piece(Kind.TEXT, (text,))
    elif tag == "/TFoot":
        # The empty foot that closes the frame at a page's end; a text there belongs to no row.
        if text := _bare(_element_text(element, page)):
            yield Piece(Kind.STRAY, (text,))
    elif tag == "/TR":
        cells = list(_kids(element))
        kind = Kind.HEAD if all(str(cell.S) == "/TH" for cell in cells) else Kind.ROW
        right = tuple(int(cell.A.get("/ColSpan", 1)) for cell in cells)
        yield Piece(kind, tuple(_bare(_element_text(cell, page)) for cell in cells), right)
    else:
        for kid in _kids(element):
            if isinstance(kid, int):
                yield Piece(Kind.STRAY, (_bare(page.text(kid)),))
            else:
                yield from _pieces(kid, page)


def _kids(element: Any) -> Iterator[Any]:
    """Elements, or ids of marked content; WeasyPrint always writes an array."""
    yield from element.get("/K", ())


def _element_text(element: Any, page: _Page) -> str:
    return "".join(page.text(kid) if isinstance(kid, int) else _element_text(kid, page) for kid in _kids(element))


def _tops(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Head rows at the top of a page are first, and so is what follows them."""
    top = True
    for piece in pieces:
        yield replace(piece, top=top)
        top = top and piece.kind is Kind.HEAD


_ARTIFACT = -1


def _marked_texts(pikepdf: Any, page: Any) -> tuple[dict[int, str], list[str], list[str]]:
    """The texts of a page by marked content id, those that stand in none, and those of its artifacts."""
    faces = {name: _to_unicode(face) for name, face in page.resources.get("/Font", {}).items()}
    texts: dict[int, str] = {}
    loose: list[str] = []
    artifacts: list[str] = []
    marks: list[int | None] = []
    face: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page, "BMC BDC EMC Tf Tj TJ"):
        match str(operator):
            case "BMC":
                marks.append(_ARTIFACT if operands[0] == "/Artifact" else None)
                artifacts += [""] if marks[-1] == _ARTIFACT else []
            case "BDC":
                marks.append(int(operands[1].MCID) if "/MCID" in operands[1] else None)
            case "EMC":
                marks.pop()
            case "Tf":
                face = faces[str(operands[0])]
            case _:
                text = _shown_text(pikepdf, operands[0], face)
                mcid = next((mark for mark in reversed(marks) if mark is not None), None)
                if mcid is None:
                    loose.append(text)
                elif mcid == _ARTIFACT:
                    artifacts[-1] += text
                else:
                    texts[mcid] = texts.get(mcid, "") + text
    return texts, loose, artifacts


def _shown_text(pikepdf: Any, operand: Any, face: dict[int, str]) -> str:
    """The letters of a `Tj` or `TJ`, two bytes each; one without a letter is shown as �."""
    strings = [operand] if isinstance(operand, pikepdf.String) else operand
    codes = b"".join(bytes(item) for item in strings if isinstance(item, pikepdf.String))
    return "".join(face.get(high << 8 | low, "\ufffd") for high, low in zip(codes[::2], codes[1::2], strict=True))


def _to_unicode(face: Any) -> dict[int, str]:
    """A face's table from glyph to text; only single entries, as WeasyPrint writes them."""
    if "/ToUnicode" not in face:
        return {}
    table = face.ToUnicode.read_bytes().decode("ascii")
    single = "".join(re.findall(r"beginbfchar(.*?)endbfchar", table, re.S))
    pairs = re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", single)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def pdf_faces(blob: bytes) -> frozenset[str]:
    """Names of the embedded faces (嵌入字体) without the subset prefix; raises `ValueError` if one is not embedded."""
    import pikepdf

    embedded: set[str] = set()
    missing: set[str] = set()
    with pikepdf.open(io.BytesIO(blob)) as pdf:
        for page in pdf.pages:
            for face in page.resources.get("/Font", {}).values():
                holder = face.DescendantFonts[0] if "/DescendantFonts" in face else face
                descriptor: Any = holder.get("/FontDescriptor", {})
                whole = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                (embedded if whole else missing).add(re.sub(r"^/([A-Z]{6}\+)?", "", str(face.get("/BaseFont"))))
    if missing:
        raise ValueError(f"PDF 中有未嵌入的字体：{'、'.join(sorted(missing))}")
    return frozenset(embedded)


@dataclass(frozen=True)
class PageFacts:
    """What can be measured on a page (页面实测), in points rounded to a tenth.

    `baselines` are the heights of the lines above the sheet's lower edge, from the top down, each once; text that
    is turned (the page number of a landscape page) has none. `sizes` are the letters' sizes, the smallest first.
    """

    width: float
    height: float
    text: str
    baselines: tuple[float, ...]
    sizes: tuple[float, ...]


def pdf_pages(blob: bytes) -> list[PageFacts]:
    """The measured pages (各页实测)."""
    import pypdfium2

    with pypdfium2.PdfDocument(blob) as pdf:
        return [_page_facts(page) for page in pdf]


def _page_facts(page: Any) -> PageFacts:
    from pypdfium2 import raw

    width, height = page.get_size()
    baselines: set[float] = set()
    sizes: set[float] = set()
    for shown in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        matrix = shown.get_matrix()
        size = ctypes.c_float()
        raw.FPDFTextObj_GetFontSize(shown, size)
        sizes.add(round(size.value * math.hypot(matrix.c, matrix.d), 1))
        if matrix.b == 0:
            baselines.add(round(matrix.f, 1))
    text = page.get_textpage().get_text_range()
    return PageFacts(
        round(width, 1), round(height, 1), text, tuple(sorted(baselines, reverse=True)), tuple(sorted(sizes))
    )
