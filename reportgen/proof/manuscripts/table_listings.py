"""A finished document's tables as lists (附表作清单): row by row, continued ones joined, nothing of them lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.issued.joined import OTHER, Joined, add_table, merges_categories
from reportgen.issued.kinds import Recognised
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.tables import Cell, Table
from reportgen.ledger.units import Register
from reportgen.ledger.words import FIELD_NAMES, Words, field_name, plain_key
from reportgen.problems import Location
from reportgen.proof.manuscript import Listing, Role, Row, Spot, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a place (出处): its page, where its text comes from, whether the text stands there as well."""

    page: int | None = None
    where: Location | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The places of a file's texts (各处): by the place in its contents what else is known of it."""

    known: Mapping[Location, Known] = field(default_factory=dict)

    def spot(self, words: str, where: Location) -> Spot:
        """Where a text stands, as the reader is told."""
        known = self.known.get(where)
        return Spot(words=words, page=known.page, where=known.where) if known else Spot(words=words, where=where)

    def elsewhere(self, where: Location) -> bool:
        """Whether the text stands at another place of the same check."""
        known = self.known.get(where)
        return known is not None and known.elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of a file (一张表), recognised or not; a continued one has several."""

    table: Table
    one: Recognised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of a table (读出的清单): its list, and the texts in it that are in no row of the list."""

    listing: Listing
    beside: tuple[Text, ...]


@dataclass(slots=True)
class _Making:
    """The state of making one list: a cell that holds for several rows is one text."""

    name: str
    places: Places
    known: dict[tuple[str, Location], Text] = field(default_factory=dict)
    used: set[Location] = field(default_factory=set)

    def text(self, cell: Cell, name: str, words: str) -> Text:
        key = (name, cell.origin)
        if key not in self.known:
            self.used.add(cell.origin)
            self.known[key] = Text(
                content=cell.text,
                spot=self.places.spot(self.name + words, cell.origin),
                role=Role.CELL,
                field=name,
                stands_elsewhere=self.places.elsewhere(cell.origin),
            )
        return self.known[key]


# ---- goals and tasks --------------------------------------------------------------


def listing_of(
    parts: Sequence[Part],
    name: str,
    annex: int | None,
    title: Text | None,
    words: Words,
    register: Register | None,
    places: Places,
) -> Made:
    """The list of goals or tasks in a recognised table with its continuations (清单)."""
    tables = [part.one for part in parts if part.one]
    first = tables[0]
    joined = Joined()
    merging = any(map(merges_categories, tables))
    for one in tables:
        add_table(one, joined, merging)
    making = _Making(name=name, places=places)
    headers = _headers(tables)
    rows = []
    for number, (row, above) in enumerate(zip(joined.rows, joined.sections, strict=True), 1):
        texts = _texts(row, number, headers, first, making)
        if above and "category" not in texts:
            texts["category"] = making.text(above[-1], "category", "表内小标题")
        rows.append(_row(texts, first, words, register))
    for cell in joined.opened:
        making.text(cell, "", "表内小标题")
    fields = tuple(dict.fromkeys(field for row in rows for field in row.texts))
    listing = Listing(
        name=name, kind=first.kind, rows=tuple(rows), fields=fields, title=title, annex=annex if title else None
    )
    return Made(listing=listing, beside=tuple(_beside(tables, rows, making)))


def _headers(tables: Sequence[Recognised]) -> dict[str, str]:
    """What stands over the column of each field."""
    headers: dict[str, str] = {}
    for one in tables:
        for name, at in one.head.columns.items():
            texts = [row[at].text for row in one.table.rows[: one.head.first_row] if row[at].text.strip()]
            if texts:
                headers.setdefault(name, "".join(texts[-1].split()))
    return headers


def _texts(
    row: Mapping[str, Cell], number: int, headers: Mapping[str, str], one: Recognised, making: _Making
) -> dict[str, Text]:
    no = row["given_no"].text.strip() if "given_no" in row else ""
    place = f"第{number}行" if not no or plain_key(no).strip("().、") == str(number) else f"第{number}行（序号{no}）"
    texts: dict[str, Text] = {}
    order = [*(name for name in FIELD_NAMES if name in row), *(name for name in row if name.startswith(OTHER))]
    for name in order:
        if (name == "category" or name.startswith(OTHER)) and not row[name].text.strip():
            continue
        # One cell over both columns is the task's.
        if name == "category" and "text" in row and row[name].origin == row["text"].origin:
            continue
        own = name.removeprefix(OTHER)
        header = headers.get(name) or (own if name.startswith(OTHER) else field_name(name, one.kind.sheet))
        texts[own] = making.text(row[name], own, f"{place}「{header}」")
    return texts


def _row(texts: Mapping[str, Text], one: Recognised, words: Words, register: Register | None) -> Row:
    said = texts["judgement"].content if "judgement" in texts else ""
    units = {
        name: split_units(texts[name].content, register).units if name in texts else ()
        for name in ("lead_units", "support_units")
    }
    return Row(
        texts=texts,
        judgement=one.kind.judgement or words.judgement_of(said, one.kind.sheet) or "",
        lead_units=units["lead_units"],
        support_units=units["support_units"],
    )


def _beside(tables: Sequence[Recognised], rows: Sequence[Row], making: _Making) -> Iterator[Text]:
    """The head's texts, the section rows, and every cell that went into no row."""
    said = {line.strip() for row in rows for text in row.texts.values() for line in text.content.split("\n")}
    heads: set[str] = set()
    for one in tables:
        for number, row in enumerate(one.table.rows):
            for cell in row:
                text = cell.text.strip()
                if not text or cell.merged not in (None, cell.where):
                    continue
                if (section := making.known.get(("", cell.origin))) is not None:
                    yield section
                    continue
                if cell.origin in making.used:
                    continue
                if number < one.head.first_row:
                    heads.add(plain_key(text))
                    if not one.continues:
                        yield making.text(cell, "", "表头")
                # A head repeated, or what was folded into the row above.
                elif plain_key(text) not in heads and not all(line.strip() in said for line in text.split("\n")):
                    yield making.text(cell, "", f"{cell.where.cell or ''}")


# ---- any other table --------------------------------------------------------------


def other_listing(table: Table, name: str, annex: int | None, title: Text | None, places: Places) -> Made:
    """A table that is no list of goals or tasks (其他表格): its cells under the names of their columns."""
    making = _Making(name=name, places=places)
    headed = len(table.rows) > 1
    names = _column_names(table.rows[0] if headed else ())
    rows = []
    for number, row in enumerate(table.rows[1 if headed else 0 :], 1):
        texts: dict[str, Text] = {}
        for index, cell in enumerate(row):
            column = names[index] if index < len(names) else f"第{index + 1}列"
            if cell.text.strip() and (cell.origin not in making.used or cell.has_own_value()):
                texts[column] = making.text(cell, "", f"第{number}行「{column}」")
        if texts:
            rows.append(Row(texts=texts))
    heads = [
        making.text(cell, "", "表头")
        for cell in (table.rows[0] if headed else ())
        if cell.has_own_value() and cell.origin not in making.used
    ]
    fields = tuple(dict.fromkeys(column for row in rows for column in row.texts))
    listing = Listing(
        name=name, kind=None, rows=tuple(rows), fields=fields, title=title, annex=annex if title else None
    )
    return Made(listing=listing, beside=tuple(heads))


def _column_names(head: Sequence[Cell]) -> list[str]:
    names: list[str] = []
    for number, cell in enumerate(head, 1):
        text = "".join(cell.text.split()) or f"第{number}列"
        names.append(text if text not in names else f"{text}（第{number}列）")
    return names
