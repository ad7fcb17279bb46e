"""Widths of text in characters (字宽): what both layouts need to know before a page is laid out."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from reportgen.document import AnnexList, Signature
from reportgen.styles import StyleSheet, TextRole

# Times-like faces: digits and most letters take half a character, points and commas a quarter.
_NARROW = ".,:;'|!ijlIft "
# Texts of these characters alone, nearly all, need no look at each: those that are not ASCII take a whole character.
_USUAL = re.compile("[\0-\x7f\u4e00-\u9fff\u3000-\u3017“”‘’—…①-⑳㎡％（），：；！？～]*")


class _Widths(dict[str, float]):
    """The width of each character that was met (字宽表)."""

    def __missing__(self, character: str) -> float:
        self[character] = width = char_width(character)
        return width


_WIDTHS = _Widths()


def char_width(character: str) -> float:
    """Width of one character as a part of its size: 1 for Chinese, about a half for Latin."""
    if character < "\u2000":
        if character in _NARROW:
            return 0.25
        return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.5
    # Marks such as — “ ” … ① are set in the Chinese face, so that "ambiguous" means wide here.
    return 0.5 if unicodedata.east_asian_width(character) in "NH" else 1.0


def text_width(text: str) -> float:
    """Width of a text in characters of its size."""
    if len(text) < _SOME or not _USUAL.fullmatch(text):
        return sum(map(_WIDTHS.__getitem__, text))
    latin = text.encode("ascii", "ignore")
    narrow = len(latin) - len(latin.translate(None, _NARROW_BYTES))
    return len(text) - len(latin) / 2 - narrow / 4


_SOME = 12  # letters are counted one by one in less time
_NARROW_BYTES = _NARROW.encode()


def line_count(paragraphs: Sequence[str], width: float) -> int:
    """About how many lines the paragraphs take in a column `width` characters wide; at least one each."""
    room, lines = max(width, 1.0), 0
    for text in paragraphs:
        lines += 1 if len(text) <= room else max(1, math.ceil(text_width(text) / room))
    return lines


def signature_insets(block: Signature, styles: StyleSheet) -> tuple[float, float]:
    """Right indents, in points, of 署名 and 成文日期 without a seal. GB/T 9704—2012 7.3.5.

    The date begins two characters right of the issuer's first one; the one that reaches further right stands as far
    from the edge as its style says, two characters. Of several issuers, who stand one below the other with their
    right edges in one line, the last one is meant.
    """
    unit = styles.unit_pt(TextRole.ISSUER)
    issuer_right = styles.text[TextRole.ISSUER].right_chars * unit
    date_right = styles.text[TextRole.DATE].right_chars * styles.unit_pt(TextRole.DATE)
    issuer_width = text_width(block.issuers[-1]) * unit
    widest = max(map(text_width, block.issuers)) * unit
    date_width = text_width(block.date) * styles.unit_pt(TextRole.DATE)
    issuer_inset = max(issuer_right, date_right + 2 * unit + date_width - issuer_width)
    if widest + issuer_inset > styles.page.text_width_pt():
        # An issuer of several lines has no first character that the date could stand under.
        return issuer_right, date_right
    return issuer_inset, max(0.0, issuer_inset + issuer_width - date_width - 2 * unit)


def annex_list_lines(block: AnnexList) -> list[tuple[str, float, float]]:
    """Text, left indent and first-line indent (in characters, below zero) of each line of the 附件说明.

    Wrapped lines stand under the first character of the name, numbers under the first number. 7.3.4.
    """
    lead = text_width(block.lead)
    lines = []
    for index, entry in enumerate(block.entries):
        hanging = text_width(entry.ordinal) + (lead if index == 0 else 0.0)
        text = (block.lead if index == 0 else "") + entry.ordinal + entry.name
        lines.append((text, lead + text_width(entry.ordinal), -hanging))
    return lines
