"""What a returned file holds (反馈文件的内容): its tables, and the text around them, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from reportgen.ledger.tables import Table
from reportgen.problems import Location


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph outside all tables (段落): a title, 「填报单位：区教委」, a remark."""

    text: str
    where: Location


Block: TypeAlias = Passage | Table


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents (内容) of one file: passages and tables from first to last.

    A workbook has a table for each of its sheets; a Word file has passages between its tables.
    """

    file: str
    blocks: tuple[Block, ...]

    @property
    def tables(self) -> Iterator[Table]:
        """The tables only."""
        return (block for block in self.blocks if isinstance(block, Table))

    @property
    def passages(self) -> Iterator[Passage]:
        """The paragraphs only."""
        return (block for block in self.blocks if isinstance(block, Passage))
