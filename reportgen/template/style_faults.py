"""What is wrong with a style sheet (版式检查): roles without a style, numbers that no page can have, unknown themes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any

from reportgen.document import ColumnKind, Orientation, Tone
from reportgen.problems import Location, Problem, did_you_mean, error
from reportgen.rules import Rule
from reportgen.source import Path_, key_text
from reportgen.styles import TABLE_ROLES, FontRole, StyleSheet, TableTheme, TextRole
from reportgen.template.hints import hint, shown
from reportgen.template.schema import Template

Locate = Callable[[Path_], Location]

# Least and greatest sensible value by the key's name.
_LIMITS: Mapping[str, tuple[float, float]] = {
    "width_mm": (50, 1000),
    "height_mm": (50, 1000),
    "top_mm": (0, 500),
    "right_mm": (0, 500),
    "bottom_mm": (0, 500),
    "left_mm": (0, 500),
    "lines": (1, 200),
    "characters": (1, 200),
    "size_pt": (1, 200),
    "pitch_pt": (1, 400),
    "first_line_chars": (0, 100),
    "left_chars": (0, 100),
    "right_chars": (0, 100),
    "before_lines": (0, 100),
    "after_lines": (0, 100),
    "outline_level": (1, 9),
    "frame_pt": (0, 12),
    "rule_pt": (0, 12),
    "head_rule_pt": (0, 12),
    "padding_mm": (0, 50),
    "keep_row_lines": (0, 1000),
    "keep_merged_lines": (0, 1000),
    "split_lines": (1, 100),
    "below_mm": (0, 100),
    "inset_chars": (0, 100),
    "mark_top_mm": (0, 200),
    "suffix_gap_pt": (0, 100),
    "rule_below_mm": (0, 12),  # Word keeps a paragraph's border within 31 pt
    "title_lines": (0, 100),
    "rule_width_mm": (10, 1000),
    "foot_rule_mm": (0, 100),
    "thick_pt": (0, 12),
    "thin_pt": (0, 12),
    "gap_pt": (0, 12),
    "head_below_pt": (0, 200),
    "diameter_mm": (0, 100),
    "between_mm": (0, 100),
    "in_a_row": (1, 100),
    "outer_rule_pt": (0, 12),
    "inner_rule_pt": (0, 12),
    "within": (0, 100),
    "bar_mm": (0.5, 50),
    "gap_mm": (0, 50),
    "labels": (0.05, 0.7),
    "outline_pt": (0, 12),
    "grid_pt": (0, 12),
    "line_pt": (0.1, 12),
}

_COLORS = ("color", "red", "head_fill", "grid_color")


def style_faults(styles: StyleSheet, locate: Locate) -> Iterator[Problem]:
    """Every role that has no style, every number out of sense, and a page without room for text."""
    yield from _missing_roles(styles.fonts, FontRole, ("fonts",), locate)
    yield from _missing_roles(styles.text, TextRole, ("text",), locate)
    yield from _missing_roles(styles.table.align, ColumnKind, ("table", "align"), locate)
    yield from _missing_roles(styles.chart.colors, Tone, ("chart", "colors"), locate)
    yield from _missing_roles(styles.checks, Rule, ("checks",), locate)
    numbers = list(_out_of_limits(dataclasses.replace(styles, themes={}), (), locate))
    for name, theme in styles.themes.items():
        numbers += _theme_faults(styles, theme, ("themes", name), locate)
    yield from numbers or _no_room(styles, locate)


def _missing_roles(given: Mapping[Any, Any], roles: type[Enum], path: Path_, locate: Locate) -> Iterator[Problem]:
    for role in roles:
        if role not in given:
            key = (*path, str(role.value))
            yield error(
                "config.missing-key",
                f"缺少「{key_text(key)}」",
                "请补上这个键，或用 extends 引用完整的版式",
                locate(key),
            )


def _theme_faults(styles: StyleSheet, theme: TableTheme, path: Path_, locate: Locate) -> Iterator[Problem]:
    """What is wrong with a theme's own values, and texts in it that stand in no table."""
    pairs: list[tuple[Any, Any, Path_]] = [(styles.table, theme.table, (*path, "table"))]
    for role, style in theme.text.items():
        own = (*path, "text", role.value)
        if role in TABLE_ROLES:
            pairs.append((styles.text.get(role), style, own))
        else:
            fix = did_you_mean(role.value, [known.value for known in TABLE_ROLES])
            yield error("config.unknown-key", f"「{role.value}」不是表格里的文字", fix, locate(own))
    for ground, changed, own in pairs:
        for part in dataclasses.fields(changed):
            value = getattr(changed, part.name)
            # What the theme only takes over is told once, of the style sheet itself.
            if ground is None or value != getattr(ground, part.name):
                yield from _out_of_limits(value, (*own, part.name), locate)


def _out_of_limits(value: Any, path: Path_, locate: Locate) -> Iterator[Problem]:
    if dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from _out_of_limits(getattr(value, part.name), (*path, part.name), locate)
    elif isinstance(value, Mapping):
        for role, item in value.items():
            yield from _out_of_limits(item, (*path, str(role.value)), locate)
    elif value == "" and path[-1] in ("name", "stand_in"):
        yield error("config.bad-value", f"「{key_text(path)}」是空的", "请填写字体名", locate(path))
    elif _is_color(path) and value is not None and not re.fullmatch(r"[0-9A-Fa-f]{6}", str(value)):
        what = f"「{key_text(path)}」不是颜色"
        yield error("config.bad-value", what, "请写六位十六进制，如 '000000' 黑、'FF0000' 红，带引号", locate(path))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        least, most = _LIMITS[str(path[-1])]
        if not least <= value <= most:
            what = f"「{key_text(path)}」的数值 {value:g} 不合理"
            yield error("style.out-of-range", what, f"请写 {least} 到 {most} 之间的数", locate(path))


def _is_color(path: Path_) -> bool:
    return path[-1] in _COLORS or "colors" in path


def _no_room(styles: StyleSheet, locate: Locate) -> Iterator[Problem]:
    """A page whose margins leave no type area, upright or turned."""
    page = styles.page
    for orientation in Orientation:
        width, height = page.size_mm(orientation)
        top, right, bottom, left = page.margins_mm(orientation)
        if width - left - right <= 0 or height - top - bottom <= 0:
            what = "页边距之和不小于纸张，版心没有位置"
            yield error("style.no-room", what, "请改小页边距，或改大纸张", locate(("page",)))
            return


def unknown_themes(template: Template, styles: StyleSheet, locate: Locate) -> Iterator[Problem]:
    """Annexes whose theme of tables the style sheet does not have."""
    parts = [(("annexes", index), annex.theme) for index, annex in enumerate(template.annexes)]
    parts += [(("charts", index), chart.theme) for index, chart in enumerate(template.charts)]
    for path, theme in parts:
        if theme and theme not in styles.themes:
            what = f"版式里没有名为「{shown(theme)}」的表格样式"
            known = [*styles.themes]
            fix = hint(theme, known) if known else "请删去 theme，或在版式的 themes 里写上它"
            yield error("template.unknown-theme", what, fix, locate((*path, "theme")))
