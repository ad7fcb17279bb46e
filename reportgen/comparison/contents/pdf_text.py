"""Lines of a PDF as text with its looks (PDF 的文字): letters set alike together, blanks where gaps show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import median

from reportgen.comparison.face_aliases import one_name
from reportgen.comparison.look_names import UNMEASURED
from reportgen.comparison.model import Box, Paragraph, Piece, Setting, Value
from reportgen.review import page as laid
from reportgen.review.page import MM_PER_POINT, Letter, Line

# A gap of this share of the size parts words; 0.25 is what programs leave for a blank, and justified lines are wider.
_WORD_GAP = 0.18
# East Asian letters and marks stand in full cells: what is free between them was left by the layout, no blank.
_FULL_WIDTH = re.compile(
    r"[\u2010-\u2027\u2030-\u205e\u2460-\u24ff\u2500-\u27bf\u2e80-\ua4cf\uf900-\ufaff\ufe30-\uffef]"
)
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_OURS = re.compile(r"-rg(-letters)?$", re.IGNORECASE)
_TIMES = re.compile(r"times\s?new\s?roman(ps)?(mt)?", re.IGNORECASE)
_BOLD = re.compile(r"[,-]?\s*bold(mt)?$", re.IGNORECASE)
_MOST_NAMES = 512


@lru_cache(maxsize=_MOST_NAMES)
def face_of(name: str) -> tuple[str, bool]:
    """The face (字体) as its readers call it, whatever a program made of its name, and whether that says bold."""
    bare = _OURS.sub("", _SUBSET.sub("", name))
    plain = _BOLD.sub("", bare)
    if one_name(plain) != plain or _TIMES.fullmatch(plain):
        return "Times New Roman" if _TIMES.fullmatch(plain) else one_name(plain), plain != bare
    return bare, False


@lru_cache(maxsize=_MOST_NAMES)
def setting_of(setting: laid.Setting) -> Setting:
    """How a letter is set (字符格式), as it is compared."""
    face, bold = face_of(setting.face)
    color = "".join(f"{channel:02X}" for channel in setting.color)
    return Setting(face=face, size_pt=round(setting.size_pt, 1), bold=setting.bold or bold, color=color)


def text_of(line: Line) -> str:
    """What a line says, with blanks where words are parted."""
    return "".join(piece.text for piece in pieces_of((line,)))


def pieces_of(lines: Iterable[Line]) -> tuple[Piece, ...]:
    """The letters of lines that run on (同一格式的文字), those set alike together."""
    found: list[tuple[laid.Setting, list[str]]] = []
    above: Letter | None = None
    for line in lines:
        first = True
        for letter in line.letters:
            if above is not None and found and (_goes_on(above, letter) if first else _parted(above, letter)):
                found[-1][1].append(" ")
            if not found or found[-1][0] != letter.setting:
                found.append((letter.setting, []))
            found[-1][1].append(letter.text)
            above, first = letter, False
    pieces: list[Piece] = []
    for setting, texts in found:
        made = setting_of(setting)
        if pieces and pieces[-1].setting == made:
            pieces[-1] = Piece(pieces[-1].text + "".join(texts), made)
        else:
            pieces.append(Piece("".join(texts), made))
    return tuple(pieces)


def _parted(left: Letter, right: Letter) -> bool:
    """Whether a blank stands between two letters of a line."""
    if _FULL_WIDTH.match(left.text) or _FULL_WIDTH.match(right.text):
        # Two characters wide is more than justification leaves; less between words and figures is how a program sets
        # them, and wider in a justified line.
        return right.left - left.right > 0.9 * left.setting.size_pt * MM_PER_POINT
    return right.left - left.right > _WORD_GAP * left.setting.size_pt * MM_PER_POINT


def _goes_on(left: Letter, right: Letter) -> bool:
    """Whether a line ends at a blank: both words are of letters, and the upper one is not cut by a hyphen."""
    return left.text.isascii() and left.text.isalpha() and right.text.isascii() and right.text.isalpha()


def box_of(line: Line, page: int) -> Box:
    """The box (行框) of a line: its cells, not its ink, so that it is the same whatever letters it holds."""
    tall = line.size_pt * MM_PER_POINT
    return _box(page, line.left, line.y - 0.88 * tall, line.right, line.y + 0.12 * tall)


def _box(page: int, left: float, top: float, right: float, bottom: float) -> Box:
    return Box(page, round(left, 2), round(top, 2), round(right, 2), round(bottom, 2))


def frame(page: int, box: Sequence[float]) -> Box:
    """A box on a page (页上的框), in hundredths of a millimetre."""
    left, top, right, bottom = box
    return _box(page, left, top, right, bottom)


def paragraph_of(
    lines: Sequence[tuple[int, Line]], level: int | None = None, look: dict[str, Value] | None = None
) -> Paragraph:
    """A paragraph (段落) of lines, each with its page."""
    return Paragraph(
        pieces=pieces_of(line for _, line in lines),
        level=level,
        look=look or {},
        page=lines[0][0] if lines else None,
        boxes=tuple(box_of(line, page) for page, line in lines),
    )


def pitch_of(lines: Sequence[tuple[int, Line]]) -> Value:
    """The line pitch (行距) in points, where two lines of a page tell it."""
    steps = [
        lower.y - upper.y for (page, upper), (other, lower) in pairwise(lines) if page == other and lower.y > upper.y
    ]
    return round(median(steps) / MM_PER_POINT, 1) if steps else UNMEASURED
