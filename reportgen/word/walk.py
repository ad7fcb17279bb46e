"""What of a Word file its reader walks through (Word 的最终显示): insertions kept, deletions dropped, wrappers entered.

The one place that knows which elements hold others, and which hold what is no longer there. Word's final view is
meant: all tracked changes (修订) accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from reportgen.word.parts import MC, Element, W, switch

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

LETTERS = (W + "t", M + "t")

_ENTERED = frozenset(W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "dir", "bdo"))
_WRITINGS = frozenset({MC + "Choice", MC + "Fallback"})
_GONE = frozenset({W + "del", W + "moveFrom"})
_FORMULAS = frozenset({M + "oMath", M + "oMathPara"})
_BLOCKS = frozenset({W + "p", W + "tbl", W + "sectPr"})


# What Word itself understands beyond the standard: its own extensions, and drawings of all kinds.
_UNDERSTOOD = (
    "http://schemas.microsoft.com/office/",
    "http://schemas.openxmlformats.org/",
    "urn:schemas-microsoft-com:",
)


def _is_understood(choice: Element) -> bool:
    """Whether Word knows all that a writing requires (ISO/IEC 29500-3, 7.6); it shows no other."""
    spaces = (choice.nsmap.get(prefix, "") for prefix in (choice.get("Requires") or "").split())
    return all(space.startswith(_UNDERSTOOD) for space in spaces)


def branch(element: Element) -> Element | None:
    """Which of the writings of one thing (兼容内容) is shown: the first that Word knows, unless it alone has no text.

    The other is for old programs, and for those that know none of the first.
    """
    choice = next((each for each in element.iterchildren(MC + "Choice") if _is_understood(each)), None)
    fallback = next(element.iterchildren(MC + "Fallback"), None)
    if choice is None or fallback is None:
        return fallback if choice is None else choice
    texts = [next(each.iter(*LETTERS), None) is not None for each in (choice, fallback)]
    return fallback if texts == [False, True] else choice


def _entered(element: Element) -> Iterator[Element]:
    """The parents of what a wrapper holds; nothing for what is no wrapper."""
    if element.tag in _ENTERED:
        yield element
    elif element.tag == W + "sdt":
        yield from element.iterchildren(W + "sdtContent")
    elif element.tag == MC + "AlternateContent" and (chosen := branch(element)) is not None:
        yield chosen


def _inside(parent: Element, wanted: frozenset[str]) -> Iterator[Element]:
    for child in parent:
        if child.tag in wanted:
            yield child
        else:
            for inner in _entered(child):
                yield from _inside(inner, wanted)


def blocks(parent: Element) -> Iterator[tuple[Element, ...]]:
    """Tables, set-ups of sections, and paragraphs; those whose marks between them were deleted come together."""
    joined: list[Element] = []
    for element in _inside(parent, _BLOCKS):
        if element.tag != W + "p":
            if joined and _left_over(joined):
                yield tuple(joined)
            joined = []
            yield (element,)
            continue
        joined.append(element)
        if not _mark_is_gone(element):
            yield tuple(joined)
            joined = []
    if joined and _left_over(joined):
        yield tuple(joined)


def _mark_is_gone(paragraph: Element) -> bool:
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(child.tag in _GONE for child in mark)


def _left_over(joined: list[Element]) -> bool:
    """Whether something stays of paragraphs that nothing stands behind which they could join."""
    return any(next(letters(each), None) is not None or each.find(f"{W}pPr/{W}sectPr") is not None for each in joined)


def rows(table: Element) -> Iterator[Element]:
    """The rows of a table; deleted ones are no rows."""
    return (row for row in _inside(table, frozenset({W + "tr"})) if not _is_gone(row))


def cells(row: Element) -> Iterator[Element]:
    """The cells of a row; deleted ones are no cells."""
    return (cell for cell in _inside(row, frozenset({W + "tc"})) if not _is_gone(cell))


def inline(parent: Element) -> Iterator[Element]:
    """Runs, simple fields and formulas of a paragraph."""
    return _inside(parent, frozenset({W + "r", W + "fldSimple", *_FORMULAS}))


def is_formula(element: Element) -> bool:
    """Whether it is a formula (公式)."""
    return element.tag in _FORMULAS


def _is_gone(element: Element) -> bool:
    """Whether a tracked change takes an element away."""
    if element.tag in _GONE:
        return True
    if element.tag == W + "tr":
        return element.find(f"{W}trPr/{W}del") is not None
    return element.tag == W + "tc" and element.find(f"{W}tcPr/{W}cellDel") is not None


def letters(element: Element) -> Iterator[Element]:
    """Every element with letters (文字) that is still there, of formulas too, in order, wherever it stands."""
    if element.tag in LETTERS:
        yield element
    elif element.tag == MC + "AlternateContent":
        chosen = branch(element)
        if chosen is not None:
            yield from letters(chosen)
    elif not _is_gone(element):
        for child in element:
            yield from letters(child)


def asks_to_fill_in(element: Element) -> bool:
    """Whether it is the text (提示文字) that a content control shows until somebody fills it in."""
    return any(switch(control.find(W + "sdtPr"), "showingPlcHdr") for control in element.iterancestors(W + "sdt"))


def is_there(element: Element) -> bool:
    """Whether nothing around an element takes it out of what is shown (是否显示)."""
    inner = element
    for above in element.iterancestors():
        other = above.tag == MC + "AlternateContent" and inner.tag in _WRITINGS and branch(above) is not inner
        if other or _is_gone(above):
            return False
        inner = above
    return True


def untold(root: Element, told: Set[Element]) -> Iterator[str]:
    """Every text (没有读到的文字) that is there and is none of those `told`.

    In wrappers that nobody knows, in elements that hold no text, or behind an element that stands within a text.
    """
    for each in root.iter(*LETTERS):
        if each not in told and (each.text or "").strip() and is_there(each):
            yield each.text
    for text in root.xpath(_STRAYS):
        owner = text.getparent().getparent() if text.is_tail else text.getparent()
        if not _is_gone(owner) and is_there(owner):
            yield str(text)


_KNOWN = " or ".join(f"starts-with(namespace-uri(), '{space}')" for space in _UNDERSTOOD)
# Of Word's own elements these hold text: what is read, what was deleted, and what no reader sees.
_HOLDERS = " or ".join(
    f"local-name() = '{name}'" for name in ("t", "delText", "instrText", "delInstrText", "fldData", "binData")
)
_STRAYS = (
    f"//text()[normalize-space()][parent::*[namespace-uri() = '{W[1:-1]}'][not({_HOLDERS})] or parent::*[not({_KNOWN})]"
    f" or (preceding-sibling::* and parent::*[local-name() = 't'])]"
)


def plain_text(element: Element) -> str:
    """The text of an element (纯文字), its paragraphs parted by a space."""
    found: list[str] = []
    paragraph = None
    for each in letters(element):
        above = next(each.iterancestors(W + "p"), None)
        if found and above is not paragraph:
            found.append(" ")
        paragraph = above
        found.append(each.text or "")
    return "".join(found).strip()


def has_changes(element: Element) -> bool:
    """Whether there are tracked changes (修订) of what stands in it."""
    names = ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel")
    return next(element.iter(*(W + name for name in names)), None) is not None
