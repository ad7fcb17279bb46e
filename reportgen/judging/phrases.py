"""Phrases (说法) that a rule looks for: words as the office writes them, 「…」 for what may stand between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_SENTENCE = re.compile(r"[^。；！？\n;!?]+")
_GAP = "[^。；！？\n;!?]{0,30}?"


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase that a text holds (找到的说法): its place, and the phrase as the rule has it."""

    start: int
    end: int
    phrase: str


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # The longest first, so that 近期无进展 is told and not the 无进展 in it.
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(_GAP.join(map(re.escape, word.split("…"))) for word in longest))


def said(text: str, words: tuple[str, ...], unless: tuple[str, ...]) -> Iterator[Said]:
    """Where the text says one of the `words` (找说法) in a sentence that says none of `unless`."""
    if not words:
        return
    pattern = _pattern(words)
    cancelled = _pattern(unless) if unless else None
    for sentence in _SENTENCE.finditer(text):
        if cancelled and cancelled.search(sentence[0]):
            continue
        for match in pattern.finditer(sentence[0]):
            start = sentence.start() + match.start()
            yield Said(start, start + len(match[0]), match[0])
