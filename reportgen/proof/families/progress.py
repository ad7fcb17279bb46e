"""Progress that says nothing (进展空话): empty, 近期无进展, 正在推进; and what was to be filled in later (XX)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.proof.families.gathering import gathered
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Listing, Manuscript, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Rows whose progress is empty or says nothing, and places that somebody meant to fill in (进展)."""
    for listing in manuscript.listings:
        if listing.kind is not None and "progress" in listing.fields:
            yield from _empty(listing, settings)
            yield from _meaningless(listing, settings)
    for text in manuscript.every_text():
        if not text.stands_elsewhere:
            yield from gathered(_placeholders(text, settings))


def _is_told_elsewhere(row: Row) -> bool:
    return any(row.texts[name].stands_elsewhere for name in ("progress", "text") if name in row.texts)


# --- empty ----------------------------------------------------------------------------------------------------------


def _empty(listing: Listing, settings: Settings) -> Iterator[Finding]:
    rows = [row for row in listing.rows if not _is_told_elsewhere(row) and row.content("text").strip()]
    empty = [row for row in rows if not plain_key(row.content("progress"))]
    fix = "请填写本期进展；确实没有进展的，写明原因和下一步打算"
    if len(empty) > 1 and len(empty) == len(listing.rows):
        # Nothing came in yet: that is one thing to say, not a hundred.
        marks = [Mark(text=_cell(row)) for row in empty]
        yield from settings.finding(Rule.PROGRESS_EMPTY, f"{len(empty)}项都没有填写进展", fix, *marks)
        return
    for row in empty:
        # The task beside it tells one empty cell from another.
        marks = [Mark(text=text) for text in dict.fromkeys((_cell(row), row.texts["text"]))]
        yield from settings.finding(Rule.PROGRESS_EMPTY, "进展是空的", fix, *marks)


def _cell(row: Row) -> Text:
    """The empty cell, or the task where there is no such cell at all."""
    return row.texts.get("progress") or row.texts["text"]


# --- nothing said ---------------------------------------------------------------------------------------------------

# Longer texts say something.
_MOST_LETTERS = 60
_STEP = re.compile("[①-⑳]")
# Marks, steps and times say nothing of their own. 1-6月, 截至6月30日, 2026年上半年.
_SAYS_NOTHING = re.compile(
    r"[\s\W_]+"
    r"|(?:截至|截止|到|自)?(?:20\d\d年)?(?:\d{1,2}月?[-—~～至到]+)?\d{1,2}月(?:\d{1,2}日|底|末|初|中旬|上旬|下旬|份)?"
    r"|(?:20\d\d年)?(?:上半年|下半年|全年|年底|[一二三四]季度)"
)


def _meaningless(listing: Listing, settings: Settings) -> Iterator[Finding]:
    words = settings.words(Rule.PROGRESS_MEANINGLESS)
    for row in listing.rows:
        text = row.texts.get("progress")
        if text is None or text.stands_elsewhere or not says_nothing(text.content, words):
            continue
        said = " ".join(text.content.split())
        what = f"进展只写了「{said}」，没有实际内容"
        fix = "请写明做了什么、到了哪一步；没有进展的，写明原因和下一步打算"
        marks = [Mark(text=each) for each in dict.fromkeys((text, row.texts.get("text", text)))]
        yield from settings.finding(Rule.PROGRESS_MEANINGLESS, what, fix, *marks)


def says_nothing(content: str, words: tuple[str, ...]) -> bool:
    """Whether a text is put together of these words, times and marks alone (空话); an empty text is something else."""
    key = plain_key(_STEP.sub("", content)) if len(content) <= 4 * _MOST_LETTERS else content
    if not key or len(key) > _MOST_LETTERS:
        return False
    known = _known(words)
    reached = {0}
    for at in range(len(key)):
        if at in reached:
            reached |= {at + len(word) for word in known if key.startswith(word, at)}
            if match := _SAYS_NOTHING.match(key, at):
                reached.add(match.end())
    return len(key) in reached


@lru_cache(maxsize=16)
def _known(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for word in words if (key := plain_key(word))))


# --- to be filled in ------------------------------------------------------------------------------------------------

_ENDS = r"\s。，、；：:;,.（）()【】\[\]《》“”"
_SURE_PLACEHOLDER = re.compile(
    # XX, ××, □□, ＿＿ in place of a name or a figure (not 139××××1234, 二○○八年); X月X日.
    r"(?<![A-Za-z0-9])[XxＸｘ]{2,6}(?![A-Za-z0-9])|(?<![×0-9])[×✕]{2,6}(?![×0-9])|[□▢]{2,8}|(?<![A-Za-z0-9/])[_＿]{2,}(?![A-Za-z0-9])"
    r"|(?<![○一二三四五六七八九十])[○◯]{2,8}(?![○一二三四五六七八九十])"
    r"|(?<![A-Za-z0-9×])[XxＸ×](?=[年月日])"
    # What a sheet or a template left behind.
    r"|#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|\{\{[^{}\n]{0,60}\}\}|\{%[^%\n]{0,60}%\}"
    r"|【[\s　]*】|（[\s　]*）|《[\s　]*》|“[\s　]*”"
)


def _placeholders(text: Text, settings: Settings) -> Iterator[Finding]:
    content = text.content
    fix = "请填上实际内容，或删去"
    patterns = (_SURE_PLACEHOLDER, _written(settings.words(Rule.PLACEHOLDER)))
    for pattern in patterns:
        for match in pattern.finditer(content) if pattern else ():
            what = f"「{short(match[0].strip(), 20)}」还没有填写内容" if match[0].strip() else "这里还没有填写内容"
            mark = Mark(text=text, start=match.start(), end=match.end())
            yield from settings.finding(Rule.PLACEHOLDER, what, fix, mark)


@lru_cache(maxsize=16)
def _written(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """The words where they stand for themselves between marks: （待补充）, not 材料待补充完善."""
    known = "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)) if word)
    return re.compile(rf"(?:^|(?<=[{_ENDS}]))(?:{known})(?=[{_ENDS}]|$)", re.IGNORECASE | re.M) if known else None
