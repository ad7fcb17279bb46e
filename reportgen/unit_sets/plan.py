"""What each unit gets of a report (分送方案): its entries, its document, the names and the key of its files.

Documents are composed here, in the parent: every fault of template and ledger is known before the first is rendered.
They are composed once to be looked at and once more to be rendered, so that only few of them are in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reportgen.document import Document
from reportgen.fingerprint import fingerprint
from reportgen.generate import Inputs
from reportgen.inputs import attempt, units_day
from reportgen.intake.duties import UnitDuties, chosen_units, duties_by_unit
from reportgen.intake.tailoring import tailored
from reportgen.ledger.model import Ledger, ReportPlace, Sheet
from reportgen.naming import unique_names
from reportgen.problems import InputError, Outcome, Problem, refuse_errors
from reportgen.template.changes import ChangesText
from reportgen.template.compose import Prepared, compose, file_stem, has_nothing, report_places
from reportgen.template.per_unit import UnitFacts
from reportgen.unit_sets.reconciling import Reconciled, Reconciliation, shown_lists
from reportgen.unit_sets.rendering import Order
from reportgen.writers.fit import misfits


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one unit gets (一个单位分得的): `number` is its place in the register from 1, `stem` its files' name.

    `has_document` is false for a unit that has nothing to do, or nothing that the template is about, and gets none.
    """

    duties: UnitDuties
    number: int
    stem: str
    has_document: bool

    @property
    def unit(self) -> str:
        """The unit's name."""
        return self.duties.unit

    def file_names(self, formats: Iterable[str]) -> dict[str, str]:
        """The name of its file in each format."""
        return {name: f"{self.stem}.{name}" for name in formats} if self.has_document else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole plan (分送方案): all units in official order, and the names of those that somebody asked for.

    `before` is what each unit had to do in the former period, by its name.
    """

    inputs: Inputs
    template: Prepared
    units: tuple[Planned, ...]
    chosen: frozenset[str]
    places: Mapping[tuple[Sheet, int], ReportPlace]
    day: date | None
    problems: tuple[Problem, ...] = ()
    before: Mapping[str, UnitDuties] = field(default_factory=dict)

    def ledger_of(self, planned: Planned) -> Ledger:
        """The unit's own ledger (本单位的台账)."""
        return tailored(self.inputs.ledger, planned.duties, self.places)

    def compose(self, planned: Planned) -> Outcome[Document]:
        """The unit's document (成文); raises `InputError` with all faults of it."""
        facts = UnitFacts(name=planned.unit, number=planned.number, kind=planned.duties.kind)
        return compose(self.template, self.ledger_of(planned), facts, self.changes_of(planned))

    def changes_of(self, planned: Planned) -> ChangesText:
        """What changed in the unit's own entries since the former period (本单位的变化)."""
        former = self.inputs.former
        if former is None or "changes" not in self.template.names:
            return ChangesText()
        return former.text_of(planned.duties, self.before.get(planned.unit))


def make_plan(inputs: Inputs, asked: Sequence[str] = ()) -> Plan:
    """The plan of a report's unit sets (分送方案); raises `InputError` for unknown units and bad file names."""
    template = inputs.unit_template
    assert template, "read with the other inputs"
    config = template.config
    day = units_day(config)
    duties = duties_by_unit(inputs.ledger, inputs.register, day)
    problems: list[Problem] = []
    chosen = attempt(
        problems, lambda: chosen_units(duties.value, asked, inputs.register, day, inputs.config_source.file)
    )
    stems = []
    for each in duties.value:
        facts = UnitFacts(name=each.unit, number=each.rank + 1, kind=each.kind)
        stems.append(attempt(problems, lambda facts=facts: file_stem(template, facts)) or "")  # type: ignore[misc]
    refuse_errors(list(dict.fromkeys(problems)))
    always = config.unit_sets.without_tasks == "出文件"
    places = report_places(inputs.prepared, inputs.ledger, inputs.basis)
    units = tuple(
        Planned(
            duties=each,
            number=each.rank + 1,
            stem=stem,
            has_document=(always or bool(each.duties))
            and not has_nothing(template, tailored(inputs.ledger, each, places)),
        )
        for each, stem in zip(duties.value, unique_names(stems), strict=True)
    )
    return Plan(
        inputs=inputs,
        template=template,
        units=units,
        chosen=frozenset(each.unit for each in chosen or ()),
        places=places,
        day=day,
        problems=duties.problems,
        before=inputs.former.duties(inputs.register, day) if inputs.former else {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a look at all documents showed (预览结果).

    `keys` are those of the units whose documents can be composed, `faults` say why others cannot.
    """

    keys: Mapping[str, str]
    faults: Mapping[str, tuple[Problem, ...]]
    problems: tuple[Problem, ...]
    reconciled: Reconciled


def survey(plan: Plan, units: Collection[str], order: Order, machine: Mapping[str, str]) -> Survey:
    """Each document of `units` composed and looked at (预览): its key, its faults, its rows.

    `machine` is what of this machine decides the bytes. A document that cannot be composed is not counted.
    """
    base = fingerprint(machine, order.formats, order.styles)
    keys: dict[str, str] = {}
    faults: dict[str, tuple[Problem, ...]] = {}
    told: dict[Problem, None] = {}
    documents = [each for each in plan.units if each.unit in units and each.has_document]
    counting = _reconciliation(plan, units)
    for each in documents:
        try:
            composed = plan.compose(each)
        except InputError as fault:
            faults[each.unit] = fault.problems
            continue
        told |= dict.fromkeys((*composed.problems, *misfits(composed.value, order.styles)))
        keys[each.unit] = fingerprint(base, each.file_names(order.formats), composed.value)
        counting.count(each.unit, composed.value)
    reconciled = reconcile(plan, set(units) - faults.keys()) if faults else counting.result()
    return Survey(keys=keys, faults=faults, problems=tuple(told), reconciled=reconciled)


def reconcile(plan: Plan, units: Collection[str]) -> Reconciled:
    """The rows in the documents of `units` alone, held against the ledger (核对)."""
    counting = _reconciliation(plan, units)
    for each in plan.units:
        if each.unit in units and each.has_document:
            counting.count(each.unit, plan.compose(each).value)
    return counting.result()


def _reconciliation(plan: Plan, units: Collection[str]) -> Reconciliation:
    everybody = all(each.unit in units for each in plan.units)
    return Reconciliation(
        plan.inputs.ledger,
        shown_lists(plan.template.template, plan.template.source),
        plan.inputs.register,
        plan.day,
        None if everybody else units,
        plan.places,
        [each.unit for each in plan.units if not each.has_document],
    )
