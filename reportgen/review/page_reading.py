"""A PDF's pages as they are laid out (版面读取), by PDFium: letters with their cells, ruled lines, pictures."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

from reportgen.review.page import MM_PER_POINT, LaidOut, Letter, Page, Ruling, Setting, TurnedLine, joined_rulings
from reportgen.review.page_figures import figure_boxes, within

# More than any page of an office holds; what is beyond is not looked at, so that a page cannot hold us up.
_MOST_LETTERS = 40_000
_MOST_OBJECTS = 40_000
_DEEPEST_FORM = 4
# Of its PDFs we know what they mark as a figure: pictures, and charts drawn with lines and letters.
_MARKS_FIGURES = "WeasyPrint"
# A filled shape this thin is a ruled line.
_THIN_MM = 1.6

Point: TypeAlias = tuple[float, float]
ToSheet: TypeAlias = Callable[[float, float], Point]
Box: TypeAlias = tuple[float, float, float, float]
Matrix: TypeAlias = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read_pages(
    blob: bytes, fingerprints: Sequence[str] = (), known: MutableMapping[str, Page] | None = None
) -> LaidOut:
    """The pages of a PDF; raises `pypdfium2.PdfiumError` if it is none.

    A page whose fingerprint (an empty one says nothing) is among the `known` ones is taken from there, not read anew;
    those read are put there. Fingerprints of more or fewer pages than there are say nothing.
    """
    import pypdfium2

    known = {} if known is None else known
    pages: list[Page] = []
    with pypdfium2.PdfDocument(blob) as pdf:
        # Typst writes its name as that of the program which made the document.
        said = pdf.get_metadata_dict()
        producer = str(said.get("Producer", "") or said.get("Creator", ""))
        for number in range(1, len(pdf) + 1):
            fingerprint = fingerprints[number - 1] if len(fingerprints) == len(pdf) else ""
            if fingerprint and fingerprint in known:
                pages.append(replace(known[fingerprint], number=number))
                continue
            pages.append(_page(pdf[number - 1], number, named=_MARKS_FIGURES in producer))
            if fingerprint:
                known[fingerprint] = pages[-1]
    return LaidOut(tuple(pages), producer)


def _page(page: Any, number: int, *, named: bool) -> Page:
    """A page; `named` says that the names of its marks tell its figures, which stand for pictures."""
    from pypdfium2 import raw

    width, height = (edge * MM_PER_POINT for edge in page.get_size())
    to_sheet = _to_sheet(page)
    charts = figure_boxes(
        raw, page.raw, lambda shown: _bounds(raw, shown, _IDENTITY, to_sheet), _MOST_OBJECTS, named=named
    )
    upright: list[Letter] = []
    turned: dict[int, list[Letter]] = {}
    text_page = page.get_textpage()
    try:
        for quarter, letter in _letters(raw, text_page.raw, to_sheet):
            if charts and within(letter.left, letter.y, charts):
                continue
            # A letter beyond the sheet's edge is never printed.
            if quarter == 0 and -1 < letter.y < height + 1 and letter.right > -1 and letter.left < width + 1:
                upright.append(letter)
            elif quarter:
                turned.setdefault(quarter, []).append(letter)
    finally:
        text_page.close()
    rulings: list[Ruling] = []
    pictures: list[Box] = [*charts]
    for shown, matrix in _objects(raw, page.raw):
        kind = raw.FPDFPageObj_GetType(shown)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            lines = (each for each in _rulings(raw, shown, matrix, to_sheet) if not _in_chart(each, charts))
            rulings += lines
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            pictures.append(_bounds(raw, shown, matrix, to_sheet))
    turned_lines = tuple(line for quarter, letters in turned.items() for line in _turned_lines(quarter, letters))
    return Page(number, width, height, tuple(upright), joined_rulings(rulings), tuple(pictures), turned_lines)


def _in_chart(ruling: Ruling, charts: tuple[Box, ...]) -> bool:
    x, y = ((ruling.start + ruling.end) / 2, ruling.at)
    return bool(charts) and within(*((x, y) if ruling.across else (y, x)), charts)


def _to_sheet(page: Any) -> ToSheet:
    """From the file's points to millimetres on the sheet as it is read: cut and turned."""
    left, bottom, right, top = page.get_cropbox()
    match page.get_rotation() % 360:
        case 90:
            return lambda x, y: ((y - bottom) * MM_PER_POINT, (x - left) * MM_PER_POINT)
        case 180:
            return lambda x, y: ((right - x) * MM_PER_POINT, (y - bottom) * MM_PER_POINT)
        case 270:
            return lambda x, y: ((top - y) * MM_PER_POINT, (right - x) * MM_PER_POINT)
    return lambda x, y: ((x - left) * MM_PER_POINT, (top - y) * MM_PER_POINT)


def _letters(raw: Any, text_page: Any, to_sheet: ToSheet) -> Iterator[tuple[int, Letter]]:
    """Every letter with ink, and by how many quarters its line is turned clockwise."""
    settings: dict[int | None, tuple[int, Setting] | None] = {}
    known: dict[tuple[Any, ...], Setting] = {}
    faces: dict[int | None, tuple[str, bool]] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    edges = [ctypes.c_double() for _ in range(4)]
    cell = raw.FS_RECTF()
    refs = [ctypes.byref(edge) for edge in edges]
    for index in range(min(raw.FPDFText_CountChars(text_page), _MOST_LETTERS)):
        if raw.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        code = raw.FPDFText_GetUnicode(text_page, index)
        # PDFium writes so a hyphen that it takes for one of a word cut at the line's end.
        code = ord("-") if code == 2 and raw.FPDFText_IsHyphen(text_page, index) == 1 else code
        # What the file gives no letter for stays a letter: it has a place, if no meaning.
        text = chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "\ufffd"
        if text.isspace() or text in "\u00ad\u200b\u2060\ufeff":
            continue
        pointer = raw.FPDFText_GetTextObject(text_page, index)
        key = ctypes.cast(pointer, ctypes.c_void_p).value
        if key not in settings:
            settings[key] = _setting(raw, text_page, index, pointer, to_sheet, known, faces)
        found = settings[key]
        if found is None:
            continue
        quarter, setting = found
        raw.FPDFText_GetCharOrigin(text_page, index, ctypes.byref(x), ctypes.byref(y))
        raw.FPDFText_GetCharBox(text_page, index, *refs)
        raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(cell))
        ink = _box(
            to_sheet(edges[0].value, edges[3].value),
            to_sheet(edges[1].value, edges[2].value),
        )
        across = _box(to_sheet(cell.left, cell.top), to_sheet(cell.right, cell.bottom))
        origin = to_sheet(x.value, y.value)
        if quarter == 0:
            yield 0, Letter(text, origin[0], max(across[2], origin[0]), origin[1], ink, setting)
        else:
            # A turned letter's cell is kept along the sheet's axes; its line is what its baseline is on.
            along = origin[1] if quarter % 2 else origin[0]
            base = origin[0] if quarter % 2 else origin[1]
            yield quarter, Letter(text, along, along, base, across, setting)


def _box(one: Point, other: Point) -> tuple[float, float, float, float]:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _setting(
    raw: Any,
    text_page: Any,
    index: int,
    shown: Any,
    to_sheet: ToSheet,
    known: dict[tuple[Any, ...], Setting],
    faces: dict[int | None, tuple[str, bool]],
) -> tuple[int, Setting] | None:
    """Turn and setting of a run; None if it is never seen."""
    mode = raw.FPDFTextObj_GetTextRenderMode(shown)
    if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
        return None
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix))
    size = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    start, end = to_sheet(0, 0), to_sheet(matrix.a, matrix.b)
    quarter = round(math.atan2(end[1] - start[1], end[0] - start[0]) / (math.pi / 2)) % 4
    channels = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFText_GetFillColor(text_page, index, *map(ctypes.byref, channels))
    red, green, blue, _ = (channel.value for channel in channels)
    font = raw.FPDFTextObj_GetFont(shown)
    pointer = ctypes.cast(font, ctypes.c_void_p).value
    if pointer not in faces:
        faces[pointer] = _face_name(raw, font), raw.FPDFFont_GetIsEmbedded(font) == 1
    face, embedded = faces[pointer]
    # Programs without a bold face stroke the letters' outlines; a bold face says so by its name.
    bold = mode in (raw.FPDF_TEXTRENDERMODE_FILL_STROKE, raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP)
    key = (face, round(size, 2), (red, green, blue), bold, embedded)
    return quarter, known.setdefault(key, Setting(*key))


def _face_name(raw: Any, font: Any) -> str:
    """The face's name without the prefix of a subset."""
    for ask in (raw.FPDFFont_GetBaseFontName, raw.FPDFFont_GetFamilyName):
        length = ask(font, None, 0)
        if length > 1:
            buffer = ctypes.create_string_buffer(length)
            ask(font, buffer, length)
            name = _decoded(buffer.value)
            if name:
                return re.sub(r"^[A-Z]{6}\+", "", name)
    return ""


def _decoded(name: bytes) -> str:
    """A name in whichever of the two codes it was written: Word and WPS put Chinese names in GBK."""
    for code in ("utf-8", "gbk"):
        try:
            return name.decode(code)
        except UnicodeDecodeError:
            continue
    return name.decode("latin-1")


def _turned_lines(quarter: int, letters: list[Letter]) -> Iterator[TurnedLine]:
    """Turned letters put together to lines; the box is that of the cells, `ink` of a turned letter."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: (each.y, each.left)):
        if lines and abs(lines[-1][0].y - letter.y) < 0.4 * letter.setting.size_pt * MM_PER_POINT:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    for line in lines:
        line.sort(key=lambda each: each.left, reverse=quarter in (2, 3))
        boxes = [letter.ink for letter in line]
        box = (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )
        yield TurnedLine("".join(letter.text for letter in line), quarter, box, tuple(line))


def _objects(raw: Any, page: Any) -> Iterator[tuple[Any, Matrix]]:
    """All objects of a page with the matrix of the forms that they stand in."""
    left = _MOST_OBJECTS

    def walk(count: int, get: Callable[[int], Any], matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
        nonlocal left
        for index in range(count):
            left -= 1
            if left < 0:
                return
            shown = get(index)
            if raw.FPDFPageObj_GetType(shown) != raw.FPDF_PAGEOBJ_FORM:
                yield shown, matrix
            elif depth < _DEEPEST_FORM:
                inner = _times(_matrix(raw, shown), matrix)
                kids = raw.FPDFFormObj_CountObjects(shown)
                yield from walk(kids, lambda i, form=shown: raw.FPDFFormObj_GetObject(form, i), inner, depth + 1)  # type: ignore[misc]

    return walk(raw.FPDFPage_CountObjects(page), lambda i: raw.FPDFPage_GetObject(page, i), _IDENTITY, 0)


def _matrix(raw: Any, shown: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(shown, ctypes.byref(found)):
        return _IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _apply(matrix: Matrix, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(raw: Any, shown: Any, matrix: Matrix, to_sheet: ToSheet) -> tuple[float, float, float, float]:
    edges = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(shown, *map(ctypes.byref, edges))
    left, bottom, right, top = (edge.value for edge in edges)
    return _box(to_sheet(*_apply(matrix, left, top)), to_sheet(*_apply(matrix, right, bottom)))


def _rulings(raw: Any, shown: Any, outer: Matrix, to_sheet: ToSheet) -> Iterator[Ruling]:
    """The ruled lines that a path draws: strokes along the axes, thin filled boxes, filled frames."""
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shown, ctypes.byref(filled), ctypes.byref(stroked))
    matrix = _times(_matrix(raw, shown), outer)
    ask = raw.FPDFPageObj_GetStrokeColor if stroked.value else raw.FPDFPageObj_GetFillColor
    channels = [ctypes.c_uint() for _ in range(4)]
    ask(shown, *map(ctypes.byref, channels))
    color = (channels[0].value, channels[1].value, channels[2].value)
    if min(color) > 250 or not channels[3].value:
        return  # white on white
    count = raw.FPDFPath_CountSegments(shown)
    paths = _subpaths(raw, (raw.FPDFPath_GetPathSegment(shown, i) for i in range(count)), matrix, to_sheet)
    if stroked.value:
        width = ctypes.c_float()
        raw.FPDFPageObj_GetStrokeWidth(shown, ctypes.byref(width))
        thick = width.value * math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))
        for path in paths:
            yield from _strokes(path, thick, color)
    elif filled.value:
        boxes = [_extent(path) for path in paths]
        clips = [_extent(path) for path in _clip(raw, shown, outer, to_sheet)]
        yield from _filled(boxes, clips, color)


Path: TypeAlias = list[Point]


def _subpaths(raw: Any, segments: Iterator[Any], matrix: Matrix, to_sheet: ToSheet) -> list[Path]:
    paths: list[Path] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for number, segment in enumerate(segments):
        if number > 4000:
            break
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = to_sheet(*_apply(matrix, x.value, y.value))
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO or not paths:
            paths.append([])
        paths[-1].append(point)
        if raw.FPDFPathSegment_GetClose(segment) and paths[-1][0] != point:
            paths[-1].append(paths[-1][0])
    return [path for path in paths if len(path) > 1]


def _extent(path: Path) -> Box:
    xs, ys = [x for x, _ in path], [y for _, y in path]
    return min(xs), min(ys), max(xs), max(ys)


def _clip(raw: Any, shown: Any, outer: Matrix, to_sheet: ToSheet) -> list[Path]:
    """The shapes that a filled shape is cut to."""
    clip = raw.FPDFPageObj_GetClipPath(shown)
    count = raw.FPDFClipPath_CountPaths(clip) if clip else 0
    paths: list[Path] = []
    for index in range(min(max(count, 0), 8)):
        segments = raw.FPDFClipPath_CountPathSegments(clip, index)
        found = (raw.FPDFClipPath_GetPathSegment(clip, index, i) for i in range(max(segments, 0)))
        paths += _subpaths(raw, found, outer, to_sheet)
    return paths


def _strokes(path: Path, thick: float, color: tuple[int, int, int]) -> Iterator[Ruling]:
    for (x0, y0), (x1, y1) in pairwise(path):
        if abs(y1 - y0) < 0.1 < abs(x1 - x0):
            yield Ruling(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1), thick, color)
        elif abs(x1 - x0) < 0.1 < abs(y1 - y0):
            yield Ruling(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1), thick, color)


def _filled(boxes: list[Box], clips: list[Box], color: tuple[int, int, int]) -> Iterator[Ruling]:
    """Thin boxes are lines; a big one that is cut to the ring between two boxes is a frame."""
    for box in boxes:
        left, top, right, bottom = box
        if (thin := _thin(box, color)) is not None:
            yield thin
            continue
        if box == max(boxes, key=_size) and (cut := _thin(_common(box, clips), color)) is not None:
            yield cut
            continue
        inside = [c for c in clips if left - 0.2 <= c[0] and top - 0.2 <= c[1] and c[2] <= right + 0.2]
        for inner in inside:
            sides = (inner[0] - left, inner[1] - top, right - inner[2], bottom - inner[3])
            if all(0.02 < side < _THIN_MM for side in sides):
                parts = (
                    (left, top, right, inner[1]),
                    (left, inner[3], right, bottom),
                    (left, top, inner[0], bottom),
                    (inner[2], top, right, bottom),
                )
                yield from (line for part in parts if (line := _thin(part, color)) is not None)
                break


def _size(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _common(box: Box, clips: list[Box]) -> Box:
    """What is left of a box that is cut to shapes: one side of a frame, as browsers draw it."""
    return (
        max([box[0], *(clip[0] for clip in clips)]),
        max([box[1], *(clip[1] for clip in clips)]),
        min([box[2], *(clip[2] for clip in clips)]),
        min([box[3], *(clip[3] for clip in clips)]),
    )


def _thin(box: Box, color: tuple[int, int, int]) -> Ruling | None:
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    if min(wide, high) < 0.01:
        return None  # A filled shape without a breadth leaves no ink.
    if high <= _THIN_MM and wide > 2 * high:
        return Ruling(True, (top + bottom) / 2, left, right, high / MM_PER_POINT, color)
    if wide <= _THIN_MM and high > 2 * wide:
        return Ruling(False, (left + right) / 2, top, bottom, wide / MM_PER_POINT, color)
    return None
