"""The former ledger of a report (上期台账): what changed since then, for the report's texts and for each unit's.

It was issued already: what an office would mend in it is not told again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.changes.model import LedgerChanges
from reportgen.inputs import attempt, ledger_files, units_day
from reportgen.ledger.model import Ledger, Sheet
from reportgen.ledger.units import Register
from reportgen.ledger.words import Words
from reportgen.problems import Problem, warning
from reportgen.source import Source
from reportgen.template.changes import ChangesText, PreparedChanges, changes_text
from reportgen.template.charts import asks_for
from reportgen.template.compose import Prepared
from reportgen.template.figures import FigureKind
from reportgen.template.hints import shown
from reportgen.template.schema import Config

if TYPE_CHECKING:
    from reportgen.intake.duties import UnitDuties

Files = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, kw_only=True)
class Former:
    """What changed since the former ledger (与上期相比), the wording in which it is said, and that ledger's files."""

    changes: LedgerChanges
    wording: PreparedChanges
    files: Files

    @property
    def text(self) -> ChangesText:
        """The changes as the texts of the report have them (两期变化); raises `InputError`."""
        return changes_text(self.wording, self.changes)

    def text_of(self, now: UnitDuties, before: UnitDuties | None) -> ChangesText:
        """The same of one unit's entries alone (本单位的变化), by its duties now and then; raises `InputError`."""
        own = {id(duty.entry) for duties in (now, before) if duties for duty in duties.duties}
        entries = tuple(each for each in self.changes.entries if own & {id(each.before), id(each.after)})
        return changes_text(self.wording, replace(self.changes, entries=entries))

    def duties(self, register: Register | None, on: date | None) -> Mapping[str, UnitDuties]:
        """Who did what in the former period (上期的职责), by the unit's name on the day of the report."""
        from reportgen.intake.duties import duties_by_unit

        stood = {
            sheet: tuple(each.before for each in self.changes.entries if each.before and each.sheet is sheet)
            for sheet in Sheet
        }
        ledger = Ledger(file=self.changes.old, goals=stood[Sheet.GOALS], tasks=stood[Sheet.TASKS])
        return {each.unit: each for each in duties_by_unit(ledger, register, on).value}

    def hashes(self) -> tuple[tuple[str, str], ...]:
        """Name and SHA-256 of each of the former ledger's files."""
        return tuple((name, hashlib.sha256(blob).hexdigest()) for name, blob in self.files)


def configured_former(
    settings: tuple[Config, Source, Path],
    templates: Sequence[Prepared],
    own: Ledger | None,
    words: Words,
    register: Register | None,
    problems: list[Problem],
) -> Former | None:
    """What changed since the ledger that a configuration names as the former one (上期), if a template asks for it.

    `settings` are the configuration, its file and its folder; `own` is the report's ledger, None where it could not be
    read: the former one is looked at all the same. What is wrong is added to `problems`.
    """
    config, source, beside = settings
    if not config.previous_ledger:
        problems += _without_former(config, source)
        return None
    if templates and not any(map(_asks, templates)):
        problems += _unused(config, source, templates[0])
        return None
    # Most reports name no former ledger; comparing two is half of the program to load.
    from reportgen.changes.between import ledger_changes
    from reportgen.period_changes import ChangesBasis, read_whole, read_wording, until, with_year

    asked = source.locate(("previous_ledger",))
    wording = attempt(problems, lambda: read_wording(config.changes, beside, source.locate(("changes",))))
    naming = config.model_copy(update={"ledger": config.previous_ledger})
    files = attempt(problems, lambda: ledger_files(naming, beside), asked)
    period = with_year(config.year, config.previous_period)
    basis = ChangesBasis(words=words, register=register)
    old = attempt(problems, lambda: read_whole(files, basis, until(period))) if files else None
    problems += old.problems if old else ()
    if own is None or wording is None or files is None or old is None:
        return None
    before = replace(old.value, period=period or old.value.period)
    now = replace(own, period=with_year(config.year, config.period))
    found = ledger_changes(before, now, register, on=units_day(config))
    problems += found.problems
    former = Former(changes=found.value, wording=wording, files=files)
    return former if attempt(problems, lambda: former.text) is not None else None


def _asks(template: Prepared) -> bool:
    """Whether a template has a text or a chart of the changes."""
    return "changes" in template.names or asks_for(template.template, FigureKind.CHANGES)


def _unused(config: Config, source: Source, template: Prepared) -> Iterator[Problem]:
    # Another template may ask for it, that of the units' own documents, which only `units` reads.
    if "template" not in config.unit_sets.model_fields_set:
        what = f"模板「{shown(template.template.name)}」没有用到「previous_ledger」，写了也不会出现"
        fix = "请删去这一项，或在模板里用 {{ changes }} 写出两期变化"
        yield warning("config.unused", what, fix, source.locate(("previous_ledger",)))


def _without_former(config: Config, source: Source) -> Iterator[Problem]:
    """What is said of a former ledger that the configuration does not name."""
    for key in ("previous_period", "changes"):
        if key in config.model_fields_set:
            what = f"没有写上期台账，「{key}」写了也不起作用"
            fix = "请补上 previous_ledger，或删去这一项"
            yield warning("config.unused", what, fix, source.locate((key,)))
