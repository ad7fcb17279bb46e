"""Comments into the paragraphs of a Word file (批注标记): runs are cut at the words' borders, nothing else changes.

Which letters stand in which element is what the reader of Word files says, so that both see the same text.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from reportgen.ledger.files.word import Place
from reportgen.proof.review_copy.notes import folded
from reportgen.word.parts import MC, Element, W

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# What stands at the head of a wrapper and says how it is.
_HEADS = frozenset(W + name for name in ("pPr", "rPr", "smartTagPr", "customXmlPr"))
# Wrappers that comments go around: their inside is filled in anew, or shown by other programs only.
_WHOLE = frozenset({W + "fldSimple", W + "sdt", MC + "AlternateContent", MC + "Choice", MC + "Fallback"})
_SIZE = "16"


@dataclass(slots=True)
class _Segment:
    """A child of a run that shows letters: its parts by where they begin, one until a border goes through it.

    A `whole` one is no plain text (a symbol, a reading aid): all its letters are one.
    """

    parts: list[tuple[int, Element]]
    whole: bool

    def part_at(self, offset: int) -> tuple[int, Element]:
        return max((part for part in self.parts if part[0] <= offset), key=lambda part: part[0])

    def cut(self, offset: int) -> Element:
        """The part that begins here."""
        start, child = self.part_at(offset)
        if start == offset:
            return child
        text = child.text
        child.text, behind = text[: offset - start], deepcopy(child)
        behind.text = text[offset - start :]
        for part in (child, behind):
            if part.text != part.text.strip():
                part.set(_SPACE, "preserve")
        child.addnext(behind)
        self.parts.append((offset, behind))
        return behind


class Letters:
    """The letters of one place, blanks not counted, each with its element (文字与元素)."""

    def __init__(self, place: Place) -> None:
        self._letters: list[tuple[_Segment, int] | None] = []
        self._paragraphs = [element for paragraph in place.paragraphs for element in paragraph.elements]
        for text, run in place.pieces:
            if run is None or not run.pieces:
                self._letters += [None] * len(folded(text))
                continue
            for child, shown in run.pieces:
                segment = _Segment([(0, child)], whole=child.tag != W + "t" or shown != child.text)
                self._letters += [(segment, 0 if segment.whole else at) for at, one in enumerate(shown) if folded(one)]

    def mark(self, start: int, end: int, identity: int) -> None:
        """Set the marks of a comment around these letters; around none, at the nearest place."""
        found = [number for number in range(start, min(end, len(self._letters))) if self._letters[number]]
        if not found:
            self._mark_point(start, identity)
            return
        first, last = found[0], found[-1]
        # A comment stays within the cell of a table in a cell where it begins.
        cell = self._cell(first)
        last = next(number for number in reversed(found) if self._cell(number) is cell)
        run_before = self._run_from(first)
        run_after = self._run_to(last)
        _around(run_before, first=True).addprevious(_bare(run_before, "commentRangeStart", identity))
        _end_behind(_around(run_after, first=False), identity)

    def _mark_point(self, start: int, identity: int) -> None:
        known = [number for number, letter in enumerate(self._letters) if letter]
        if not known:
            mark_paragraph(self._paragraphs[0], identity)
            return
        nearest = min(known, key=lambda number: (abs(number - start), number))
        if nearest < start:
            anchor = _around(self._run_to(nearest), first=False)
            anchor.addnext(_bare(anchor, "commentRangeStart", identity))
            _end_behind(anchor.getnext(), identity)
        else:
            anchor = _around(self._run_from(nearest), first=True)
            anchor.addprevious(_bare(anchor, "commentRangeStart", identity))
            _end_behind(anchor.getprevious(), identity)

    def _letter(self, number: int) -> tuple[_Segment, int]:
        found = self._letters[number]
        assert found is not None
        return found

    def _cell(self, number: int) -> Element | None:
        segment, _ = self._letter(number)
        return next(segment.parts[0][1].iterancestors(W + "tc"), None)

    def _run_from(self, number: int) -> Element:
        """The run that begins with this letter."""
        segment, offset = self._letter(number)
        child = segment.cut(offset)
        before = child.getprevious()
        return child.getparent() if before is None or before.tag in _HEADS else _cut_run(child)

    def _run_to(self, number: int) -> Element:
        """The run that ends with this letter."""
        segment, offset = self._letter(number)
        start, child = segment.part_at(offset)
        if not segment.whole and offset + 1 < start + len(child.text):
            segment.cut(offset + 1)
        if (behind := child.getnext()) is not None:
            _cut_run(behind)
        return child.getparent()


def mark_paragraph(paragraph: Element, identity: int) -> None:
    """Set the marks of a comment at the beginning of a paragraph (段首批注)."""
    begin = _bare(paragraph, "commentRangeStart", identity)
    head = paragraph.find(W + "pPr")
    if head is None:
        paragraph.insert(0, begin)
    else:
        head.addnext(begin)
    _end_behind(begin, identity)


def _cut_run(child: Element) -> Element:
    """A run of its own, set alike, for this child of a run and all behind it."""
    run = child.getparent()
    new = run.makeelement(run.tag, dict(run.attrib))
    run.addnext(new)
    if (look := run.find(W + "rPr")) is not None:
        new.append(deepcopy(look))
    for moved in (child, *child.itersiblings()):
        new.append(moved)
    return new


def _around(run: Element, *, first: bool) -> Element:
    """The run, or the wrapper at whose edge it stands: marks stay out of wrappers wherever they can."""
    inner = run
    while (outer := inner.getparent()) is not None and outer.tag != W + "p":
        beside = (each for each in inner.itersiblings(preceding=first) if each.tag not in _HEADS)
        if outer.tag not in _WHOLE and next(beside, None) is not None:
            break
        inner = outer
    return inner


def _bare(near: Element, name: str, identity: int) -> Element:
    return near.makeelement(W + name, {W + "id": str(identity)})


def _end_behind(anchor: Element, identity: int) -> None:
    """The end of a comment and the run that refers to it; small, so that it makes no line taller."""
    end = _bare(anchor, "commentRangeEnd", identity)
    run = anchor.makeelement(W + "r")
    look = run.makeelement(W + "rPr")
    for name in ("sz", "szCs"):
        look.append(look.makeelement(W + name, {W + "val": _SIZE}))
    run.append(look)
    run.append(_bare(anchor, "commentReference", identity))
    anchor.addnext(run)
    anchor.addnext(end)
