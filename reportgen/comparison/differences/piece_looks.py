"""How the letters of one paragraph are set on both sides (逐字比格式): which of them changed, in what."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from reportgen.comparison.letters import changes
from reportgen.comparison.look_names import SETTING_NAMES, LookName, is_equal, said
from reportgen.comparison.model import Paragraph, Setting, Tolerance, Value
from reportgen.styles import SIZES

# Of a blank only these are seen.
_SEEN_OF_BLANKS = ("underline", "struck", "background")
_SIZE_NAMES = {f"{points:g}磅": name for name, points in SIZES.items()}

Key = tuple[str, str, str]
"""What differs of a look: its name, what it was, what it is."""


@dataclass(slots=True)
class LookChange:
    """What changed in one name of a look (一项格式变化).

    `words` are the letters that changed, empty where all did. `before` and `after` tell what else of
    the document looked, and looks, just so: what one hand changed has them in common. `partly` where some letters of
    the very look were left.
    """

    words: str = ""
    before: set[Hashable] = field(default_factory=set)
    after: set[Hashable] = field(default_factory=set)
    partly: bool = False


def told_value(name: str, look: LookName, value: Value) -> str:
    """A value as staff say it (属性值的说法): sizes by their names."""
    words = said(look, value)
    return _SIZE_NAMES.get(words, words) if name == "字号" else words


def letter_changes(one: Paragraph, two: Paragraph, tolerance: Tolerance) -> Mapping[Key, LookChange]:
    """What differs in the letters of a paragraph (字符格式差异).

    Letters that others took the place of are held against those, if either are all set alike.
    """
    settings = _by_letter(one), _by_letter(two)
    texts = "".join(p.text for p in one.pieces), "".join(p.text for p in two.pieces)
    found: dict[Key, LookChange] = {}
    places: dict[Key, list[tuple[int, int]]] = {}
    kept: set[tuple[str, str]] = set()
    wordy: set[str] = set()
    untouched: dict[str, set[tuple[str, Setting]]] = {}
    known = letter_signs(one), letter_signs(two)
    for begin, end, first, second in _stretches(texts, settings):
        blank = texts[1][begin:end].isspace()
        for key, name, before, after in _fields(first, second, tolerance):
            if blank and key not in _SEEN_OF_BLANKS:
                continue
            if before == after:
                kept.add((name, before))
                if _HANZI.search(texts[1], begin, end):
                    wordy.add(name)
                untouched.setdefault(name, set()).update((("before", first), ("after", second)))
                continue
            change = found.setdefault((name, before, after), LookChange())
            change.before.update(known[0] & {first})
            change.after.update(known[1] & {second})
            places.setdefault((name, before, after), []).append((begin, end))
    for (name, before, after), change in found.items():
        left = untouched.get(name, set())
        change.partly = any(("before", s) in left for s in change.before) or any(
            ("after", s) in left for s in change.after
        )
        # Figures that always had another face do not make it some words of many.
        if (name, before) in kept or name in wordy:
            change.words = _words(texts[1], places[name, before, after])
    return _joined(found, places, texts[1])


def _joined(
    found: Mapping[Key, LookChange], places: Mapping[Key, list[tuple[int, int]]], text: str
) -> Mapping[Key, LookChange]:
    """Words with figures among them are one place (相邻的文字): their letters may have had two faces."""
    made: dict[Key, LookChange] = {}
    known: dict[Key, list[tuple[int, int]]] = {}
    for key, change in found.items():
        own = places[key]
        other = next(
            (k for k in made if change.words and made[k].words and k[0] == key[0] and _touch(known[k], own)),
            None,
        )
        if other is None:
            made[key], known[key] = change, own
            continue
        both = made.pop(other)
        name, before, after = other
        joined = (
            name,
            "、".join(dict.fromkeys((*before.split("、"), key[1]))),
            "、".join(dict.fromkeys((*after.split("、"), key[2]))),
        )
        known[joined] = sorted((*known.pop(other), *own))
        words = _words(text, known[joined])
        partly = both.partly or change.partly
        made[joined] = LookChange(words, both.before | change.before, both.after | change.after, partly)
    return made


def _touch(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> bool:
    ends, starts = {end for _, end in first}, {start for start, _ in first}
    return any(start in ends or end in starts for start, end in second)


_HANZI = re.compile("[\u4e00-\u9fff]")


def letter_signs(paragraph: Paragraph) -> set[Hashable]:
    """How the letters of a paragraph are set by which others are known (字符格式特征).

    Figures look alike in headings and in text: they only count where nothing else stands.
    """
    full = [piece for piece in paragraph.pieces if piece.text.strip()]
    words = [piece for piece in full if _HANZI.search(piece.text)]
    return {piece.setting for piece in words or full}


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


@lru_cache(maxsize=1024)
def _fields(first: Setting, second: Setting, tolerance: Tolerance) -> tuple[tuple[str, str, str, str], ...]:
    found = []
    for key, (name, look) in SETTING_NAMES.items():
        before, after = getattr(first, key), getattr(second, key)
        # Within the tolerance both are the same word, whichever side it is asked from.
        equal = is_equal(look, before, after, tolerance)
        words = [told_value(name, look, value) for value in ((min(before, after),) * 2 if equal else (before, after))]
        found.append((key, name, words[0], words[1]))
    return tuple(found)


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
            scripts = {_script(letter) for letter in texts[0][span.begin : span.end]}
            for k in range(len(after)):
                # A figure in the place of a word has the face of figures.
                same = _script(texts[1][span.other_begin + k]) in scripts
                yield span.other_begin + k, before[0] if same else replace(before[0], face=after[k].face), after[k]
        at, other = span.end, span.other_end
    for k in range(len(texts[0]) - at):
        yield other + k, settings[0][at + k], settings[1][other + k]


def _script(letter: str) -> str:
    """Of which letters it is one (字母种类): a file may have a face for each kind."""
    if letter.isascii():
        return "ascii"
    return "east" if "\u2e80" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef" or letter > "\uffff" else "other"


def _words(text: str, places: list[tuple[int, int]]) -> str:
    """The letters that changed, those of the first place; blanks within belong to it."""
    begin, end = places[0]
    for start, stop in places[1:]:
        if text[end:start].strip():
            break
        end = stop
    return text[begin:end]
