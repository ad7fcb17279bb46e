"""From a configuration to the units' sets (各单位分送件): the one road, from the inputs to one rename.

Inputs, folder and this machine are looked at, in this order, before anything is rendered; what stands in the folder
stays whole until the new set is.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from reportgen.engine.choosing import engine_for
from reportgen.engine.model import Engine, EngineKind, Job
from reportgen.engine.work import work
from reportgen.generate import Inputs, Request, read_inputs, with_cells
from reportgen.inputs import attempt
from reportgen.naming import folded
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import (
    CannotWrite,
    EnvironmentLacking,
    InputError,
    Problem,
    ReportError,
    as_errors,
    has_errors,
    refuse_errors,
)
from reportgen.source import shown_path
from reportgen.template.limits_block import by_limits_of
from reportgen.template.loading import load_sound_config
from reportgen.unit_sets.course import Course, Made, in_scope, set_record, sort_out, unit_records
from reportgen.unit_sets.index import INDEX_NAME, index_workbook
from reportgen.unit_sets.machine import machine_facts
from reportgen.unit_sets.manifest import MANIFEST_NAME, manifest_bytes
from reportgen.unit_sets.plan import Plan, Planned, Survey, make_plan, reconcile, survey
from reportgen.unit_sets.record import FileRecord, SetRecord, State
from reportgen.unit_sets.rendering import Order, Rendered, render
from reportgen.unit_sets.result import Result, failed_problem, gone_problem, name_taken, stale_problem, units_in
from reportgen.unit_sets.staging import Stage, refuse_changed, set_files, stage_set, standing_set
from reportgen.unit_sets.zipped import write_zip
from reportgen.writers.fonts import FontSet, GlyphsMissing, find_fonts, substitution_problems

ZIP_NAME = "各单位分送件.zip"
"""The archive of the set, which lies beside its files."""

T = TypeVar("T")
Told = Callable[[str, int, int], None]
"""Told what is being done, and how many documents are done, of how many (0: nobody knows)."""

# What the machine lacks it lacks for every document.
_FOR_ALL = ("pdf.no-pango", "pdf.no-typst", "fonts.no-face", "fonts.unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsRequest:
    """What to make (分送请求): `units` are those that somebody asks for by name, all without any.

    `kind`, `scheduler` and `workers` stand in for what the configuration says of the engine, `ledgers` for its ledger,
    `pdf_engine` for what lays out its pages.
    """

    config: Path
    folder: Path
    ledgers: Sequence[Path] = ()
    units: Sequence[str] = ()
    formats: Sequence[str] = ("docx", "pdf")
    zipped: bool = False
    keep_going: bool = False
    strict: bool = False
    kind: EngineKind | None = None
    scheduler: str | None = None
    workers: int | None = None
    pdf_engine: PdfEngine | None = None


@dataclass(slots=True)
class _Run:
    """What is known when everything has been looked at and nothing is rendered yet."""

    request: SetsRequest
    engine: Engine
    order: Order
    plan: Plan
    seen: Survey
    standing: SetRecord | None
    course: Course
    scope: frozenset[str]
    fonts: FontSet | None
    had_zip: bool
    problems: tuple[Problem, ...]


def _quiet(label: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@by_limits_of(lambda request, *_, **__: request.config)
def make_sets(request: SetsRequest, told: Told = _quiet) -> Result:
    """The sets of all units (各单位分送件), put in place as one.

    Raises `InputError` with all problems of the inputs together, or of all documents that failed, `EnvironmentLacking`
    where neither this machine nor the cluster can draw them, and `CannotWrite`; then the folder is as it was.
    """
    begun = time.monotonic()
    run = _looked_at(request, told)
    if not run.course.todo and (result := _unchanged(run, begun)):
        return result
    with stage_set(request.folder, (ZIP_NAME,)) as stage:
        _take_over(run, stage)
        _render(run, stage, told)
        _refuse_failures(run)
        told("写入目录", 0, 0)
        record = _record(run)
        stage.write(MANIFEST_NAME, manifest_bytes(record))
        stage.write(INDEX_NAME, index_workbook(record))
        if request.zipped:
            names = [file.name for unit in record.units for file in unit.files]
            with stage.writing(ZIP_NAME) as archive:
                write_zip(archive, stage.folder, [INDEX_NAME, MANIFEST_NAME, *names])
        stage.put_in_place(is_whole=not request.units, built_on=run.standing)
    return _result(run, record, begun, changed=True)


def _looked_at(request: SetsRequest, told: Told) -> _Run:
    """Inputs, folder and machine; all faults of the inputs come before those of the folder and of the machine."""
    told("读取配置、模板和台账", 0, 0)
    warnings: list[Problem] = []
    inputs, engine = _read(request, warnings)
    plan = make_plan(inputs, request.units)
    order = Order(tuple(request.formats), inputs.styles, inputs.fonts, inputs.pdf_engine)
    held: list[ReportError] = []
    standing = _held(held, lambda: standing_set(request.folder, (ZIP_NAME,)))
    fonts = _held(held, lambda: find_fonts(order.fonts)) if order.draws else None
    machine = _held(held, lambda: machine_facts(order.fonts, order.draws, order.pdf_engine)) or {}
    scope = in_scope(plan, standing, bool(request.units))
    told("成文", 0, 0)
    seen = survey(plan, scope, order, machine)
    stand_ins = substitution_problems(fonts) if fonts else []
    problems = [*warnings, *plan.problems, *seen.problems, *seen.reconciled.problems, *stand_ins]
    asked = plan.chosen & seen.keys.keys()
    if not request.keep_going or not asked:
        problems += [problem for unit, each in seen.faults.items() if unit in plan.chosen for problem in each]
    problems = list(dict.fromkeys(problems))
    refuse_errors(problems)
    if request.strict and problems:
        raise InputError(as_errors(problems))
    if held:
        raise held[0]
    names = [
        name for each in plan.units if each.unit in plan.chosen for name in each.file_names(order.formats).values()
    ]
    intact = refuse_changed(request.folder, set_files(standing) if standing else {}, names, (ZIP_NAME,))
    course = sort_out(plan, seen, standing, intact, bool(request.units), order.formats)
    _refuse_taken_names(course, order, request.folder)
    had_zip = standing is not None and os.path.lexists(request.folder / ZIP_NAME)
    return _Run(request, engine, order, plan, seen, standing, course, scope, fonts, had_zip, tuple(problems))


def _read(request: SetsRequest, warnings: list[Problem]) -> tuple[Inputs, Engine]:
    problems: list[Problem] = []
    engine = attempt(
        problems,
        lambda: engine_for(
            *load_sound_config(request.config, shown_path(request.config)).value,
            request.kind,
            request.scheduler,
            request.workers,
        ),
    )
    inputs = attempt(
        problems,
        lambda: read_inputs(
            Request(request.config, ledgers=request.ledgers, pdf_engine=request.pdf_engine), warnings, for_units=True
        ),
    )
    refuse_errors(list(dict.fromkeys(problems)))
    assert engine, "refused above"
    assert inputs, "refused above"
    return inputs, engine


def _held(held: list[ReportError], look: Callable[[], T]) -> T | None:
    """What is found, or None: the fault waits until all faults of the inputs are known."""
    try:
        return look()
    except (CannotWrite, EnvironmentLacking) as fault:
        held.append(fault)
        return None


def _refuse_taken_names(course: Course, order: Order, folder: Path) -> None:
    """Raise `InputError` where a file that stays out of date has the name of one that is to be written."""
    stays = {folded(file.name) for each in course.stale.values() for file in each.files}
    for each in course.todo:
        for name in each.file_names(order.formats).values():
            if folded(name) in stays:
                raise name_taken(name, shown_path(folder))


def _take_over(run: _Run, stage: Stage) -> None:
    """The files of the old set that stay; what has gone since it was looked at is rendered, or stays away."""
    course = run.course
    lost = {file.name for file in (*course.files(),) if not stage.take_over(file.name, file.sha256)}
    again = {unit for unit, made in course.taken.items() if any(file.name in lost for file in made.files)}
    for unit in again:
        del course.taken[unit]
    todo = again | {each.unit for each in course.todo}
    course.todo = [each for each in run.plan.units if each.unit in todo]
    for unit, before in course.stale.items():
        files = tuple(file for file in before.files if file.name not in lost)
        if files != before.files:
            course.stale[unit] = replace(before, files=files, key="")


def _render(run: _Run, stage: Stage, told: Told) -> None:
    """Every document that is to be made, each put down as soon as it is there."""
    course, order, todo = run.course, run.order, tuple(run.course.todo)
    if not todo:
        return
    told("生成", 0, len(todo))
    jobs = (Job(each.unit, (order, run.plan.compose(each).value)) for each in todo)
    facts = partial(machine_facts, order.fonts, order.draws, order.pdf_engine)
    with closing(work(run.engine, render, jobs, facts)) as ended:
        for number, each in enumerate(ended, 1):
            planned = todo[each.index]
            if each.value is not None:
                course.made[planned.unit] = _put_down(planned, each.value, run, stage)
            else:
                assert each.fault, "a job ends with a value or a fault"
                if any(problem.code in _FOR_ALL for problem in each.fault.problems):
                    raise each.fault
                course.faults[planned.unit] = _faults(each.fault, run.plan, planned)
            told("生成", number, len(todo))


def _put_down(planned: Planned, rendered: Rendered, run: _Run, stage: Stage) -> Made:
    files = []
    for name, file_name in planned.file_names(run.order.formats).items():
        blob = rendered.files[name]
        stage.write(file_name, blob)
        files.append(FileRecord(file_name, len(blob), hashlib.sha256(blob).hexdigest()))
    return Made(tuple(files), tuple(each for each in rendered.problems if each not in run.problems))


def _faults(fault: ReportError, plan: Plan, planned: Planned) -> tuple[Problem, ...]:
    if isinstance(fault, GlyphsMissing):
        fault = with_cells(fault, plan.ledger_of(planned))
    return fault.problems


def _refuse_failures(run: _Run) -> None:
    """Raise `InputError` with all that failed, unless the rest is to be kept; under `--strict` with all warnings."""
    course, request = run.course, run.request
    asked = [unit for unit in course.faults if unit in run.plan.chosen]
    told = _told(run)
    has_others = bool(course.made or course.taken)
    if asked and not (request.keep_going and has_others):
        raise InputError([*told, failed_problem(asked, kept_going=False, is_all=not has_others)])
    if request.strict and not has_errors(told) and told:
        raise InputError(as_errors(told))


def _told(run: _Run) -> tuple[Problem, ...]:
    """All problems of the run: equal ones of several units once."""
    each = [problem for made in (*run.course.made.values(), *run.course.taken.values()) for problem in made.problems]
    faults = [
        problem for unit, problems in run.course.faults.items() if unit in run.plan.chosen for problem in problems
    ]
    return tuple(dict.fromkeys((*run.problems, *each, *faults)))


def _record(run: _Run) -> SetRecord:
    reconciled = run.seen.reconciled
    if run.course.faults:
        reconciled = reconcile(run.plan, run.scope - run.course.faults.keys())
    records = unit_records(run.plan, run.seen, run.course, run.scope)
    return set_record(run.plan, run.order, run.fonts, records, reconciled, run.problems)


def _unchanged(run: _Run, begun: float) -> Result | None:
    """The result where nothing is to be written: everything stands there as a new run would make it."""
    folder = run.request.folder
    if run.standing is None or run.request.zipped or run.had_zip:
        return None
    _refuse_failures(run)
    record = _record(run)
    for name, blob in ((MANIFEST_NAME, manifest_bytes(record)), (INDEX_NAME, index_workbook(record))):
        try:
            if (folder / name).read_bytes() != blob:
                return None
        except OSError:
            return None
    return _result(run, record, begun, changed=False)


def _result(run: _Run, record: SetRecord, begun: float, *, changed: bool) -> Result:
    course, request = run.course, run.request
    folder = shown_path(request.folder)
    failed = tuple(unit for unit in units_in(record.units, State.FAILED) if unit in run.plan.chosen)
    stale = tuple(unit for unit in units_in(record.units, State.STALE, State.FAILED) if unit not in failed)
    extra = []
    if failed:
        extra.append(failed_problem(failed, kept_going=True))
    if stale:
        extra.append(stale_problem(stale, folder))
    gone = () if request.units else tuple(course.gone)
    if gone:
        extra.append(gone_problem(gone, folder))
    files = [file.name for unit in record.units for file in unit.files]
    before = [*(set_files(run.standing) if run.standing else ()), *([ZIP_NAME] if run.had_zip else [])]
    files += [INDEX_NAME, MANIFEST_NAME, *([ZIP_NAME] if request.zipped else [])]
    return Result(
        folder=request.folder,
        formats=run.order.formats,
        units=record.units,
        rendered=tuple(each.unit for each in run.plan.units if each.unit in course.made),
        taken_over=tuple(each.unit for each in run.plan.units if each.unit in course.taken),
        failed=failed,
        stale=stale,
        gone=gone,
        without=units_in(record.units, State.WITHOUT, State.UNCONCERNED),
        left=tuple(name for name in before if name not in files),
        files=tuple(files),
        changed=changed,
        seconds=time.monotonic() - begun,
        problems=(*_told(run), *extra),
    )
