"""Paper, margins and grid of a Word file held against the style sheet (页面检查), section by section."""

from __future__ import annotations

import math
from collections import Counter

from reportgen.document import Orientation
from reportgen.review.findings import Place
from reportgen.review.format_docx_reading import Item, Reading, Tally, pitch_pt
from reportgen.rules import Rule
from reportgen.styles import StyleSheet, TextRole
from reportgen.word.file import Setup

RULES = frozenset(
    {
        Rule.PAPER,
        Rule.TOP,
        Rule.LEFT,
        Rule.RIGHT,
        Rule.BOTTOM,
        Rule.LINES,
        Rule.CHARACTERS,
        Rule.GRID,
    }
)
"""What this module looks at (所查规则)."""

_MARGINS = (
    (Rule.TOP, "top", "上"),
    (Rule.RIGHT, "right", "右"),
    (Rule.BOTTOM, "bottom", "下"),
    (Rule.LEFT, "left", "左"),
)
_GRID_NAMES = {"linesAndChars": "指定行和字符网格", "snapToChars": "文字对齐字符网格"}


def check_pages(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """The set-up of every section, and what a full page of the body holds."""
    for index, section in enumerate(reading.word.sections):
        setup = section.setup
        place = section_place(index, setup)
        orientation = Orientation.LANDSCAPE if setup.landscape else Orientation.PORTRAIT
        sides = zip(("宽", "高"), (setup.width, setup.height), styles.page.size_mm(orientation), strict=True)
        for name, found, wanted in sides:
            if found is not None:
                tally.number(Rule.PAPER, place, f"纸张{name}", found, wanted, "毫米")
        turned = "横排页" if setup.landscape else ""
        margins = zip(_MARGINS, styles.page.margins_mm(orientation), strict=True)
        for (rule, side, name), wanted in margins:
            found = getattr(setup, side)
            if found is not None:
                tally.number(rule, place, f"{turned}{name}边距", found, wanted, "毫米")
        _check_grid(setup, place, styles, tally)
    _check_full_page(reading, styles, tally)


def section_place(index: int, setup: Setup) -> Place:
    """The place of what a whole section has."""
    return Place(spot=f"第{index + 1}节{'（横排）' if setup.landscape else ''}")


def _check_grid(setup: Setup, place: Place, styles: StyleSheet, tally: Tally) -> None:
    if setup.grid in _GRID_NAMES:
        # LibreOffice gives a character that is wider than its cell two cells: 14 to a line (measured).
        tally.breach(Rule.GRID, place, "文档网格", _GRID_NAMES[setup.grid], "只指定行网格")
    pitch = setup.grid_pitch_pt
    if setup.grid != "none" and pitch is not None and abs(pitch - styles.page.line_pt) > tally.within(Rule.PITCH):
        wanted = f"{styles.page.line_pt:.4g}磅"
        tally.breach(Rule.GRID, place, "文档网格的行跨度", f"{pitch:.4g}磅", wanted)


def _check_full_page(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """Lines to a page and characters to a line, of the body as most of it is set."""
    weights: Counter[tuple[float | None, float, float | None, float | None]] = Counter()
    first: dict[tuple[float | None, float, float | None, float | None], Item] = {}
    for item in reading.items:
        if item.role is not TextRole.BODY or item.setup.landscape:
            continue
        setup, letters = item.setup, item.paragraph.letters
        unit = letters.unit_pt
        if setup.grid in _GRID_NAMES:
            unit = max(1.0, letters.size_pt + setup.character_space_pt)
        pitch = pitch_pt(item.paragraph.look, letters, setup)
        key = (pitch, unit, setup.text_width_pt, setup.text_height_pt)
        weights[key] += len(item.text)
        first.setdefault(key, item)
    if not weights:
        return
    key = weights.most_common(1)[0][0]
    pitch, unit, width, height = key
    place = first[key].place
    if pitch and pitch > 0 and height and height > 0:
        tally.number(Rule.LINES, place, "每面行数", math.floor(height / pitch + 1e-6), styles.page.lines, "行")
    if width and width > 0:
        characters = math.floor(width / unit + 1e-6)
        tally.number(Rule.CHARACTERS, place, "每行字数", characters, styles.page.characters, "字")
