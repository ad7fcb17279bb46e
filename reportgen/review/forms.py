"""How the elements of an official document are written (公文各要素的写法). GB/T 9704—2012 7.2 to 7.4.

Both checks, of Word files and of PDF files, ask here; they themselves only find the place of each element.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from reportgen.package import short
from reportgen.styles import TextRole

Color: TypeAlias = tuple[int, int, int]

MOST_TITLE_LINES = 3
"""A title has one, two or three lines (标题行数)."""

COPY_NUMBER_WANTED = "6位阿拉伯数字"
NUMBER_WANTED = "「机关代字〔年份〕序号号」，年份全称加六角括号，序号不编虚位、不加「第」"
ISSUE_WANTED = "「第5期」的写法"
DATE_WANTED = "「2026年7月10日」的写法，用阿拉伯数字，月、日不编虚位"
LABEL_WANTED = "「附件」加阿拉伯数字，不加标点和空格"
NOTE_WANTED = "加全角圆括号"

ANY_NUMBER = re.compile(r"\S{1,20}\s*[〔\[［【(（]\s*\d{2,4}\s*[〕\]］】)）]\s*第?\s*\d+\s*号")
"""What is meant for a 发文字号, rightly written or not."""

_NUMBER = re.compile(r"[^\s〔〕\[\]]{1,20}〔\d{4}〕[1-9]\d*号")
_ISSUE = re.compile(r"（?(\d{4}年)?(总)?第?[1-9〇一二三四五六七八九十]\d*[〇一二三四五六七八九十]*期.{0,12}")
_DATE = re.compile(r"(\d{4})年([1-9]\d?)月([1-9]\d?)日", re.ASCII)
_LABEL = re.compile(r"附件([1-9]\d?)?", re.ASCII)
_LIST_LEAD = re.compile(r"附件：(?=\S)")
_ORDINAL = re.compile(r"([1-9]\d?)[.．](?=\S)", re.ASCII)
_ANY_ORDINAL = re.compile(r"\d{1,2}\s*[、.．](?!\d)")
_IMPRINT_LINE = re.compile(r"\s*(抄\s*[送报]|分\s*送)\s*[:：]|.*日\s*印\s*发\s*$", re.S)
_MARK = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)]?[、.．，,]?")
_MARKS = {
    TextRole.HEADING_1: (re.compile(r"[一二三四五六七八九十]{1,3}、"), "「一、」"),
    TextRole.HEADING_2: (re.compile(r"（[一二三四五六七八九十]{1,3}）(?![、.．，,])"), "「（一）」"),
    TextRole.HEADING_3: (re.compile(r"\d{1,2}[.．](?!、)"), "「1.」"),
    TextRole.HEADING_4: (re.compile(r"（\d{1,2}）(?![、.．，,])"), "「（1）」"),
}
_SECTION_ROWS = (
    (TextRole.TABLE_SECTION_1, re.compile(r"[一二三四五六七八九十]{1,3}、")),
    (TextRole.TABLE_SECTION_2, re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with the form of an element (写法错误): of what, found, wanted."""

    what: str
    found: str
    wanted: str


def quoted(text: str) -> str:
    """The beginning of a text in its quotes (引用), as a finding quotes it."""
    return f"「{short(text, 14)}」"


def is_copy_number(text: str) -> bool:
    """Whether a 份号 is rightly written. 7.2.1."""
    return bool(re.fullmatch(r"\d{6}", text, re.ASCII))


def is_number(text: str) -> bool:
    """Whether a 发文字号 is rightly written. 7.2.5."""
    return bool(_NUMBER.fullmatch(text))


def is_issue(text: str) -> bool:
    """Whether the 期号 of a bulletin is rightly written."""
    return bool(_ISSUE.fullmatch(text))


def is_date(text: str) -> bool:
    """Whether a 成文日期 is rightly written, and a day of the calendar. 7.3.5.4."""
    match = _DATE.fullmatch(text)
    try:
        return match is not None and bool(date(*map(int, match.groups())))
    except ValueError:
        return False


def is_annex_label(text: str) -> bool:
    """Whether an 附件序号 is rightly written: 附件, 附件1. 7.3.7."""
    return bool(_LABEL.fullmatch(text))


def is_note(text: str) -> bool:
    """Whether an 附注 has its brackets. 7.3.6."""
    return text.startswith("（") and text.endswith("）")


def is_imprint_line(text: str) -> bool:
    """Whether a line is one of the imprint's (版记): 抄送：…, …印发. 7.4."""
    return bool(_IMPRINT_LINE.match(text))


def mark_fault(role: TextRole, text: str) -> Fault | None:
    """A heading's ordinal (层次序号) that is not of its level's form. 7.3.3."""
    form, wanted = _MARKS[role]
    mark = _MARK.match(text)
    if form.match(text) or not mark:
        return None
    return Fault(what=f"{role.value}序号", found=f"「{mark[0]}」", wanted=wanted)


def section_role(text: str) -> TextRole | None:
    """What a table's row of one cell is by its ordinal (表内小标题); None if it is none."""
    return next((role for role, mark in _SECTION_ROWS if mark.match(text)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexLine:
    """An entry of the 附件说明 in its parts: 附件：, 1., the name; a part that is not rightly written is empty."""

    lead: str
    ordinal: str
    name: str


def annex_line(text: str, first: bool) -> AnnexLine:
    """The parts of an entry; only the first one has a lead."""
    lead = _LIST_LEAD.match(text) if first else None
    behind = text[lead.end() :] if lead else text
    ordinal = _ORDINAL.match(behind)
    return AnnexLine(
        lead=lead[0] if lead else "",
        ordinal=ordinal[0] if ordinal else "",
        name=behind[ordinal.end() :] if ordinal else behind,
    )


def annex_list_faults(entries: Sequence[str]) -> list[tuple[int, Fault]]:
    """What is wrong with the wording of an 附件说明, with the number of the entry from 0. 7.3.4."""
    found: list[tuple[int, Fault]] = []
    for index, text in enumerate(entries):
        fault = _entry_fault(text, index, numbered=len(entries) > 1)
        found += [(index, fault)] if fault else []
    return found


def _entry_fault(text: str, index: int, numbered: bool) -> Fault | None:
    line = annex_line(text, first=index == 0)
    if index == 0 and not line.lead:
        return Fault(what="附件说明", found=quoted(text), wanted="「附件：」（全角冒号）后接名称")
    wanted = f"{index + 1}." if numbered else ""
    if line.ordinal.replace("．", ".") != wanted or (not line.ordinal and _ANY_ORDINAL.match(line.name)):
        form = f"「{wanted}」后接名称" if numbered else "只有一个附件时不编序号"
        return Fault(what="附件说明的序号", found=quoted(line.ordinal + line.name), wanted=form)
    if re.search(r"[；;。，,、.]$", line.name):
        return Fault(what="附件名称末尾", found=f"有标点「{line.name[-1]}」", wanted="不加标点")
    if line.name.startswith("《") and line.name.endswith("》") and line.name.count("《") == 1:
        return Fault(what="附件名称", found="加书名号", wanted="不加书名号")
    return None


def rgb(color: str) -> Color | None:
    """The three channels of a colour in six hexadecimal digits; None for what is none."""
    if len(color) != 6 or color.strip("0123456789ABCDEFabcdef"):
        return None
    return int(color[:2], 16), int(color[2:4], 16), int(color[4:], 16)


def is_red(color: Color | None) -> bool:
    """Whether a colour is a red (红色) as on letterheads; printers' reds differ: E60000, C00000."""
    return color is not None and color[0] >= 0xB0 and max(color[1:]) <= 0x60


def is_black(color: Color | None) -> bool:
    """Whether a colour is black (黑色) or so near that no eye tells, as the printers' 231F20."""
    return color is not None and max(color) <= 0x28


def is_color(color: Color | None, wanted: Color | None) -> bool:
    """Whether a colour is the wanted one: any red for a red, any black for a black."""
    return (is_red(color) and is_red(wanted)) or (is_black(color) and is_black(wanted)) or color == wanted
