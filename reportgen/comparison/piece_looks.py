"""How the letters of one paragraph are set on both sides (逐字比格式): which of them changed, in what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen.comparison.letters import changes
from reportgen.comparison.look_names import SETTING_NAMES, is_equal, said
from reportgen.comparison.model import Paragraph, Setting, Tolerance

# Of a blank only these are seen.
_SEEN_OF_BLANKS = ("underline", "struck", "background")


def letter_changes(one: Paragraph, two: Paragraph, tolerance: Tolerance) -> Mapping[tuple[str, str, str], str]:
    """What differs in the letters of a paragraph (字符格式差异): name, before, after → the words, empty if all of them.

    All of them are those that looked so before. Letters that others took the place of are held against those, if
    either are all set alike.
    """
    settings = _by_letter(one), _by_letter(two)
    texts = "".join(p.text for p in one.pieces), "".join(p.text for p in two.pieces)
    found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    kept: set[tuple[str, str]] = set()
    for begin, end, first, second in _stretches(texts, settings):
        blank = texts[1][begin:end].isspace()
        for key, name, before, after in _fields(first, second, tolerance):
            if blank and key not in _SEEN_OF_BLANKS:
                continue
            if before == after:
                kept.add((name, before))
            else:
                found.setdefault((name, before, after), []).append((begin, end))
    return {key: "" if key[:2] not in kept else _words(texts[1], places) for key, places in found.items()}


_Stretch = tuple[int, int, Setting, Setting]


def _stretches(texts: tuple[str, str], settings: tuple[list[Setting], list[Setting]]) -> Iterator[_Stretch]:
    """Letters of the second text in a row that are set alike on each side, blanks and others apart."""
    last: _Stretch | None = None
    for at, first, second in _pairs(texts, settings):
        if last is not None:
            begin, end, one, two = last
            if end == at and one is first and two is second and texts[1][at].isspace() == texts[1][begin].isspace():
                last = begin, at + 1, first, second
                continue
            yield last
        last = at, at + 1, first, second
    if last is not None:
        yield last


def _fields(first: Setting, second: Setting, tolerance: Tolerance) -> Iterator[tuple[str, str, str, str]]:
    for key, (name, look) in SETTING_NAMES.items():
        before, after = getattr(first, key), getattr(second, key)
        words = said(look, before)
        yield key, name, words, words if is_equal(look, before, after, tolerance) else said(look, after)


def _by_letter(paragraph: Paragraph) -> list[Setting]:
    return [piece.setting for piece in paragraph.pieces for _ in piece.text]


def _pairs(
    texts: tuple[str, str], settings: tuple[list[Setting], list[Setting]]
) -> Iterator[tuple[int, Setting, Setting]]:
    """Each letter of the second text with both settings."""
    at = other = 0
    for span in changes(*texts):
        for k in range(span.begin - at):
            yield other + k, settings[0][at + k], settings[1][other + k]
        before = settings[0][span.begin : span.end]
        after = settings[1][span.other_begin : span.other_end]
        # Put in the place of letters all set alike, letters are expected to be set as those were.
        if before and after and all(s == before[0] for s in before) and all(s == after[0] for s in after):
            for k in range(len(after)):
                yield span.other_begin + k, before[0], after[k]
        at, other = span.end, span.other_end
    for k in range(len(texts[0]) - at):
        yield other + k, settings[0][at + k], settings[1][other + k]


def _words(text: str, places: list[tuple[int, int]]) -> str:
    """The letters that changed, those of the first place; blanks within belong to it."""
    begin, end = places[0]
    for start, stop in places[1:]:
        if text[end:start].strip():
            break
        end = stop
    return text[begin:end]
