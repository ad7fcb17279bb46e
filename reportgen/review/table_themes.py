"""Which theme (表格样式) a finished table was made by: the one of which the fewest of its texts' values are off."""

from __future__ import annotations

from reportgen.styles import StyleSheet, TextRole


def nearest_theme(
    styles: StyleSheet, text_pt: float | None, head_pt: float | None, pitch_pt: float | None
) -> StyleSheet:
    """The style sheet as that theme sees it (最相近的样式); the plain sheet where several fit alike.

    Sizes of text and head and the text's line pitch are in points, None where a table does not tell them.
    """

    def off(sheet: StyleSheet) -> float:
        head, text = sheet.text[TextRole.TABLE_HEAD], sheet.text[TextRole.TABLE_CELL]
        pairs = ((text_pt, text.size_pt), (head_pt, head.size_pt), (pitch_pt, sheet.pitch_pt(TextRole.TABLE_CELL)))
        # One value that is far off tells less than two that are near: so a planted fault makes no other theme.
        return sum(min(abs(found - wanted), 3.0) for found, wanted in pairs if found is not None)

    return min((styles, *map(styles.themed, styles.themes)), key=off)
