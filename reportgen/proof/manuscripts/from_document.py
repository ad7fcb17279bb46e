"""A document tree as a manuscript (成文作文稿): its Contents as if read from a file, each text with its origin."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from reportgen.document import Document, Table
from reportgen.grid import Slot, Start, resolve
from reportgen.ledger import tables as ledger
from reportgen.ledger.files.contents import Block, Contents, Passage
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.problems import Location
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.manuscripts.from_contents import from_contents
from reportgen.proof.manuscripts.table_listings import Known, Places
from reportgen.quantities.model import Period
from reportgen.writers.outline import block_texts


def from_document(
    document: Document,
    file: str,
    words: Words = STANDARD_WORDS,
    period: Period | None = None,
    register: Register | None = None,
    elsewhere: Collection[Location] = (),
) -> Manuscript:
    """The manuscript (文稿) of a document tree, which `file` describes.

    What comes from one of the places `elsewhere` stands there: it is another text of the same check.
    """
    reading = _Reading(file, frozenset(elsewhere))
    blocks = tuple(reading.blocks(document))
    return from_contents(Contents(file, blocks), words, period, register, Places(known=reading.known))


@dataclass(slots=True)
class _Reading:
    """The tree on its way to Contents: each text gets a place of its own, for which its origin is kept."""

    file: str
    elsewhere: frozenset[Location]
    known: dict[Location, Known] = field(default_factory=dict)
    passages: int = 0
    tables: int = 0

    def blocks(self, document: Document) -> Iterator[Block]:
        """Every block in reading order."""
        for section in document.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield self._table(block)
                    continue
                for _, text, origin in block_texts(block):
                    if text.strip():
                        self.passages += 1
                        where = Location(file=self.file, cell=f"第{self.passages}段")
                        self._know(where, origin)
                        yield Passage(text, where)

    def _know(self, where: Location, origin: Location | None) -> None:
        self.known[where] = Known(where=origin, elsewhere=origin in self.elsewhere)

    def _table(self, table: Table) -> ledger.Table:
        self.tables += 1
        place = Location(file=self.file, sheet=f"表格{self.tables}")
        grid = resolve((*table.head, *table.body), len(table.columns))
        firsts: dict[int, Location] = {}
        rows = []
        for r, line in enumerate(grid, 1):
            rows.append(tuple(self._cell(slot, self._place(place, r, c), firsts) for c, slot in enumerate(line, 1)))
        return ledger.Table(str(place.sheet), rows, place)

    @staticmethod
    def _place(table: Location, row: int, column: int) -> Location:
        return Location(file=table.file, sheet=table.sheet, cell=f"第{row}行第{column}列")

    def _cell(self, slot: Slot, where: Location, firsts: dict[int, Location]) -> ledger.Cell:
        cell = slot.cell if isinstance(slot, Start) else slot.by
        first = firsts.setdefault(id(cell), where)
        if first == where:
            self._know(where, cell.origin)
        spans = cell.col_span > 1 or cell.row_span > 1
        return ledger.Cell("\n".join(cell.paragraphs), where, first if spans else None)
