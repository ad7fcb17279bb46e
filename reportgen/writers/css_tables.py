"""The look of tables as CSS (表格样式转 CSS), once for the sheet's own tables and once for each theme that is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.styles import POINTS_PER_MM, TABLE_ROLES, Ruling, StyleSheet, TextRole
from reportgen.writers.css import FontPlan, class_name, kind_class, text_declarations


def write_table_css(styles: StyleSheet, fonts: FontPlan, themes: Sequence[str]) -> str:
    """The CSS of all tables of a report that uses these themes."""
    rules = _rules(styles, fonts, "")
    for theme in themes:
        rules += _rules(styles.themed(theme), fonts, f"table.{theme_class(styles, theme)}")
    return "\n".join(rules) + "\n"


def theme_class(styles: StyleSheet, theme: str) -> str:
    """The CSS class of a theme's tables: its place in the style sheet, since its name may hold anything."""
    return f"theme-{list(styles.themes).index(theme) + 1}"


def lacks_class(lines: int) -> str:
    """The CSS class of a cell that has so many lines fewer than its row shows on each page."""
    return f"lacks-{lines}"


_SELECTORS = {TextRole.TABLE_HEAD: "th", TextRole.TABLE_CELL: "td"}


def _rules(styles: StyleSheet, fonts: FontPlan, scope: str) -> list[str]:
    """The rules of the tables that `scope` selects: a theme says all again, so that nothing else reaches in."""
    within = f"{scope} " if scope else ""
    table = styles.table
    frame, rule, under_head = (_line(width) for width in (table.frame_pt, table.rule_pt, table.under_head_pt))
    split = table.split_lines
    inner = "0" if table.ruling is Ruling.THREE else rule
    # `hidden` wins over the rules of the outer cells, `none` would not.
    sides = {
        Ruling.GRID: "",
        Ruling.OPEN: ";border-left-style:hidden;border-right-style:hidden",
        Ruling.THREE: ";border-left:0;border-right:0",
    }[table.ruling]
    fill = f"#{table.head_fill}" if table.head_fill else "none"
    rules = [
        f"{scope or 'table'}{{border:{frame}{sides};border-bottom:0}}",
        f"{within}thead{{border-bottom:{under_head}}}",
        f"{within}th,{within}td{{border:{inner};padding:{table.padding_mm:g}mm;orphans:{split};widows:{split}}}",
        f"{within}th{{background:{fill}}}",
    ]
    for role in TABLE_ROLES:
        declared = text_declarations(styles, role, styles.text[role], fonts)
        # Round a cell's text there is the table's padding, and a cell has no margins.
        kept = ";".join(item for item in declared if not item.startswith(("padding", "margin")))
        rules.append(f"{within}{_SELECTORS.get(role) or f'td.{class_name(role)}'}{{{kept}}}")
        if role not in _SELECTORS and styles.text[role].keep_with_next:
            rules.append(f"{within}tr.{class_name(role)}{{break-after:avoid}}")
    # A row that may be split begins with all its cells where the least part of its text has room, or with none: what a
    # cell lacks stands half above its text and half below it. WeasyPrint counts what is below a last line, too.
    padding = table.padding_mm * POINTS_PER_MM
    for lacking in range(1, split):
        lines = lacking * styles.pitch_pt(TextRole.TABLE_CELL)
        room = padding + max(0.0, lines - padding - table.rule_pt / 2) / 2
        selector = f"{within}td.{lacks_class(lacking)}"
        rules.append(f"{selector}{{padding-top:{room:.2f}pt;padding-bottom:{room:.2f}pt}}")
    cell = styles.text[TextRole.TABLE_CELL]
    for kind, align in table.align.items():
        texts = text_declarations(styles, TextRole.TABLE_CELL, replace(cell, align=align), fonts)
        (aligned,) = (item for item in texts if item.startswith("text-align"))
        rules.append(f"{within}td.{kind_class(kind)}{{{aligned}}}")
    # The rule above the foot closes the frame, at a page's end as at the table's.
    foot = f"border:0;border-top:{frame};padding:0;height:0;font-size:0;line-height:0"
    return [*rules, f"{within}tfoot td{{{foot}}}"]


def _line(width_pt: float) -> str:
    return f"{width_pt:g}pt solid #000"
