"""A finished PDF back to what it says (PDF 回读): through its tags, and through what stands on its pages.

Whichever engine laid it out: the tree is followed as ISO 32000-1, 14.7 has it, not as one program writes it.
"""

from __future__ import annotations

import ctypes
import io
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from reportgen.document import Orientation
from reportgen.review.readback_marks import MarkedTexts, marked_texts
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

    The page number is allowed to stand outside: PDF before 2.0 has no tag for it. An element may be cut at each page
    end, as WeasyPrint does, or go on over it, as Typst's do: it stands where its first letter stands.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(blob)) as pdf:
        sheets = list(pdf.pages)
        texts = zip(sheets, marked_texts(sheets), strict=True)
        pages = {page.objgen: _Page(said, _orientation(page)) for page, said in texts}
        pieces: list[Piece] = []
        turned, before = "", None
        top = True
        for page, piece in _Tags(pdf.Root.StructTreeRoot, pages).pieces():
            page = page or before or next(iter(pages.values()))
            top = top or page is not before
            before = page
            pieces += [Piece(Kind.TURN, (page.orientation,))] if page.orientation != turned else []
            turned = page.orientation
            pieces.append(replace(piece, top=top))
            # Head rows at the top of a page are first, and so is what follows them.
            top = top and piece.kind is Kind.HEAD
        # A head or a category that is printed again on a continued page is an artifact; what no cell says is none.
        said = {text for piece in pieces if piece.kind in (Kind.HEAD, Kind.ROW) for text in piece.texts}
        return pieces + [Piece(Kind.STRAY, (text,)) for page in pages.values() for text in page.strays(said)]


def _orientation(page: Any) -> str:
    left, bottom, right, upper = (float(edge) for edge in page.mediabox)
    turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
    wide = (right - left > upper - bottom) is not turned
    return str((Orientation.LANDSCAPE if wide else Orientation.PORTRAIT).value)


_NUMBER = re.compile(r"\D?\d+\D?")


@dataclass
class _Page:
    """A page's texts, which way it is turned, and the ids of marked content that were asked for."""

    texts: MarkedTexts
    orientation: str
    asked: set[int] = field(default_factory=set)

    def text(self, mcid: int) -> str:
        self.asked.add(mcid)
        return self.texts.tagged.get(mcid, "")

    def strays(self, said: set[str]) -> list[str]:
        """Text that no tag holds, unless it is the page number, or an artifact that repeats what was `said`."""
        outside = "".join(text for mcid, text in self.texts.tagged.items() if mcid not in self.asked)
        strays = [text for text in map(_bare, (outside, *self.texts.loose)) if text and not _NUMBER.fullmatch(text)]
        artifacts = [text for text in map(_bare, self.texts.artifacts) if text]
        return strays + _unsaid([part for text in artifacts for part in _repeated(text, said)], said)


def _repeated(artifact: str, said: set[str]) -> Sequence[str]:
    """The texts that an artifact repeats one after the other, as Typst has all that a foot prints; else the whole."""
    lengths = sorted({len(text) for text in said if 0 < len(text) <= len(artifact)})
    # From the beginning: the texts up to each letter, where there are such.
    until: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(artifact) + 1):
        for length in lengths:
            if end - length in until and artifact[end - length : end] in said:
                until[end] = (*until[end - length], artifact[end - length : end])
                break
    return until.get(len(artifact), (artifact,))


def _unsaid(artifacts: Sequence[str], said: set[str]) -> list[str]:
    """Those artifacts that repeat nothing: a text may be several in a row, for each of its lines and faces one."""
    longest = max(map(len, said), default=0)
    # From the end: how few artifacts are left over from each one on, and where what is repeated there ends.
    fewest: list[tuple[int, int]] = [(0, 0)] * (len(artifacts) + 1)
    for first in reversed(range(len(artifacts))):
        best = (fewest[first + 1][0] + 1, 0)
        text = ""
        for last in range(first, len(artifacts)):
            text += artifacts[last]
            if text in said or _NUMBER.fullmatch(text):
                best = min(best, (fewest[last + 1][0], last + 1))
            if len(text) > max(longest, 6):
                break
        fewest[first] = best
    left, at = [], 0
    while at < len(artifacts):
        after = fewest[at][1]
        left += [] if after else [artifacts[at]]
        at = after or at + 1
    return left


_PARAGRAPHS = frozenset(("/P", "/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Caption", "/Note"))


class _Tags:
    """The tree of tags (标签树), each piece of it with the page that it begins on."""

    def __init__(self, root: Any, pages: Mapping[Any, _Page]) -> None:
        self._root = root
        self._roles = {str(own): str(known) for own, known in root.get("/RoleMap", {}).items()}
        self._pages = pages

    def pieces(self) -> Iterator[tuple[_Page | None, Piece]]:
        """The paragraphs and rows, in the order of the tree."""
        for kid in _items(self._root.get("/K", ())):
            yield from self._pieces(kid, None)

    def _pieces(self, element: Any, page: _Page | None) -> Iterator[tuple[_Page | None, Piece]]:
        """The paragraphs and rows under an element; every other element is looked through."""
        page, tag = self._page(element, page), self._tag(element)
        begins = self._begins(element, page)
        if tag in _PARAGRAPHS:
            if text := self._text(element, page):
                yield begins, Piece(Kind.TEXT, (text,))
        elif tag == "/Figure":
            # What is drawn in it is no text of the report; what it says stands in words beside it.
            self._text(element, page)
            yield begins, Piece(Kind.TEXT, (_bare(str(element.get("/Alt", ""))),))
        elif tag == "/TFoot":
            # The empty foot that closes the frame at a page's end; a text there belongs to no row.
            if text := self._text(element, page):
                yield begins, Piece(Kind.STRAY, (text,))
        elif tag == "/TR":
            cells = list(_items(element.get("/K", ())))
            head = all(self._tag(cell) == "/TH" and not _is_headed(cell) for cell in cells)
            texts = tuple(self._text(cell, self._page(cell, page)) for cell in cells)
            yield begins, Piece(Kind.HEAD if head else Kind.ROW, texts, tuple(map(_columns, cells)))
        else:
            for kid in _items(element.get("/K", ())):
                marked = self._marked(kid, page)
                if marked is None:
                    yield from self._pieces(kid, page)
                elif text := _bare(marked[0].text(marked[1])):
                    yield marked[0], Piece(Kind.STRAY, (text,))

    def _tag(self, element: Any) -> str:
        tag = str(element.get("/S", ""))
        return self._roles.get(tag, tag)

    def _page(self, element: Any, page: _Page | None) -> _Page | None:
        """The page that an element names, else that of what holds it."""
        return self._pages.get(element.Pg.objgen, page) if "/Pg" in element else page

    def _marked(self, kid: Any, page: _Page | None) -> tuple[_Page, int] | None:
        """Page and id of marked content, whichever way it is written; None for an element."""
        if isinstance(kid, int):
            return (page, kid) if page else None
        page = self._page(kid, page)
        return (page, int(kid.MCID)) if page and "/MCID" in kid else None

    def _begins(self, element: Any, page: _Page | None) -> _Page | None:
        """The page of the first content in it, or the one that it names."""
        for kid in _items(element.get("/K", ())):
            marked = self._marked(kid, page)
            if marked:
                return marked[0]
            if not isinstance(kid, int) and (found := self._begins(kid, self._page(kid, page))):
                return found
        return page

    def _text(self, element: Any, page: _Page | None) -> str:
        return _bare("".join(self._letters(element, page)))

    def _letters(self, element: Any, page: _Page | None) -> Iterator[str]:
        said = element.get("/ActualText")
        for kid in _items(element.get("/K", ())):
            marked = self._marked(kid, page)
            if marked:
                text = marked[0].text(marked[1])
                yield text if said is None else ""
            elif not isinstance(kid, int):
                for text in self._letters(kid, self._page(kid, page)):
                    yield text if said is None else ""
        if said is not None:
            yield str(said)


def _items(kids: Any) -> Iterator[Any]:
    """What an element holds: one thing, or several."""
    import pikepdf

    yield from kids if isinstance(kids, pikepdf.Array | tuple) else (kids,)


def _columns(cell: Any) -> int:
    """How many columns a cell covers."""
    return max((int(owner.get("/ColSpan", 1)) for owner in _attributes(cell)), default=1)


def _is_headed(cell: Any) -> bool:
    """Whether a head cell itself stands below one: a section row heads the rows below it, and is a row of the body."""
    return any(len(owner.get("/Headers", ())) > 0 for owner in _attributes(cell))


def _attributes(cell: Any) -> Iterator[Any]:
    """The attributes of an element, which are one owner's, or several owners'."""
    import pikepdf

    attributes = cell.get("/A", ())
    owners = attributes if isinstance(attributes, pikepdf.Array | tuple) else (attributes,)
    return (owner for owner in owners if isinstance(owner, pikepdf.Dictionary))


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
                (embedded if whole else missing).add(re.sub(r"^/([A-Z]{6}\+)?", "", str(holder.get("/BaseFont"))))
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
