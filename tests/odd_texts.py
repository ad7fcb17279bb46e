"""Odd but legal texts (怪而合法的文字) for hypothesis, and what the faces of this machine can draw of them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont
from hypothesis import strategies as st

from reportgen.source import is_plain
from reportgen.writers.fonts import coverage, find_fonts
from tests.projects import goal, ledger, task

# One range of code points for each way of writing that a text may come from.
BLOCKS = (
    *((0x20, 0x7E), (0xA1, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F)),
    *((0x1100, 0x115E), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x205F), (0x2070, 0x2BFF), (0x2E80, 0x2FDF)),
    *((0x2FF0, 0x30FF), (0x3105, 0x3163), (0x3190, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA4CF)),
    *((0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE00, 0xFE0F), (0xFE30, 0xFEFC), (0xFF01, 0xFF9F), (0xFFE0, 0xFFEE)),
    *((0x1F100, 0x1F2FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2EBE0), (0x2F800, 0x2FA1D)),
    *((0x30000, 0x3134A), (0xE0100, 0xE01EF)),
)
PIECES = (
    *("\t", " ", "    ", "　", "\n", "\n\n", "a\u0301", "\u0301", "Å", "office affluent ffi", "20000㎡", "Ⅳ③±5℃", "%"),
    *("<b>粗</b>", "</w:t>", "&amp;", "&#10;", "<!--", "]]>", "<script>x</script>", "{{ 7*7 }}", "{% if x %}", "{#"),
    *("#set page", '#read("/etc/hosts")', "$x^2$", "*粗*", "_斜_", "`码`", "//", "/* 释 */", "= 题", "- 项", "+ 项"),
    *("\\n", "\\u{41}", "\\", '"', "'", "“‘", "’”", "@import url(x)", "file:///etc/passwd", "javascript:1", "~", "--"),
    *("一、", "（一）", "1.", "（1）", "①", "附件1", "附件：", "特此报告。", "=1+1", "+1", "@x", "_x0041_", "_x000B_"),
    *("www.example.invalid/" + "a" * 80, "A" * 300, "字" * 900, "-" * 120, "，" * 60, "……", "——", "《〈〉》", "％‰"),
)
# The outline parts its cells by ` │ ` and says their spans by the two arrows.
PARTING = "│→↓"
# Nobody draws these; most of what somebody types has none of them.
_RARE = st.sampled_from(
    ["👨\u200d👩\u200d👧", "שלום", "مرحبا", "ก็ำ", "👍🏽", "\U000e0100", "葛\U000e0100", "é", "\u0f3a"]
)


def _characters(first: int, last: int) -> st.SearchStrategy[str]:
    return st.integers(first, last).map(chr).filter(lambda one: is_plain(one) and one not in PARTING)


ANY_CHARACTER = st.sampled_from(BLOCKS).flatmap(lambda block: _characters(*block))


@cache
def drawable() -> tuple[str, ...]:
    """Every character that a face of this machine has, in order."""
    fonts = find_fonts({})
    known = frozenset().union(*map(coverage, (*(role.face for role in fonts.roles.values()), *fonts.spare)))
    return tuple(one for one in map(chr, sorted(known)) if is_plain(one) and one not in PARTING and ord(one) > 0x1F)


@cache
def _drawn_as() -> dict[int, int]:
    """Characters that share a drawing with another one (⼈ and 人), each with the first of those.

    A PDF knows one character for each drawing of a face, whichever of them was typed.
    """
    fonts = find_fonts({})
    alike: dict[int, int] = {}
    for face in dict.fromkeys((*(role.face for role in fonts.roles.values()), *fonts.spare)):
        owners: dict[str, int] = {}
        with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
            drawings = sorted(font.getBestCmap().items())
        for code, glyph in drawings:
            first = owners.setdefault(glyph, code)
            if first != code:
                alike.setdefault(code, alike.get(first, first))
    return alike


def as_drawn(text: str) -> str:
    """The text as its drawings know it (字形所代表的字)."""
    return text.translate(_drawn_as())


def texts(character: st.SearchStrategy[str], rare: bool, most: int = 6) -> st.SearchStrategy[str]:
    """Texts of characters and odd pieces; something of each is to be seen."""
    piece = st.one_of(character, character, st.sampled_from(PIECES), *([_RARE] if rare else []))
    return st.lists(piece, min_size=1, max_size=most).map("".join).map(lambda text: f"{text}事")


def ledgers(text: st.SearchStrategy[str], most: int = 4) -> st.SearchStrategy[Any]:
    """Whole ledgers of such texts: goals of each verdict, tasks of each status, categories that repeat."""
    maybe = st.just("") | text
    goals = st.builds(
        lambda words, progress, phrase, verdict: goal(words, 进展情况=progress, 报告用语=phrase, 评价=verdict),
        *(text, text, maybe),
        st.sampled_from(["符合预期", "不达预期", "符合时间节点"]),
    )
    tasks = st.builds(
        lambda words, progress, phrase, category, status: task(
            words, 任务进展情况=progress, 报告用语=phrase, 分类=category, 推进情况=status
        ),
        *(text, text, maybe),
        st.sampled_from(["", "同类"]) | text,
        st.sampled_from(["正常推进", "推进较为滞后"]),
    )
    lists = st.lists(goals, max_size=most), st.lists(tasks, min_size=1, max_size=most)
    return st.builds(lambda one, other: numbered(ledger(one, other)), *lists)


def numbered(data: Any) -> Any:
    """The same with another text in each entry: two alike would be told as one written twice."""
    for name, field in (("预期目标", "预期目标"), ("重点任务", "工作任务")):
        for number, record in enumerate(data[name]):
            record[field] += f"{name[2:]}{number}"
    return json.loads(json.dumps(data))
