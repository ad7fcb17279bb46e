"""Sentences and clauses (句、分句): from which stop to which the words around a place reach."""

from __future__ import annotations

SENTENCE_END = "。！？；\n"
"""What ends a sentence (句末)."""
# A text without a stop is no sentence: thousands of findings in it would each be held against all of it.
_MOST_AROUND = 500


def sentence_around(
    content: str, start: int, end: int | None = None, stops: str = SENTENCE_END, most: int = _MOST_AROUND
) -> tuple[int, int]:
    """Where the sentence (句子) around some words of a text begins and ends, at most so many letters to either side.

    With other `stops` it is a clause or an item. Without an `end` the words are all from `start` on.
    """
    end = len(content) if end is None else end
    far, last = max(0, start - most), min(len(content), end + most)
    begin = max((at + 1 for stop in stops if (at := content.rfind(stop, far, start)) >= 0), default=far)
    return begin, min((at for stop in stops if (at := content.find(stop, end, last)) >= 0), default=last)


def said_before(content: str, at: int, stops: str = SENTENCE_END, most: int = _MOST_AROUND) -> str:
    """The words of the same sentence, or clause, before a place (句中此前的话)."""
    return content[sentence_around(content, at, at, stops, most)[0] : at]
