"""The letters of a Word file held against the style sheet (文字检查): face, size, weight, colour, marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reportgen.review.findings import Place
from reportgen.review.format_docx_reading import Item, Tally
from reportgen.review.forms import is_black, is_color, is_red, rgb
from reportgen.rules import Rule
from reportgen.styles import FontRole, StyleSheet, TextRole
from reportgen.word.looks import Letters
from reportgen.word.text import Run

RULES = frozenset(
    {
        Rule.FACE,
        Rule.LATIN_FACE,
        Rule.MARKS,
        Rule.SIZE,
        Rule.COLOR,
        Rule.BOLD,
        Rule.THEME_FACE,
        Rule.EAST_ASIAN_FACE,
    }
)
"""What this module looks at (所查规则)."""

_CHINESE = re.compile("[\u2e80-\u2fff\u3001-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffef\U00020000-\U0003ffff]")
_MARKS = re.compile("[“”‘’—…]")
_LATIN = re.compile("[0-9A-Za-z]")


def check_letters(item: Item, styles: StyleSheet, tally: Tally) -> None:
    """The letters of a paragraph outside tables."""
    for role, run, text in pieces(item.paragraph.runs, item.roles):
        check_piece(role, run.letters, text, item.place, styles, tally)


def pieces(runs: Sequence[Run], roles: Sequence[tuple[TextRole, int]]) -> Iterator[tuple[TextRole, Run, str]]:
    """The runs cut where the role changes."""
    at = 0
    for run in runs:
        begin, end = at, at + len(run.text)
        low = 0
        for role, high in roles:
            first, last = max(begin, low), min(end, high)
            if first < last:
                yield role, run, run.text[first - begin : last - begin]
            low = high
        at = end


def check_piece(role: TextRole, letters: Letters, text: str, place: Place, styles: StyleSheet, tally: Tally) -> None:
    """Letters that are set alike and have one role."""
    if not text.strip():
        return
    style = styles.text[role]
    chinese, marks = bool(_CHINESE.search(text)), bool(_MARKS.search(text))
    if chinese or (marks and letters.hint):
        _chinese_face(role, letters, place, styles, tally)
    if marks and not letters.hint and not _is_chinese(letters.high.name, tally):
        found = letters.high.name or letters.high.theme or "没有指定的西文字体"
        wanted = f"中文字体（{styles.fonts[style.font].name}）"
        tally.breach(Rule.MARKS, place, f"{role.value}中引号、破折号等的字体", found, wanted)
    if _LATIN.search(text):
        _latin_face(role, letters, place, styles, tally)
    # The size of the 发文机关标志 is left to the eye: 7.2.4.
    if role is not TextRole.ISSUER_MARK:
        tally.number(Rule.SIZE, place, f"{role.value}字号", letters.size_pt, style.size_pt, "磅")
    if letters.bold:
        tally.breach(Rule.BOLD, place, f"{role.value}字形", "加粗", "不加粗")
    color = rgb(style.color)
    if not is_color(rgb(letters.color), color):
        name = "红色" if is_red(color) else "黑色" if is_black(color) else style.color
        tally.breach(Rule.COLOR, place, f"{role.value}颜色", color_name(letters.color), name)


def _chinese_face(role: TextRole, letters: Letters, place: Place, styles: StyleSheet, tally: Tally) -> None:
    face, font = letters.east_asian, styles.text[role].font
    wanted, what = styles.fonts[font].name, f"{role.value}中文字体"
    if not face.name and not face.theme:
        tally.breach(Rule.EAST_ASIAN_FACE, place, what, "没有指定（w:eastAsia）", wanted)
        return
    if face.theme:
        told = f"主题字体 {face.theme}" + (f"（{face.name}）" if face.name else "")
        tally.breach(Rule.THEME_FACE, place, what, told, f"写明的字体{wanted}")
    kinds = tally.kinds(face.name)
    if kinds is not None and font not in kinds:
        tally.breach(Rule.FACE, place, what, face.name, wanted)


def _latin_face(role: TextRole, letters: Letters, place: Place, styles: StyleSheet, tally: Tally) -> None:
    """Digits and letters in the Latin face, or in the Chinese one of the text around them."""
    name = letters.ascii.name
    kinds = tally.kinds(name)
    font = styles.text[role].font
    if kinds is None or name == letters.east_asian.name or kinds & {FontRole.LATIN, font}:
        return
    tally.breach(Rule.LATIN_FACE, place, f"{role.value}西文字体", name, styles.fonts[FontRole.LATIN].name)


def _is_chinese(name: str, tally: Tally) -> bool:
    """Whether a face is a Chinese one, so that marks in it are as wide as a character."""
    kinds = tally.kinds(name)
    unknown = kinds is None and bool(name)
    return unknown or bool((kinds or frozenset()) - {FontRole.LATIN}) or bool(_CHINESE.search(name))


def color_name(color: str) -> str:
    """A colour as a finding says it."""
    channels = rgb(color)
    if is_red(channels):
        return f"红色（{color}）"
    return "黑色" if is_black(channels) else f"#{color}" if len(color) == 6 else color
