"""The manuscript (文稿): whatever is proofread, in one shape: texts in reading order, and the lists of goals and tasks.

A ledger, a document tree, a Word file and a PDF all become one; no rule knows which it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from reportgen.issued.kinds import Kind
from reportgen.ledger.units import Register
from reportgen.problems import Location
from reportgen.quantities.model import Period


class Role(Enum):
    """What a text is in its manuscript (文字的作用); the value is what a reader is told."""

    TITLE = "标题"
    ADDRESSEE = "主送机关"
    HEADING = "小标题"
    PARAGRAPH = "正文"
    ANNEX_LIST = "附件说明"
    ANNEX_TITLE = "附件标题"
    CELL = "表格"
    OTHER = "其他"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a text stands (所在处): in words for the reader (正文第3段, 附件2第4行「进展情况」), the page if there is
    one, and the ledger cell or template line that it comes from, if that is known.

    The words of one that `is_of_ledger` name the very cell or line: `where` adds no more than the file.
    """

    words: str
    page: int | None = None
    where: Location | None = None
    is_of_ledger: bool = False

    def __str__(self) -> str:
        page = f"第{self.page}页 " if self.page else ""
        origin = f"（{self.where}）" if self.where and not self.is_of_ledger else ""
        return f"{page}{self.words}{origin}" if self.words else f"{page}{self.where or ''}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Text:
    """One paragraph outside the tables, or the text of one cell (一段文字); line breaks are `\\n`.

    `field` is the entry's field that a cell holds (text, progress, lead_units, …), empty for any other text. A text
    that `stands_elsewhere` is shown here and kept at another text of the same check (a tree's cell that is a ledger's):
    what is wrong with it by itself is told there alone.
    """

    content: str
    spot: Spot
    role: Role
    field: str = ""
    stands_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """One goal or task of a list (一行): its texts by field, its standard judgement, the units it names.

    `texts` holds only the fields that have a cell of their own or are filled down to this row (category).
    """

    texts: Mapping[str, Text]
    judgement: str = ""
    lead_units: tuple[str, ...] = ()
    support_units: tuple[str, ...] = ()

    def content(self, name: str) -> str:
        """The text of a field, empty where the list has none."""
        text = self.texts.get(name)
        return text.content if text else ""

    @property
    def spot(self) -> Spot:
        """Where the row stands: the place of its task or goal."""
        return (self.texts.get("text") or next(iter(self.texts.values()))).spot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Listing:
    """One list of goals or tasks (清单): an annex's table, or a sheet of a ledger.

    `name` is what a reader calls it (附件2, 表3, 重点任务); `annex` its number if it is an annex, 0 for an only annex
    without number. `fields` are the columns it has. `kind` is None for a table that is no list of goals or tasks; its
    rows then hold their cells under the names of their columns.
    """

    name: str
    kind: Kind | None
    rows: tuple[Row, ...]
    fields: tuple[str, ...]
    title: Text | None = None
    annex: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Manuscript:
    """What is proofread (文稿). `texts` are all texts outside the lists in reading order.

    `period` is the reporting period (报告期) with its days, None where nothing tells it; `is_ledger` tells a ledger
    from a document: a ledger has no body. `register` gives the names of units if there is one.
    """

    file: str
    texts: tuple[Text, ...] = ()
    listings: tuple[Listing, ...] = ()
    period: Period | None = None
    is_ledger: bool = False
    register: Register | None = field(default=None, repr=False)

    def every_text(self) -> Iterator[Text]:
        """All texts, those outside the lists first, then cell by cell; a text filled down comes once."""
        seen: set[int] = set()
        yield from self.texts
        for listing in self.listings:
            for row in listing.rows:
                for text in row.texts.values():
                    if id(text) not in seen:
                        seen.add(id(text))
                        yield text
