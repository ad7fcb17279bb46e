"""Texts that speak of the same thing (同一事项的两处文字): a phrase and its progress, body and annex, a task twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.issued.kinds import Kind
from reportgen.ledger.words import plain_key
from reportgen.proof.manuscript import Manuscript, Role, Row, Text

_ITEM = re.compile(
    r"^\s*(?:[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[）)]?[.．、:：]|[①-⑳]|[一二三四五六七八九十]{1,2}是)?\s*"
)
_UNITS = re.compile(r"[（(](?:责任|牵头|配合)单位[^。]*$")
_SENTENCE = re.compile(r"[^。！？\n]+")
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text (一段文字的一部分): `text.content[start:end]`."""

    text: Text
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """What is said again, and where it was said in full (前后两处). `same` tells a text that repeats the other word for
    word but for its figures; otherwise `said` is an extract of `full`."""

    said: Excerpt
    full: Excerpt
    same: bool = False


def pairs(manuscript: Manuscript) -> Iterator[Pair]:
    """All pairs of a manuscript, each found by its task, not by looking at every two texts (成对文字)."""
    rows = [row for listing in manuscript.listings if listing.kind for row in listing.rows]
    yield from _phrases(rows)
    yield from _repeated(rows)
    yield from _in_body(manuscript)


def whole(text: Text) -> Excerpt:
    """All of a text (全文)."""
    return Excerpt(text, 0, len(text.content))


def _phrases(rows: list[Row]) -> Iterator[Pair]:
    for row in rows:
        phrase, progress = row.texts.get("phrase"), row.texts.get("progress")
        if phrase and progress and phrase.content and progress.content:
            yield Pair(_behind_task(phrase, row.content("text")), whole(progress))


def _repeated(rows: list[Row]) -> Iterator[Pair]:
    first: dict[str, Text] = {}
    for row in rows:
        progress = row.texts.get("progress")
        task = plain_key(row.content("text"))
        if progress is None or len(task) < _SHORTEST or not progress.content:
            continue
        earlier = first.setdefault(task, progress)
        if earlier is not progress:
            yield Pair(whole(progress), whole(earlier), same=True)


def _in_body(manuscript: Manuscript) -> Iterator[Pair]:
    """A paragraph of the body that opens with a task, and the row of that task."""
    tasks = [
        (plain_key(row.content("text")), row.texts["progress"])
        for listing in manuscript.listings
        if listing.kind and listing.kind is not Kind.GOALS
        for row in listing.rows
        if "progress" in row.texts and row.content("text")
    ]
    by_gram: dict[str, list[int]] = {}
    for at, (task, _) in enumerate(tasks):
        for gram in {task[start : start + _SHORTEST] for start in range(len(task) - _SHORTEST + 1)}:
            by_gram.setdefault(gram, []).append(at)
    for text in manuscript.texts:
        if text.role is not Role.PARAGRAPH:
            continue
        for excerpt, opening in _items(text):
            key = plain_key(opening)
            near = by_gram.get(key[:_SHORTEST], ()) if len(key) >= _SHORTEST else ()
            progress = {id(tasks[at][1]): tasks[at][1] for at in near if key in tasks[at][0]}
            if len(progress) == 1:
                yield Pair(excerpt, whole(next(iter(progress.values()))))


def _items(text: Text) -> Iterator[tuple[Excerpt, str]]:
    """Each line of a paragraph: what stands behind its first sentence, and that sentence without its number."""
    for line in re.finditer(r"[^\n]+", text.content):
        sentence = _SENTENCE.match(text.content, line.start(), line.end())
        if sentence is None:
            continue
        number = _ITEM.match(sentence[0])
        units = _UNITS.search(line[0])
        end = line.start() + units.start() if units else line.end()
        if sentence.end() + 1 < end:
            yield Excerpt(text, sentence.end() + 1, end), sentence[0][number.end() if number else 0 :]


def _behind_task(phrase: Text, task: str) -> Excerpt:
    """A phrase that opens with its task: what it goes on to tell."""
    sentence = _SENTENCE.match(phrase.content)
    key = plain_key(sentence[0]) if sentence else ""
    start = sentence.end() + 1 if sentence and len(key) >= _SHORTEST and key in plain_key(task) else 0
    start = start if start < len(phrase.content) else 0
    return Excerpt(phrase, start, len(phrase.content))
