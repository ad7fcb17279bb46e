"""The ledger of one unit (一个单位的台账): its entries, each with its duty and its place in the report for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reportgen.intake.duties import UnitDuties
from reportgen.ledger.model import LEADS, SUPPORTS, Entry, Ledger, ReportPlace, Sheet

_NOWHERE = ReportPlace()


def tailored(ledger: Ledger, duties: UnitDuties, places: Mapping[tuple[Sheet, int], ReportPlace]) -> Ledger:
    """The entries in which the unit has a duty (本单位的条目), in the order of its duties: led first.

    `places` says of an entry, by its sheet and its place in it from 0, where the report for all shows it.
    """
    own = {sheet: tuple(_entries(duties, sheet, places)) for sheet in Sheet}
    return replace(ledger, goals=own[Sheet.GOALS], tasks=own[Sheet.TASKS])


def _entries(duties: UnitDuties, sheet: Sheet, places: Mapping[tuple[Sheet, int], ReportPlace]) -> Iterator[Entry]:
    for duty in duties.of_sheet(sheet):
        place = places.get((sheet, duty.index), _NOWHERE)
        yield replace(
            duty.entry,
            duty=LEADS if duty.leads else SUPPORTS,
            duty_group=duty.group,
            report_annex=place.annex,
            report_no=place.number,
        )
