"""Automatic numbers (自动编号): 一、 and 1. that Word draws are part of what a reader sees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reportgen.numbering import circled, hanzi
from reportgen.word.parts import Element, W, attribute, children, number, value
from reportgen.word.styles import Properties, paragraph_properties

_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"}
)
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LEVELS = 9
# No list of a document has a longer number; each of thousands of paragraphs would get one.
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a list (编号级别)."""

    text: str
    form: str
    start: int
    legal: bool
    properties: Properties
    rpr: Element | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedList:
    """A list (编号) of `numbering.xml`: lists of one abstract list count on together."""

    abstract: str
    levels: tuple[Level, ...]
    restarts: Mapping[int, int]


@dataclass(slots=True)
class Numbering:
    """The lists of a file and how far each has counted (编号进度)."""

    lists: Mapping[str, NumberedList]
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def next(self, identity: str, level: str) -> tuple[str, Level] | None:
        """The number that the next paragraph of the list gets, and its level."""
        listed = self.lists.get(identity)
        depth = int(level) if level.isdecimal() and len(level) == 1 else 0
        if listed is None or depth >= len(listed.levels):
            return None
        counts = self._counts.setdefault(listed.abstract, [None] * _LEVELS)
        if identity not in self._begun:
            self._begun.add(identity)
            for restarted, start in listed.restarts.items():
                counts[restarted] = start - 1
        count = counts[depth]
        counts[depth] = listed.levels[depth].start if count is None else count + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        for above in range(depth):
            if counts[above] is None:
                counts[above] = listed.levels[above].start
        own = listed.levels[depth]
        text = re.sub(r"%([1-9])", lambda match: self._drawn(listed, own, int(match[1]) - 1, counts), own.text)
        return text[:_LONGEST], own

    @staticmethod
    def _drawn(listed: NumberedList, own: Level, depth: int, counts: list[int | None]) -> str:
        count = counts[depth]
        if count is None or depth >= len(listed.levels):
            return ""
        form = listed.levels[depth].form
        return drawn(count, "decimal" if own.legal and depth < listed.levels.index(own) else form)


def drawn(count: int, form: str) -> str:
    """A number in one of Word's forms (编号格式); digits where the form has no name here."""
    if form in _CHINESE and 0 <= count <= 9999:
        return hanzi(count)
    if form == "ideographDigital":
        return str(count).translate(_DIGITS)
    if form == "decimalFullWidth":
        return str(count).translate(_FULL_WIDTH)
    if form.startswith("decimalEnclosedCircle") and 1 <= count <= 50:
        return circled(count)
    if form in ("bullet", "none"):
        return ""
    if form in ("lowerLetter", "upperLetter") and 1 <= count <= 26:
        return chr((97 if form == "lowerLetter" else 65) + count - 1)
    if form in ("lowerRoman", "upperRoman") and 1 <= count < 4000:
        return _roman(count) if form == "lowerRoman" else _roman(count).upper()
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _roman(count: int) -> str:
    text = ""
    for unit, letters in (*_ROMAN, *_ROMAN_ONES):
        text += letters * (count // unit)
        count %= unit
    return text


def numbering(root: Element | None) -> Numbering:
    """The lists of `numbering.xml`."""
    abstracts: dict[str, dict[int, Level]] = {}
    linked: dict[str, str] = {}
    by_style: dict[str, str] = {}
    for element in children(root, "abstractNum"):
        identity = attribute(element, "abstractNumId") or ""
        abstracts[identity] = _levels(element)
        if style := value(element, "numStyleLink"):
            linked[identity] = style
        if style := value(element, "styleLink"):
            by_style[style] = identity
    lists: dict[str, NumberedList] = {}
    for element in children(root, "num"):
        abstract = value(element, "abstractNumId") or ""
        abstract = by_style.get(linked.get(abstract, ""), abstract)
        levels = dict(abstracts.get(abstract, {}))
        restarts: dict[int, int] = {}
        for override in children(element, "lvlOverride"):
            levels |= _levels(override)
            start = number(value(override, "startOverride"))
            depth = number(attribute(override, "ilvl"))
            if start is not None and depth is not None and 0 <= depth < _LEVELS:
                restarts[int(depth)] = int(start)
        empty = Level(text="", form="none", start=1, legal=False, properties={}, rpr=None)
        ordered = tuple(levels.get(depth, empty) for depth in range(max(levels, default=-1) + 1))
        lists[attribute(element, "numId") or ""] = NumberedList(abstract=abstract, levels=ordered, restarts=restarts)
    return Numbering(lists)


def _levels(parent: Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for element in children(parent, "lvl"):
        depth = number(attribute(element, "ilvl"))
        if depth is None or not 0 <= depth < _LEVELS:
            continue
        start = number(value(element, "start"))
        found[int(depth)] = Level(
            text=(value(element, "lvlText") or "")[:_LONGEST],
            form=value(element, "numFmt") or "decimal",
            start=1 if start is None else int(start),
            legal=element.find(W + "isLgl") is not None,
            properties=paragraph_properties(element.find(W + "pPr")),
            rpr=element.find(W + "rPr"),
        )
    return found


def level_properties(lists: Mapping[str, NumberedList]) -> dict[tuple[str, str], Properties]:
    """What each level of each list says about its paragraphs, by list and level."""
    return {
        (identity, str(depth)): level.properties
        for identity, listed in lists.items()
        for depth, level in enumerate(listed.levels)
    }
