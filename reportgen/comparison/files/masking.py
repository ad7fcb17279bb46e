"""Words covered on both sides before they are compared (遮盖): dates, document numbers, whatever a rule says."""

from __future__ import annotations

import time
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from reportgen.comparison.files.ignoring import IgnoreRule, fits_name, like
from reportgen.comparison.model import Block, Cell, Content, Difference, Paragraph, Piece, Section, Table
from reportgen.problems import InputError, error
from reportgen.template.hints import shown

MASK = "［略］"
"""What stands in a masked text (遮盖处) where words were covered."""

# A rule may compute so long for one file: a thousand times what any sensible one takes of a long report.
_SECONDS = 5.0


@dataclass(frozen=True)
class Masked:
    """A content with words covered (遮盖后的内容), and the rules that covered any."""

    content: Content
    used: frozenset[int]


def masked(content: Content, rules: Sequence[IgnoreRule], names: Collection[str]) -> Masked:
    """The content with all covered (遮盖) that the rules with a `text` match, each in the parts and columns it names.

    Raises `InputError` for a rule that takes too long.
    """
    used = set()
    for index, rule in enumerate(rules):
        if rule.text and fits_name(rule, names):
            cover = _Cover(rule, index)
            content = cover.content(content)
            if cover.found:
                used.add(index)
    return Masked(content, frozenset(used))


def by_mask(difference: Difference, rules: Sequence[IgnoreRule], used: Collection[int]) -> int:
    """Which of the used rules covered what differed there (遮盖它的规则): the first one that its words match."""
    for index in sorted(used):
        pattern = compiled(rules[index].text)
        if any(pattern.search(text, timeout=_SECONDS) for text in (difference.before, difference.after) if text):
            return index
    return min(used)


@cache
def compiled(text: str) -> Any:
    """A rule's pattern (正则表达式) in the one engine whose search can be stopped in time."""
    import regex

    with warnings.catch_warnings():
        # Of what a later version of the library may read otherwise.
        warnings.simplefilter("ignore", FutureWarning)
        return regex.compile(text)


@dataclass
class _Cover:
    """One rule on its way through a content; `found` says whether it has covered anything yet."""

    rule: IgnoreRule
    index: int
    found: bool = False
    left: float = field(default_factory=lambda: _SECONDS)

    def content(self, content: Content) -> Content:
        in_text = not self.rule.column
        return replace(
            content,
            blocks=tuple(map(self._block, content.blocks)),
            sections=tuple(map(self._section, content.sections)) if in_text else content.sections,
            beside=tuple((name, self._paragraph(each, name)) for name, each in content.beside)
            if in_text
            else content.beside,
        )

    def _block(self, block: Block) -> Block:
        if not like(self.rule.part, block.part):
            return block
        if isinstance(block, Paragraph):
            return block if self.rule.column else self._paragraph(block, block.part)
        return self._table(block)

    def _table(self, table: Table) -> Table:
        columns = columns_named(table, self.rule.column) if self.rule.column else None
        return replace(table, cells=tuple(self._cell(each, columns, table.head_rows) for each in table.cells))

    def _cell(self, cell: Cell, columns: Collection[int] | None, head_rows: int) -> Cell:
        if columns is not None and (cell.row < head_rows or cell.column not in columns):
            return cell
        covered = tuple(self._covered(each) for each in cell.paragraphs)
        return cell if covered == cell.paragraphs else replace(cell, paragraphs=covered)

    def _section(self, section: Section) -> Section:
        edges = {name: tuple(self._paragraph(each, name) for each in edge) for name, edge in section.edges.items()}
        return replace(section, edges=edges)

    def _paragraph(self, paragraph: Paragraph, part: str) -> Paragraph:
        wanted = self.rule.part
        near = (part, *(name for name in ("页眉", "页脚") if name in part))
        return self._covered(paragraph) if not wanted or any(like(wanted, each) for each in near) else paragraph

    def _covered(self, paragraph: Paragraph) -> Paragraph:
        text = paragraph.text
        spans = list(self._spans(text)) if text else []
        if not spans:
            return paragraph
        self.found = True
        return replace(paragraph, pieces=tuple(_without(paragraph.pieces, spans)))

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        begun = time.process_time()
        try:
            for match in compiled(self.rule.text).finditer(text, timeout=max(0.01, self.left)):
                if match.end() > match.start():
                    yield match.span()
        except TimeoutError:
            what = f"第 {self.index + 1} 条忽略规则的「{shown(self.rule.text)}」算了 {_SECONDS:g} 秒还没有算完，已停止"
            fix = "请把它写得简单些：重复里面不要再套重复，如 (a+)+"
            raise InputError([error("compare.slow-rule", what, fix, self.rule.where)]) from None
        finally:
            self.left -= time.process_time() - begun


def _without(pieces: Sequence[Piece], spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """The pieces with a mask where each span begins, and the rest of it gone."""
    start = 0
    for piece in pieces:
        end = start + len(piece.text)
        text, at = "", start
        for left, right in spans:
            if right <= start or left >= end:
                continue
            text += piece.text[at - start : max(left, start) - start] + (MASK if left >= start else "")
            at = min(right, end)
        text += piece.text[at - start :]
        if text:
            yield replace(piece, text=text)
        start = end


def columns_named(table: Table, wanted: str) -> frozenset[int]:
    """The columns (列) whose head says what a rule names, in one of its cells or in all of them together."""
    heads: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.row < table.head_rows:
            for column in range(cell.column, cell.column + cell.columns):
                heads.setdefault(column, []).append(cell.text)
    return frozenset(
        column for column, texts in heads.items() if any(like(wanted, each) for each in (*texts, "".join(texts)))
    )
