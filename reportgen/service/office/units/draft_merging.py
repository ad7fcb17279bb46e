"""Two who write into one draft (草稿合并): what one of them changed is taken, what both changed is shown to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A text that two people changed differently (两处不同的改动)."""

    key: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedDraft:
    """Two drafts as one (合并的草稿): `taken` are the keys whose text is theirs; where both clash it has mine."""

    answers: Mapping[str, str]
    taken: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()


def as_typed(text: str) -> str:
    """A text as everybody has it (统一换行): browsers send other line ends than they were given."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def mark_of(text: str) -> str:
    """By which a page knows the text again with which somebody began (原文标记)."""
    return hashlib.sha256(as_typed(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def merge_drafts(began: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> MergedDraft:
    """Both sets of changes; `theirs` stands already, `began` has the marks of the texts with which mine began.

    What was not sent was not changed; what has no mark began empty.
    """
    answers: dict[str, str] = dict(theirs)
    taken: list[str] = []
    clashes: list[Clash] = []
    for key, text in mine.items():
        other = theirs.get(key, "")
        if text == other:
            continue
        if began.get(key) == mark_of(text):
            taken.append(key)
            continue
        answers[key] = text
        if began.get(key, mark_of("")) != mark_of(other):
            clashes.append(Clash(key=key, mine=text, theirs=other))
    return MergedDraft(answers=answers, taken=tuple(taken), clashes=tuple(clashes))
