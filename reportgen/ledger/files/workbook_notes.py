"""Comments on the cells of somebody's workbook (批注): the program's own beside those that stand there.

A comment has its words in one part and its box in another, a drawing in VML. That of somebody else keeps its words,
the program's are put below; they are replaced when they are written again, and known by `MARK`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reportgen.ledger.files.sheet import letters
from reportgen.ledger.files.workbook_edit import merged_areas, put_in_order, split_address
from reportgen.ledger.files.workbook_package import (
    MAIN,
    OFFICE,
    OpenPackage,
    add_part,
    known_ending,
    relate,
    relations,
    sheet_tree,
)
from reportgen.ledger.files.xlsx import MARK
from reportgen.ledger.tables import MAX_CELL_CHARACTERS
from reportgen.package import short
from reportgen.problems import InputError, Location, Problem, error, warning
from reportgen.source import clean_text

AUTHOR = "校核"
"""Who has written the program's comments (批注作者)."""

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_COMMENT, _AUTHOR, _TEXT, _RUN, _LETTERS = (MAIN + name for name in ("comment", "author", "text", "r", "t"))
_REFERENCE = f"{{{OFFICE}}}id"
# How the author of a comment begins that only stands for a conversation.
_THREAD = "tc="
_TRUE = ("1", "true", "on")

_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
_SHAPE_KIND = (
    f'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe" {_DECLARED}>'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_DRAWING = (
    f'<xml {_DECLARED}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
).encode()
_SHAPE = (
    f'<v:shape {_DECLARED} id="_x0000_s{{number}}" type="#_x0000_t202" style="position:absolute;'
    'width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_NUMBER = re.compile(rb"_x0000_s(\d{1,7})\b")
# Whoever saves a workbook anew calls the namespaces of VML as he likes.
_SHAPE_TAG = re.compile(rb"<([\w-]{1,20}:)?shape\s")
_PLACE_TAGS = tuple(
    re.compile(rb"<(?:[\w-]{1,20}:)?%s\b[^>]{0,200}>\s*(\d{1,7})\s*<" % name) for name in (b"Row", b"Column")
)
_FIRST_NUMBER = 1025

_ANCHOR = re.compile(rb"(<(?:[\w-]{1,20}:)?Anchor\b[^>]{0,200}>)[^<]*<")

# A box in pixels: letters of nine points, a Chinese one twelve wide, a line sixteen high.
_WIDTHS = (320, 420, 540)
_LETTER, _LINE, _ROOM = 12, 17, 24
_LEAST_HEIGHT, _MOST_HEIGHT = 70, 560
_COLUMN_PIXELS, _ROW_PIXELS = 64.0, 20.0
_MOST_STEPS = 500
_SIZE, _FACE = "9", "宋体"


def put_notes(package: OpenPackage, title: str, notes: Mapping[str, str]) -> Iterator[Problem]:
    """Put these texts on the cells of a sheet (写批注) in place of the program's own that stand there.

    Yields a warning for each that cannot be put there; raises `InputError` for a sheet or an address that is none.
    """
    root = sheet_tree(package, title, min(notes, default=None))
    where = Location(file=package.name, sheet=title)
    _refuse_odd(notes, where)
    placed = _on_first_cells(root, notes)
    part = package.sheets[title]
    written = next((target for kind, _, target in relations(package, part) if kind == "comments"), "")
    if not package.has(written):
        if not placed:
            return
        written = _new_comments(package, part)
    comments = package.tree(written)
    if not placed and not any(MARK in "".join(comment.itertext()) for comment in comments.iter(_COMMENT)):
        return
    package.change(written)
    standing = {(comment.get("ref") or "").upper(): comment for comment in comments.iter(_COMMENT)}
    own = _without_ours(comments)
    fresh: dict[str, str] = {}
    longer: dict[str, str] = {}
    for cell, text in placed.items():
        comment = standing.get(cell)
        if comment is None:
            fresh[cell] = text
        elif cell in own:
            own.discard(cell)
            _say(comment, f"{MARK}\n{text}", anew=True)
            longer[cell] = text
        elif _author(comments, comment).startswith(_THREAD):
            what = f"这一格有对话式批注，没有把校核意见写进去：「{short(text, 60)}」"
            place = Location(file=package.name, sheet=title, cell=cell)
            yield warning("review.thread", what, "意见在「校核意见」表里；要写进批注，请先删去对话", place)
        else:
            _say(comment, f"\n\n{MARK}\n{text}")
            longer[cell] = "".join(piece.text or "" for piece in _letters_of(comment))
    for cell in own:
        standing[cell].getparent().remove(standing[cell])
    for cell, text in fresh.items():
        _add(comments, cell, text)
    if fresh or longer or own:
        _draw(package, part, root, _Boxes(fresh, longer, own), where)


def _new_comments(package: OpenPackage, part: str) -> str:
    """The name of an empty part of comments for a sheet that has none."""
    empty = f'<comments xmlns="{MAIN[1:-1]}"><authors/><commentList/></comments>'.encode()
    written = add_part(package, "xl/comments{}.xml", empty, _COMMENTS_TYPE)
    relate(package, part, "comments", written)
    return written


def _refuse_odd(notes: Mapping[str, str], where: Location) -> None:
    odd = [cell for cell in notes if not split_address(cell)[0]]
    if odd:
        place = Location(file=where.file, sheet=where.sheet, cell=odd[0])
        what = f"「{short(odd[0])}」不是单元格地址，没有改动"
        raise InputError([error("edit.no-cell", what, "请重新运行", place)])


def _on_first_cells(root: Any, notes: Mapping[str, str]) -> dict[str, str]:
    """The texts by the cells that show them: of a merged range the first; several of one cell are one."""
    merges = merged_areas(root, map(split_address, notes))
    placed: dict[str, str] = {}
    for cell, text in notes.items():
        row, column = split_address(cell)
        if area := merges.get((row, column)):
            row, column = area[:2]
        first = f"{letters(column)}{row}"
        placed[first] = f"{placed[first]}\n\n{text}" if first in placed else text
    return placed


# ---- words


def _author(comments: Any, comment: Any) -> str:
    authors = [each.text or "" for each in comments.iter(_AUTHOR)]
    number = comment.get("authorId") or "0"
    return authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""


def _letters_of(comment: Any) -> list[Any]:
    """The elements that hold the words of a comment, without readings above characters."""
    text = comment.find(_TEXT)
    if text is None:
        return []
    return [each for each in text.iter(_LETTERS) if each.getparent().tag in (_TEXT, _RUN)]


def _without_ours(comments: Any) -> set[str]:
    """The program's words of an earlier check are taken out; the cells whose comments were nothing else."""
    own: set[str] = set()
    for comment in comments.iter(_COMMENT):
        pieces = _letters_of(comment)
        said = "".join(piece.text or "" for piece in pieces)
        if MARK not in said:
            continue
        theirs = said.partition(MARK)[0].rstrip()
        if not theirs:
            own.add((comment.get("ref") or "").upper())
            continue
        room = len(theirs)
        for piece in pieces:
            words = piece.text or ""
            piece.text, room = words[:room], max(0, room - len(words))
            if not piece.text and piece.getparent().tag == _RUN:
                piece.getparent().getparent().remove(piece.getparent())
    return own


def _say(comment: Any, words: str, *, anew: bool = False) -> None:
    """Put words below those of a comment, or in their place."""
    text = comment.find(_TEXT)
    if text is None:
        text = comment.makeelement(_TEXT, {})
        comment.insert(0, text)
    if anew:
        for old in list(text):
            text.remove(old)
    bare = text.find(_LETTERS)
    if bare is not None:
        # Plain words and runs do not stand beside each other.
        run = text.makeelement(_RUN, {})
        text.replace(bare, run)
        run.append(bare)
    run = text.makeelement(_RUN, {})
    runs = text.findall(_RUN)
    text.insert(list(text).index(runs[-1]) + 1 if runs else 0, run)
    look = run.makeelement(MAIN + "rPr", {})
    run.append(look)
    for name, value in (("sz", _SIZE), ("rFont", _FACE), ("family", "3"), ("charset", "134")):
        look.append(look.makeelement(MAIN + name, {"val": value}))
    own = run.makeelement(_LETTERS, {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    run.append(own)
    own.text = clean_text(words)[0][:MAX_CELL_CHARACTERS]


def _add(comments: Any, cell: str, text: str) -> None:
    authors = comments.find(MAIN + "authors")
    names = [each.text or "" for each in authors]
    if AUTHOR not in names:
        author = authors.makeelement(_AUTHOR, {})
        author.text = AUTHOR
        authors.append(author)
        names.append(AUTHOR)
    listed = comments.find(MAIN + "commentList")
    comment = listed.makeelement(_COMMENT, {"ref": cell, "authorId": str(names.index(AUTHOR)), "shapeId": "0"})
    listed.append(comment)
    _say(comment, f"{MARK}\n{text}")


# ---- boxes


@dataclass(frozen=True, slots=True)
class _Boxes:
    """By cell: the words of the boxes to be drawn, of those to be made large enough, and the boxes to be taken away."""

    fresh: Mapping[str, str]
    longer: Mapping[str, str]
    gone: set[str]


def _draw(package: OpenPackage, part: str, root: Any, boxes: _Boxes, where: Location) -> None:
    held = root.find(MAIN + "legacyDrawing")
    named = {name: target for _, name, target in relations(package, part)}
    drawing = named.get(held.get(_REFERENCE) or "", "") if held is not None else ""
    if not package.has(drawing):
        if not boxes.fresh:
            return
        known_ending(package, "vml", _VML_TYPE)
        drawing = add_part(package, "xl/drawings/vmlDrawing{}.vml", _DRAWING)
        root = package.change(part)
        held = root.makeelement(MAIN + "legacyDrawing", nsmap={"r": OFFICE})
        held.set(_REFERENCE, relate(package, part, "vmlDrawing", drawing))
        for old in root.findall(MAIN + "legacyDrawing"):
            root.remove(old)
        put_in_order(root, held)
    room = _Room(root, {split_address(cell) for cell in (*boxes.fresh, *boxes.longer)})
    sizes = {split_address(cell): room.size(cell, text) for cell, text in boxes.longer.items()}
    data = _changed(package.parts[drawing], sizes, {split_address(cell) for cell in boxes.gone})
    end = data.rfind(b"</xml>")
    if end < 0:
        what = f"工作表「{short(where.sheet or '')}」的批注图形认不出，没有改动"
        fix = "请用 WPS 或 Excel 打开后另存为「Excel 工作簿（*.xlsx）」，再重试"
        raise InputError([error("edit.drawing", what, fix, where)])
    number = max([_FIRST_NUMBER - 1, *(int(found[1]) for found in _NUMBER.finditer(data))]) + 1
    new = "" if b'"_x0000_t202"' in data else _SHAPE_KIND
    for order, (cell, text) in enumerate(boxes.fresh.items()):
        row, column = split_address(cell)
        width, height, anchor = room.size(cell, text)
        size = {"width": width, "height": height, "anchor": anchor}
        new += _SHAPE.format(number=number + order, order=order + 1, row=row - 1, column=column - 1, **size)
    package.put(drawing, data[:end] + new.encode() + data[end:])


def _changed(data: bytes, sizes: Mapping[tuple[int, int], tuple[int, int, str]], gone: set[tuple[int, int]]) -> bytes:
    """The drawing with the boxes of some comments in another size, and without those of others."""
    kept, at = [], 0
    while start := _SHAPE_TAG.search(data, at):
        close = b"</" + (start[1] or b"") + b"shape>"
        end = data.find(close, start.end())
        if end < 0:
            break
        end += len(close)
        kept.append(data[at : start.start()])
        shape, at = data[start.start() : end], end
        row, column = (int(found[1]) + 1 if (found := tag.search(shape)) else 0 for tag in _PLACE_TAGS)
        place = row, column
        if b'ObjectType="Note"' in shape and place in sizes:
            shape = _resized(shape, *sizes[place])
        if b'ObjectType="Note"' not in shape or place not in gone:
            kept.append(shape)
    return b"".join((*kept, data[at:]))


def _resized(shape: bytes, width: int, height: int, anchor: str) -> bytes:
    head, mark, rest = shape.partition(b">")
    for name, points in ((b"width", width), (b"height", height)):
        head = re.sub(rb"\b%s\s*:\s*[\d.]+\s*[a-z]*" % name, b"%s:%dpt" % (name, points), head, count=1)
    return head + mark + _ANCHOR.sub(lambda found: found[1] + anchor.encode() + b"<", rest, count=1)


def _box(text: str) -> tuple[int, int]:
    """Width and height in which the text can be read whole, if that is possible."""
    for width in _WIDTHS:
        places = (width - _ROOM) // (_LETTER // 2)
        lines = 1 + sum(max(1, -(-len(line.encode("gb18030", "replace")) // places)) for line in text.split("\n"))
        height = lines * _LINE + _ROOM // 2
        if height <= _MOST_HEIGHT:
            break
    return width, min(max(height, _LEAST_HEIGHT), _MOST_HEIGHT)


class _Room:
    """How wide and high the columns and rows of a sheet are, in pixels (行高列宽), and its merges."""

    def __init__(self, root: Any, cells: set[tuple[int, int]]) -> None:
        self._merges = merged_areas(root, cells)
        given = root.find(MAIN + "sheetFormatPr")
        settings = dict(given.attrib) if given is not None else {}
        wide, high = _figure(settings.get("defaultColWidth")), _figure(settings.get("defaultRowHeight"))
        self._wide = wide * 7 + 5 if wide else _COLUMN_PIXELS
        self._high = high * 4 / 3 if high else _ROW_PIXELS
        self._columns = [
            (int(each.get("min") or 0), int(each.get("max") or 0), _pixels(each, "width", 7, 5, self._wide))
            for each in root.iterfind(f"{MAIN}cols/{MAIN}col")
        ]
        self._rows: dict[int, float] = {}
        number = 0
        for row in root.find(MAIN + "sheetData"):
            if row.tag == MAIN + "row":
                number = int(row.get("r") or number + 1)
                self._rows[number] = _pixels(row, "ht", 4 / 3, 0, self._high)

    def _width(self, column: int) -> float:
        return next((wide for first, last, wide in self._columns if first <= column <= last), self._wide)

    def size(self, cell: str, text: str) -> tuple[int, int, str]:
        """Width and height of a box in points, and where it stands: on the right of its cell or merged range."""
        row, column = split_address(cell)
        area = self._merges.get((row, column))
        width, height = _box(text)
        return width * 3 // 4, height * 3 // 4, self._anchor(row, area[3] if area else column, width, height)

    def _anchor(self, row: int, column: int, width: int, height: int) -> str:
        """Where a box of that size begins and ends: as VML says it, from 0."""
        right, across = self._after(column + 1, 15 + width, self._width)
        bottom, down = self._after(row, 2 + height, lambda number: self._rows.get(number, self._high))
        return f"{column}, 15, {row - 1}, 2, {right - 1}, {across}, {bottom - 1}, {down}"

    def _after(self, number: int, room: float, size: Callable[[int], float]) -> tuple[int, int]:
        """The row or column at which that much room behind the beginning of another one ends, and how far in it."""
        # Behind so many hidden ones the box may end anywhere.
        for _ in range(_MOST_STEPS):
            if room <= (step := size(number)):
                break
            room -= step
            number += 1
        return number, min(int(room), _MOST_HEIGHT)


def _figure(written: str | None) -> float:
    try:
        return float(written or 0)
    except ValueError:
        return 0.0


def _pixels(element: Any, key: str, factor: float, more: float, usual: float) -> float:
    if element.get("hidden") in _TRUE:
        return 0.0
    given = _figure(element.get(key))
    return given * factor + more if given > 0 else usual
