"""Widths of text in characters (字宽): what both layouts need to know before a page is laid out."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence

from reportgen.document import AnnexEntry

# Times-like faces: digits and most letters take half a character, points and commas a quarter.
_NARROW = frozenset(".,:;'|!ijlIft ")


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
    return sum(map(char_width, text))


def line_count(paragraphs: Iterable[str], width: float) -> int:
    """About how many lines the paragraphs take in a column `width` characters wide; at least one each."""
    return sum(max(1, math.ceil(text_width(text) / max(width, 1.0))) for text in paragraphs)


def signature_insets(issuer: str, date: str, issuer_right: float, date_right: float) -> tuple[float, float]:
    """Right indents, in characters, of 署名 and 成文日期 without a seal. GB/T 9704—2012 7.3.5.

    The date begins two characters right of the issuer's first one; the one that reaches further right stands as far
    from the edge as its style says, two characters.
    """
    issuer_width, date_width = text_width(issuer), text_width(date)
    issuer_inset = max(issuer_right, date_right + 2 + date_width - issuer_width)
    return issuer_inset, issuer_inset + issuer_width - date_width - 2


ANNEX_LIST_LEAD = "附件："


def annex_list_lines(entries: Sequence[AnnexEntry]) -> list[tuple[str, float, float]]:
    """Text, left indent and first-line indent (in characters, below zero) of each line of the 附件说明.

    Wrapped lines stand under the first character of the name, numbers under the first number. 7.3.4.
    """
    lead = text_width(ANNEX_LIST_LEAD)
    lines = []
    for index, entry in enumerate(entries):
        number = "" if entry.number is None else f"{entry.number}."
        hanging = text_width(number) + (lead if index == 0 else 0.0)
        text = (ANNEX_LIST_LEAD if index == 0 else "") + number + entry.name
        lines.append((text, lead + text_width(number), -hanging))
    return lines
