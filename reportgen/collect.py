"""From the returns of the units to one ledger (汇总): the road of `reportgen collect`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from reportgen.arrivals import Arrivals, arrivals, refuse_none
from reportgen.confine import confined, read_outside
from reportgen.distribute import form_words, without_duties
from reportgen.inputs import (
    attempt,
    configured_register,
    configured_words,
    ledger_files,
    units_day,
    wanted_sheets,
)
from reportgen.intake.answering import Answering
from reportgen.intake.collection import Collection, collection_of
from reportgen.intake.findings import Kind
from reportgen.intake.merging import Merged, merge, rolled_over
from reportgen.intake.open_sheet import collected_sheets, record_in
from reportgen.intake.origin_sheet import most_origins
from reportgen.intake.reminders import reminder_facts
from reportgen.intake.replies import Reply
from reportgen.ledger.acceptances import (
    Acceptance,
    acceptance_sheet,
    kept_in,
    read_acceptances,
    worth_keeping,
)
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.ids import same_ids, with_ids
from reportgen.ledger.reading import Wants, read_ledger_files
from reportgen.ledger.records import Record, period_name, same_period
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.limits import held
from reportgen.package import XLSX, called, file_kind, short
from reportgen.problems import CannotWrite, InputError, Location, Outcome, Problem, error, refuse_errors
from reportgen.receiving import Setting, Told, replies_of
from reportgen.source import shown_path
from reportgen.target import ExistingLedger, check_target, read_target
from reportgen.template.limits_block import by_limits_of
from reportgen.template.loading import load_sound_config
from reportgen.template.return_forms import PreparedForm, load_return_form, reminder_text
from reportgen.template.schema import Config

# What was not collected at all; `--strict` writes nothing then.
NOT_COLLECTED = (Kind.UNREAD, Kind.OTHER_PERIOD, Kind.FAULT, Kind.UNPLACED, Kind.NAMELESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to collect (汇总请求): `own` are files beside the ledger that this run writes, and no returns.

    `ledgers` stand in for those that the configuration names. Without any returns it says who has still to return.
    """

    config: Path
    returns: Sequence[Path]
    into: Path
    on: date | None = None
    own: Sequence[Path] = ()
    ledgers: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Rolled:
    """What this run rolled over (结转上期): the ledger that it began with, how many texts became last period's.

    No later run of the period tells it again.
    """

    ledger: str
    moved: int

    def as_json(self) -> dict[str, Any]:
        """The roll-over as plain data."""
        return {"ledger": self.ledger, "moved": self.moved}


def _rolled(before: Merged) -> Rolled | None:
    moved = sum(bool(entry.last_progress) for entry in before.ledger)
    return Rolled(before.ledger.file, moved) if before.rolled else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What came of a collection (汇总所得): the ledger's bytes, whether it differs from the one that stands there.

    `stood` are the bytes of that one as they were read, None where there was none.
    """

    collection: Collection
    workbook: bytes
    changed: bool
    name: str
    title: str
    reminder: str
    skipped: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    stood: bytes | None
    rolled: Rolled | None = None

    @property
    def complete(self) -> bool:
        """Whether everything was read and placed (全部收齐): nothing that came in was left out."""
        return not any(each.kind in NOT_COLLECTED and not each.settled for each in self.collection.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    config: Config
    register: Register | None
    words: Words
    form_words: Words
    form: PreparedForm
    day: date | None
    before: Merged
    standing: ExistingLedger | None
    warnings: tuple[Problem, ...]
    accepted: tuple[Acceptance, ...] = ()


@by_limits_of(lambda request, *_, **__: request.config)
def collect(request: Request, told: Told = lambda done, of: None) -> Collected:
    """The ledger with all returns in it; a return that cannot be read does not stop the others.

    `told` hears how many of the files have been read. Raises `InputError` with all problems of configuration and
    ledger, before any return is read.
    """
    check_target(request.into)
    inputs = _inputs(request)
    own = dict.fromkeys((request.into, *request.own), "要写入的文件")
    for path in request.ledgers or [request.config.parent / name for name in inputs.config.ledger]:
        own.setdefault(path, "配置里的台账")
    setting = Setting(ledger=inputs.before.ledger, register=inputs.register, words=inputs.form_words, day=inputs.day)
    came = arrivals(request.returns, own, held().outside) if request.returns else Arrivals(())
    replies, found = replies_of(came, setting, told)
    if request.returns:
        refuse_none(found, request.returns)
    replies = [_without_duties(reply, inputs.form) for reply in replies]
    answering = Answering(inputs.register, inputs.day)
    merged = merge(inputs.before, replies, answering)
    _refuse_too_much(merged, request.into)
    deadline = inputs.config.returns.deadline
    collection = collection_of(merged, answering, deadline, request.on)
    sheets = collected_sheets(collection, inputs.words)
    if inputs.accepted:
        sheets = (*sheets, acceptance_sheet(inputs.accepted))
    workbook = write_workbook(sheets, f"{merged.record.period}工作台账")
    return Collected(
        collection=collection,
        workbook=workbook,
        changed=inputs.standing is None or inputs.standing.blob != workbook,
        name=shown_path(request.into),
        title=merged.record.period,
        reminder=reminder_text(inputs.form, reminder_facts(collection)),
        skipped=found.skipped,
        problems=inputs.warnings,
        stood=inputs.standing.blob if inputs.standing else None,
        rolled=_rolled(inputs.before),
    )


def refuse_changed(into: Path, stood: bytes | None) -> None:
    """Raise `CannotWrite` if somebody has opened or saved the ledger since it was read (汇总时台账被改动)."""
    check_target(into)
    try:
        now = into.read_bytes()
    except FileNotFoundError:
        now = None
    except OSError:
        return  # publishing tells why it cannot be replaced
    if now != stood:
        shown = shown_path(into)
        what = f"汇总的时候，「{called(shown)}」被人改动、新建或删去了，没有写入"
        fix = "请关闭它再汇总一次，别人改的会保留"
        raise CannotWrite([error("collect.target-changed", what, fix, Location(file=shown))])


def _without_duties(reply: Reply, form: PreparedForm) -> Reply:
    """The reply without the column 本单位职责 of the form, which the program itself has filled in."""
    if reply.returned is None:
        return reply
    returned = without_duties(reply.returned, form)
    matches = [replace(match, row=row) for match, row in zip(reply.matches, returned.rows, strict=True)]
    return replace(reply, returned=returned, matches=tuple(matches))


def _refuse_too_much(merged: Merged, into: Path) -> None:
    """A record that could not be read again would be worth nothing."""
    count = len(merged.record.origins)
    if count > (most := most_origins()):
        what = f"各单位共报了 {count} 条内容，超过 {most} 条，「{called(shown_path(into))}」记不下来源"
        sizes = Counter(origin.where.file for origin in merged.record.origins).most_common(3)
        listed = "、".join(f"「{short(file)}」{size} 条" for file, size in sizes)
        fix = f"最多的是{listed}：请先看看是不是多报了；确有这么多，请把台账分成几份，分开汇总"
        raise InputError([error("collect.too-many-origins", what, fix, Location(file=shown_path(into)))])


def _inputs(request: Request) -> _Inputs:
    """Configuration, register, words and the ledger to begin with; their faults together."""
    sound = load_sound_config(request.config, shown_path(request.config))
    config, source = sound.value
    problems = list(sound.problems)
    beside = request.config.parent
    found = attempt(problems, lambda: configured_register(config, beside), source.locate(("units",))) or (None, None)
    register = found[0].value if found[0] else None
    problems += found[0].problems if found[0] else ()
    words = attempt(problems, lambda: configured_words(config, source)) or STANDARD_WORDS
    asked = source.locate(("returns", "form")) if ("returns", "form") in source.places else source.locate(())
    form = attempt(problems, lambda: load_return_form(config, beside, asked))
    by_form = attempt(problems, lambda: form_words(words, form.value)) if form else None
    refuse_errors(problems)
    period = period_name(config.year, config.period)
    day = units_day(config)
    sound_so_far = len(problems)
    standing = attempt(problems, lambda: read_target(request.into, period, words, register, day))
    before: Merged | None = None
    accepted: tuple[Acceptance, ...] = ()
    if standing:
        before, accepted = standing.merged, standing.accepted
    elif len(problems) == sound_so_far:  # there is none yet
        wants = wanted_sheets(config, source, beside, problems)
        asked_for = None if request.ledgers else source.locate(("ledger",))
        files = attempt(problems, lambda: ledger_files(config, beside, request.ledgers), asked_for)
        paths = request.ledgers or [beside / name for name in config.ledger]
        beside_files = attempt(problems, lambda: _lists_beside(paths)) or ()
        read = None
        if files and wants:
            title = files[0][0]
            read = attempt(
                problems,
                lambda: confined(
                    title, held().outside, _read_beginning, files, beside_files, wants, register, words, day, period
                ),
            )
        problems += read.problems if read else ()
        if read:
            before, accepted = read.value
    refuse_errors(problems)
    assert before, "refused above"
    assert form, "refused above"
    before = replace(before, ledger=with_ids(before.ledger))
    refuse_errors(list(same_ids(before.ledger)))
    return _Inputs(
        config=config,
        register=register,
        words=words,
        form_words=by_form or words,
        form=form.value,
        day=day,
        before=before,
        standing=standing,
        warnings=tuple(problem for problem in problems if problem.code not in _LEDGER_NEWS),
        accepted=accepted,
    )


# Of a ledger that is being collected: that it lacks what the units are asked for is no news.
_LEDGER_NEWS = {"ledger.empty-progress", "ledger.no-progress"}


def _lists_beside(ledgers: Sequence[Path]) -> tuple[tuple[str, bytes], ...]:
    """The lists of accepted findings that lie beside the ledger's files, where they are no workbooks."""
    paths = [kept_in(path) for path in ledgers if kept_in(path) != path]
    return tuple((shown_path(path), read_outside(path, shown_path(path))) for path in paths if path.exists())


def _read_beginning(
    files: Sequence[tuple[str, bytes]],
    lists: Sequence[tuple[str, bytes]],
    wants: Wants,
    register: Register | None,
    words: Words,
    day: date | None,
    period: str,
) -> Outcome[tuple[Merged, tuple[Acceptance, ...]]]:
    """The configuration's ledger at the beginning of the period; one that states this very period goes on as it is.

    With it come the findings that the office lets stand. Runs in a worker.
    """
    read = read_ledger_files(files, wants, register, words, day)
    workbooks = [(name, blob) for name, blob in files if file_kind(blob) == XLSX]
    lists_read = [read_acceptances(blob, name) for name, blob in (*workbooks, *lists)]
    accepted = tuple({each.key: each for listed in lists_read for each in worth_keeping(listed.value)}.values())
    told = (*read.problems, *(problem for listed in lists_read for problem in listed.problems))
    ledger = read.value
    if not ledger.period or not same_period(ledger.period, period):
        return Outcome((rolled_over(with_ids(ledger), period), accepted), told)
    for name, blob in workbooks:
        record = record_in({table.name: table for table in read_contents(blob, name).value.tables})
        if record is not None:
            return Outcome((Merged(ledger=ledger, record=record), accepted), told)
    return Outcome((Merged(ledger=ledger, record=Record(period=period)), accepted), told)
