"""Letters of two texts held against each other (逐字比对): what of a text is seen, where two texts differ.

Whole letters only: a combining mark stays with its letter, a figure with its digits, a word with its letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from reportgen.numbering import CIRCLED

# Beyond this many pairs of letters the middle is one change (12 MB and 0.1 s at this size).
_MOST_PAIRS = 1e8
# Changes with fewer equal letters between them are told as one.
_APART = 2

# Programs part 2026 and 年 by a gap of their own, and stretch it to fill a line.
_WIDE = r"[\u2e80-\u9fff\uff00-\uffef]"
_BESIDE_WIDE = re.compile(rf"(?<={_WIDE})[ \u00a0]+(?=[!-~])|(?<=[!-~])[ \u00a0]+(?={_WIDE})")
_LINE_END = re.compile(r"[^\S\n]+$", re.M)
_SPACE = re.compile(r"\s+")
# What stands before a heading or an item and counts it.
_ORDINAL = re.compile(
    r"\s*(?:第[一二三四五六七八九十百零〇\d]{1,5}[章节条款部分]{1,2}|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]"
    rf"|\d{{1,3}}(?:\.\d{{1,3}}){{2,3}}(?![\d%])|\d{{1,2}}\.\d{{1,2}}(?=\s)|\d{{1,3}}[.．、](?!\d)|[（(]\d{{1,3}}[）)]|[{CIRCLED}])\s*"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of the one text from `begin` to `end` in whose place those of the other stand (一处改动)."""

    begin: int
    end: int
    other_begin: int
    other_end: int


def seen(text: str) -> str:
    """What of a text is seen (可见文字): no white space at the ends of lines."""
    return _LINE_END.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def seen_on_page(text: str) -> str:
    """What a page shows of a text (纸面文字): a gap between 2026 and 年 may be a blank or none."""
    return _BESIDE_WIDE.sub("", seen(text))


def unspaced(text: str) -> str:
    """A text without any white space (去空白)."""
    return _SPACE.sub("", text)


def ordinal_of(text: str) -> tuple[str, str]:
    """The ordinal (序号) that a paragraph begins with, and the rest; an empty one where it has none."""
    match = _ORDINAL.match(text)
    return (match[0].strip(), text[match.end() :]) if match and match.end() < len(text) else ("", text)


def changes(first: str, second: str) -> tuple[Span, ...]:
    """Where two texts differ (改动处), in order; nothing where they are equal."""
    if first == second:
        return ()
    if second < first:
        return tuple(Span(s.other_begin, s.other_end, s.begin, s.end) for s in changes(second, first))
    raw = _raw(first, second)
    return tuple(
        Span(*each) for each in _whole(_joined([_widened(each, first, second) for each in raw]), first, second)
    )


_Four = tuple[int, int, int, int]


def _raw(first: str, second: str) -> list[_Four]:
    from rapidfuzz.distance import Indel

    start = _common_start(first, second)
    end = _common_start(first[start:][::-1], second[start:][::-1])
    one, two = first[start : len(first) - end], second[start : len(second) - end]
    if not one or not two or len(one) * len(two) > _MOST_PAIRS:
        return [(start, start + len(one), start, start + len(two))]
    found: list[_Four] = []
    for code in Indel.opcodes(one, two):
        if code.tag == "equal":
            continue
        each = start + code.src_start, start + code.src_end, start + code.dest_start, start + code.dest_end
        if found and found[-1][1] == each[0] and found[-1][3] == each[2]:
            each = found[-1][0], each[1], found[-1][2], each[3]
            found.pop()
        found.append(each)
    return found


def _common_start(first: str, second: str) -> int:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if first[:middle] == second[:middle] else (low, middle - 1)
    return low


def _widened(each: _Four, first: str, second: str) -> _Four:
    """Over the whole figure or Latin word, and over marks that combine with a letter."""
    a, b, c, d = each
    changed = first[a:b] + second[c:d]
    while a and c and first[a - 1] == second[c - 1]:
        left, behind = first[a - 1], (_at(first, a), _at(second, c))
        inside = _is_of_word(left) and any(map(_is_of_word, behind)) and _has_word(changed)
        if not inside and left != "\u200d" and not any(map(_combines, behind)):
            break
        a, c = a - 1, c - 1
    while b < len(first) and d < len(second) and first[b] == second[d]:
        inside = _is_of_word(first[b]) and (_is_of_word(_at(first, b - 1)) or _is_of_word(_at(second, d - 1)))
        if not (_combines(first[b]) or (inside and _has_word(changed))):
            break
        b, d = b + 1, d + 1
    return a, b, c, d


def _at(text: str, index: int) -> str:
    return text[index] if 0 <= index < len(text) else ""


def _is_of_word(letter: str) -> bool:
    return bool(letter) and ((letter.isascii() and letter.isalnum()) or letter in ".%‰" or "０" <= letter <= "９")


def _has_word(text: str) -> bool:
    return any(map(_is_of_word, text))


def _combines(letter: str) -> bool:
    return bool(letter) and (
        unicodedata.category(letter)[0] == "M" or letter == "\u200d" or "\U0001f3fb" <= letter <= "\U0001f3ff"
    )


def _joined(spans: list[_Four]) -> list[_Four]:
    found: list[_Four] = []
    for each in spans:
        # Widened over the same figure, two changes overlap.
        if found and (each[0] - found[-1][1] < _APART or each[2] - found[-1][3] < _APART):
            last = found.pop()
            each = min(last[0], each[0]), max(last[1], each[1]), min(last[2], each[2]), max(last[3], each[3])
        found.append(each)
    return found


def _whole(spans: list[_Four], first: str, second: str) -> list[_Four]:
    """Without what is equal at both ends, but for figures and words; one that says the other's letters stays whole."""
    return [each for each in spans if first[each[0] : each[1]] != second[each[2] : each[3]]]


def cut_back(text: str, index: int) -> int:
    """The nearest place at or before `index` where a text may be cut (断字处): between whole letters."""
    while 0 < index < len(text) and (_combines(text[index]) or text[index - 1] == "\u200d"):
        index -= 1
    return index


def cut_on(text: str, index: int) -> int:
    """The nearest place at or behind `index` where a text may be cut (断字处)."""
    while 0 < index < len(text) and (_combines(text[index]) or text[index - 1] == "\u200d"):
        index += 1
    return index


# ---- differences that the eye does not see

_LOOK_ALIKES = (
    "OО0Ο〇○",
    "lI1|丨ӏⅠ",
    *("己已巳", "末未", "日曰", "人入", "土士", "戊戌戍", "干千于"),
    "-‐‑‒–—―─－一ー",
    *("·•・･∙⋅", '"“”″', "'‘’′", "~～〜∼", "×xXх✕"),
    *("aа", "eе", "oо", "pр", "cс", "AАΑ", "BВΒ", "CС", "EЕΕ", "HНΗ", "KКΚ", "MМΜ", "PРΡ", "TТΤ", "XХΧ"),
)
_KIN: dict[str, int] = {letter: number for number, group in enumerate(_LOOK_ALIKES) for letter in group}
_SPACES = {
    " ": "空格",
    "\u3000": "全角空格",
    "\u00a0": "不换行空格",
    "\t": "制表符",
    "\n": "换行",
    "\u200b": "零宽空格",
    "\ufeff": "零宽空格",
    "\u00ad": "软连字符",
    "\u2060": "零宽连接符",
    "\u200d": "零宽连接符",
    "\u200c": "零宽断开符",
    "\u2002": "半身空格",
    "\u2003": "全身空格",
    "\u2009": "窄空格",
}
_DASHES = {
    "-": "连字符",
    "‐": "连字符",
    "‑": "不换行连字符",
    "–": "短横线",
    "—": "破折号",
    "―": "破折号",
    "─": "制表横线",
    "－": "全角减号",
}
_NAMES = {**_SPACES, **_DASHES, "一": "汉字一", "〇": "汉字〇", "○": "圆圈符号", "·": "间隔号", "•": "圆点符号"}


def unseen_change(before: str, after: str) -> str:
    """What changed where the eye sees no difference (看不出的改动): 多一个空格, 字母O改为数字0; else empty."""
    bare = _bare(before), _bare(after)
    if bare[0] == bare[1]:
        return _of_spaces(before, after)
    if len(bare[0]) == len(bare[1]) <= 12 and all(_alike(a, b) for a, b in zip(*bare, strict=True)):
        pairs = dict.fromkeys((a, b) for a, b in zip(*bare, strict=True) if a != b)
        return "、".join(f"{letter_name(a)}改为{letter_name(b)}" for a, b in list(pairs)[:3])
    if unicodedata.normalize("NFC", bare[0]) == unicodedata.normalize("NFC", bare[1]):
        return "字形相同，编码不同"
    return ""


def _is_unseen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc")


def _bare(text: str) -> str:
    return "".join(letter for letter in text if not _is_unseen(letter))


def _alike(a: str, b: str) -> bool:
    kin = a in _KIN and _KIN[a] == _KIN.get(b)
    return a == b or kin or unicodedata.normalize("NFKC", a) == unicodedata.normalize("NFKC", b)


def _of_spaces(before: str, after: str) -> str:
    one, two = ([letter for letter in text if _is_unseen(letter)] for text in (before, after))
    more, less = list(two), list(one)
    for letter in one:
        if letter in more:
            more.remove(letter)
            less.remove(letter)
    if not more and not less:
        return "空白的位置不同"
    if more and less and len(set(more)) == len(set(less)) == 1 and len(more) == len(less):
        return f"{_NAMES.get(less[0], _code(less[0]))}改为{_NAMES.get(more[0], _code(more[0]))}"
    told = [f"{word}{_counted(letters)}" for word, letters in (("多", more), ("少", less)) if letters]
    return "，".join(told)


def _counted(letters: list[str]) -> str:
    counts = {letter: letters.count(letter) for letter in dict.fromkeys(letters)}
    words = ("一", "两", "三", "四", "五", "六", "七", "八", "九")
    return "、".join(
        f"{words[n - 1] if n < 10 else n}{'处' if letter == chr(10) else '个'}{_NAMES.get(letter, _code(letter))}"
        for letter, n in counts.items()
    )


def letter_name(letter: str) -> str:
    """A letter by what it is (字符名称): 字母O, 数字0, 全角逗号, 「己」."""
    if letter in _NAMES:
        return _NAMES[letter]
    if unicodedata.east_asian_width(letter) == "F":
        return f"全角「{letter}」"
    if letter.isascii():
        kind = "数字" if letter.isdigit() else "字母" if letter.isalpha() else "半角"
        return f"{kind}{letter}" if kind != "半角" else f"半角「{letter}」"
    name = unicodedata.name(letter, "")
    for script, word in (("CYRILLIC", "西里尔字母"), ("GREEK", "希腊字母"), ("ROMAN NUMERAL", "罗马数字")):
        if name.startswith(script):
            return f"{word}{letter}"
    compatible = unicodedata.normalize("NFKC", letter) != letter
    return f"「{letter}」（{_code(letter)}）" if compatible else f"「{letter}」"


def _code(letter: str) -> str:
    return f"U+{ord(letter):04X}"
