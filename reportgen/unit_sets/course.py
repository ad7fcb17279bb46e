"""What becomes of each unit's files (各单位去向): made, taken over, left as they are, or none; and the record of it.

The record tells what a set consists of, not how it came to be: it is the same for a set made in one go and for one
brought up to date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reportgen.ledger.records import period_name
from reportgen.problems import Problem
from reportgen.source import Source
from reportgen.unit_sets.plan import Plan, Planned, Survey
from reportgen.unit_sets.reconciling import Reconciled, row_counts
from reportgen.unit_sets.record import FileRecord, SetRecord, State, UnitRecord
from reportgen.unit_sets.rendering import Order
from reportgen.writers.fonts import FontSet


@dataclass(frozen=True, slots=True)
class Made:
    """A unit's files as they were put down (一个单位的文件), and the warnings that came with them."""

    files: tuple[FileRecord, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Course:
    """What becomes of each unit (各单位去向), by its name.

    `todo` are to be rendered; `taken` have their files already; `stale` are the records of units that nobody asked to
    make anew and whose files are out of date; `faults` say why a unit has none; `gone` are units of the old set that
    the ledger and the register do not have any more.
    """

    todo: list[Planned] = field(default_factory=list)
    taken: dict[str, Made] = field(default_factory=dict)
    stale: dict[str, UnitRecord] = field(default_factory=dict)
    faults: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def files(self) -> Iterator[FileRecord]:
        """The files that are taken over as they are, stale ones among them."""
        for made in self.taken.values():
            yield from made.files
        for record in self.stale.values():
            yield from record.files


def in_scope(plan: Plan, standing: SetRecord | None, is_partial: bool) -> frozenset[str]:
    """The units that the set is about (本套所含单位): all, or those asked for and those that stand there already."""
    if not is_partial:
        return frozenset(each.unit for each in plan.units)
    return plan.chosen | {each.unit for each in (standing.units if standing else ())}


def sort_out(
    plan: Plan,
    seen: Survey,
    standing: SetRecord | None,
    intact: Collection[str],
    is_partial: bool,
    formats: Collection[str],
) -> Course:
    """What becomes of each unit (各单位去向); `intact` are the old set's files that stand there as they were made."""
    course = Course()

    def is_current(each: Planned, before: UnitRecord) -> bool:
        # The key says the same of an honest manifest; one edited by hand may give a unit another one's files.
        own = [*each.file_names(formats).values()]
        return [file.name for file in before.files] == own and _is_current(before, seen.keys.get(each.unit), intact)

    old = {each.unit: each for each in (standing.units if standing else ())}
    known = {each.unit for each in plan.units}
    for each in plan.units:
        if is_partial and each.unit not in plan.chosen:
            if each.unit in old:
                _leave(course, each, old[each.unit], is_current(each, old[each.unit]), intact)
        elif each.unit in seen.faults:
            course.faults[each.unit] = seen.faults[each.unit]
        elif each.has_document:
            before = old.get(each.unit)
            if before and is_current(each, before):
                course.taken[each.unit] = Made(before.files, before.problems)
            else:
                course.todo.append(each)
    for name, before in old.items():
        if name not in known:
            course.gone.append(name)
            if is_partial:
                course.stale[name] = _stale(before, intact)
    return course


def _is_current(before: UnitRecord, key: str | None, intact: Collection[str]) -> bool:
    is_whole = before.state in (State.MADE, State.STALE) and bool(before.files)
    return is_whole and before.key == key and all(file.name in intact for file in before.files)


def _leave(course: Course, each: Planned, before: UnitRecord, is_current: bool, intact: Collection[str]) -> None:
    """A unit that nobody asked for: what it has stays, and is told where it is out of date."""
    if each.has_document and is_current:
        course.taken[each.unit] = Made(before.files, before.problems)
    elif before.state is State.FAILED:
        course.faults[each.unit] = before.problems
    elif each.has_document or before.files:
        course.stale[each.unit] = _stale(before, intact)


def _stale(before: UnitRecord, intact: Collection[str]) -> UnitRecord:
    files = tuple(file for file in before.files if file.name in intact)
    return replace(before, state=State.STALE, files=files, key=before.key if files == before.files else "")


def unit_records(plan: Plan, seen: Survey, course: Course, scope: Collection[str]) -> Iterator[UnitRecord]:
    """The records of the units that the set is about (单位清单), in official order, units that are gone last."""
    for each in plan.units:
        if each.unit not in scope:
            continue
        if before := course.stale.get(each.unit):
            yield replace(before, number=each.number)
            continue
        made = course.made.get(each.unit) or course.taken.get(each.unit)
        faults = course.faults.get(each.unit)
        if not made and not faults and plan.template.config.unit_sets.without_tasks == "不列":
            continue
        yield UnitRecord(
            unit=each.unit,
            number=each.number,
            kind=each.duties.kind,
            is_registered=each.duties.is_registered,
            state=State.FAILED if faults else State.MADE if made else _without(each),
            counts=row_counts(each.duties),
            files=made.files if made else (),
            key=seen.keys[each.unit] if made else "",
            problems=faults or (made.problems if made else ()),
        )
    for name in course.gone:
        if name in course.stale:
            yield course.stale[name]


def _without(planned: Planned) -> State:
    return State.UNCONCERNED if planned.duties.duties else State.WITHOUT


def set_record(
    plan: Plan,
    order: Order,
    fonts: FontSet | None,
    units: Iterable[UnitRecord],
    reconciled: Reconciled,
    problems: Iterable[Problem],
) -> SetRecord:
    """The record of the whole set (整套清单).

    The configuration is named without the folder in which somebody happens to stand.
    """
    inputs, config = plan.inputs, plan.template.config
    own = inputs.config_source.file
    here = Path(own).name
    return SetRecord(
        report=config.output or inputs.prepared.template.name,
        period=period_name(config.year, config.period),
        formats=order.formats,
        inputs=tuple(_inputs(plan, here)),
        faces=tuple(_faces(fonts)),
        pdf_engine=(order.pdf_engine.value, order.pdf_engine.version) if "pdf" in order.formats else (),
        units=tuple(replace(each, problems=_without_folder(each.problems, own, here)) for each in units),
        entries=reconciled.entries,
        sums=reconciled.sums,
        problems=_without_folder(problems, own, here),
    )


def _without_folder(problems: Iterable[Problem], named: str, short: str) -> tuple[Problem, ...]:
    def moved(problem: Problem) -> Problem:
        if problem.where and problem.where.file == named:
            problem = replace(problem, where=replace(problem.where, file=short))
        related = (replace(each, file=short) if each.file == named else each for each in problem.related)
        return replace(problem, related=tuple(related))

    return tuple(map(moved, problems))


def _inputs(plan: Plan, config: str) -> Iterator[tuple[str, str, str]]:
    inputs = plan.inputs
    sources: Mapping[str, tuple[Source, ...]] = {
        "模板": (inputs.prepared.source,),
        "分送件模板": (plan.template.source,),
        "版式": inputs.style_sources,
        "单位名录": (inputs.register_source,) if inputs.register_source else (),
    }
    yield "配置", config, inputs.config_source.sha256
    for kind, each in sources.items():
        yield from ((kind, source.file, source.sha256) for source in each)
    for name, digest in inputs.ledger_hashes:
        yield "台账", name, digest
    if inputs.former:
        wording = inputs.former.wording.source
        yield "两期变化用语", wording.file, wording.sha256
        for name, digest in inputs.former.hashes():
            yield "上期台账", name, digest


def _faces(fonts: FontSet | None) -> Iterator[tuple[str, str, str]]:
    for role, found in fonts.roles.items() if fonts else ():
        yield role.value, found.face.postscript_name, found.face.sha256
