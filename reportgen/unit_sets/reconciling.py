"""Rows counted in the units' documents, held against what the register says (合计核对)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reportgen.document import Document
from reportgen.intake.duties import UnitDuties
from reportgen.ledger.model import Ledger, Sheet
from reportgen.ledger.units import Register
from reportgen.problems import Location, Problem
from reportgen.source import Source
from reportgen.template.schema import Template
from reportgen.unit_sets.record import EntryRecord, RowCount, SheetSum


@dataclass(frozen=True, slots=True)
class ShownList:
    """What a table of the units' template shows (模板的一张表): a sheet's entries of one judgement, of one duty."""

    sheet: Sheet
    judgement: str | None = None
    duty: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Where each entry went, the sums, and what does not agree (核对结果)."""

    entries: tuple[EntryRecord, ...]
    sums: tuple[SheetSum, ...]
    problems: tuple[Problem, ...]


class Reconciliation:
    """The check (核对), fed with one unit's document after the other; none of them is kept."""

    def __init__(
        self,
        ledger: Ledger,
        shown: Mapping[Location, ShownList],
        register: Register | None = None,
        on: date | None = None,
        units: Collection[str] | None = None,
        places: Mapping[tuple[Sheet, int], Any] | None = None,
    ) -> None:
        raise NotImplementedError

    def count(self, unit: str, document: Document) -> None:
        """Count the rows of a unit's document (计数)."""
        raise NotImplementedError

    def result(self) -> Reconciled:
        """What was found (结果), after the last document."""
        raise NotImplementedError


def shown_lists(template: Template, source: Source) -> Mapping[Location, ShownList]:
    """What each annex of a template shows, by the place that its table carries as origin."""
    raise NotImplementedError


def row_counts(duties: UnitDuties) -> tuple[RowCount, ...]:
    """How many entries of each kind a unit has (各类项数)."""
    raise NotImplementedError
