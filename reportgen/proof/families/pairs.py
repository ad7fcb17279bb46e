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
_FIGURES = re.compile(r"[\d.,，。、；;%％]+")
# A first sentence with such words is no task.
_TOLD = re.compile(r"\d月|截至|上半年|季度|已|目前|累计|仅")
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text (一段文字的一部分): `text.content[start:end]`."""

    text: Text
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """What is said again, and where it was said in full (前后两处).

    `same` tells a text that repeats the other word for word but for its figures; otherwise `said` is an extract of
    `full`. `task` is the task of both: its figures are aims and nothing that was reached.
    """

    said: Excerpt
    full: Excerpt
    same: bool = False
    task: str = ""


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
        phrase = row.texts.get("phrase")
        if phrase and phrase.content:
            yield from _told_again(whole(phrase), row)


def _told_again(excerpt: Excerpt, row: Row) -> Iterator[Pair]:
    """A phrase, or a line of the body: its first sentence may be the task, the others are the progress."""
    text, task, progress = excerpt.text, row.texts.get("text"), row.texts.get("progress")
    sentence = _SENTENCE.match(text.content, excerpt.start, excerpt.end)
    if sentence is None:
        return
    behind = sentence.end() + 1
    # A goal's phrase is its task with another figure; one that says nothing else has nothing to hold it against.
    is_task = task is not None and behind < excerpt.end and _is_task(sentence[0], task.content)
    if task and is_task:
        yield Pair(Excerpt(text, excerpt.start, sentence.end()), whole(task))
    start = behind if is_task or (behind < excerpt.end and not _TOLD.search(sentence[0])) else excerpt.start
    if progress and progress.content and start < excerpt.end:
        yield Pair(Excerpt(text, start, excerpt.end), whole(progress), task=task.content if task else "")


def _is_task(sentence: str, task: str) -> bool:
    """Whether a sentence is a task's own words, be its figures what they may."""
    own, full = _bare(sentence), _bare(task)
    return len(own) >= _SHORTEST and own in full


def _bare(words: str) -> str:
    return _FIGURES.sub("", plain_key(words))


def _repeated(rows: list[Row]) -> Iterator[Pair]:
    first: dict[str, Text] = {}
    for row in rows:
        progress = row.texts.get("progress")
        task = plain_key(row.content("text"))
        if progress is None or len(task) < _SHORTEST or not progress.content:
            continue
        earlier = first.setdefault(task, progress)
        if earlier is not progress:
            yield Pair(whole(progress), whole(earlier), same=True, task=row.content("text"))


def _in_body(manuscript: Manuscript) -> Iterator[Pair]:
    """A line of the body that opens with a task, and the row of that task."""
    tasks = [
        (_bare(row.content("text")), row)
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
        for line, opening in _lines(text):
            key = _bare(opening)
            near = by_gram.get(key[:_SHORTEST], ()) if len(key) >= _SHORTEST else ()
            found = {task: row for task, row in (tasks[at] for at in near) if key in task}
            if len(found) == 1:
                yield from _told_again(line, next(iter(found.values())))


def _lines(text: Text) -> Iterator[tuple[Excerpt, str]]:
    """Each line of a paragraph without its number and the units in brackets at its end, and its first sentence."""
    for line in re.finditer(r"[^\n]+", text.content):
        number = _ITEM.match(line[0])
        units = _UNITS.search(line[0])
        start = line.start() + (number.end() if number else 0)
        end = line.start() + units.start() if units else line.end()
        sentence = _SENTENCE.match(text.content, start, end)
        if sentence:
            yield Excerpt(text, start, end), sentence[0]
