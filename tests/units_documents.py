"""Documents for one unit (各单位分送件) made from a few entries or from the sample, for several test files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reportgen.document import Document
from reportgen.generate import Inputs, Request, read_inputs
from reportgen.inputs import units_day
from reportgen.intake.duties import UnitDuties, duties_by_unit
from reportgen.intake.tailoring import tailored
from reportgen.ledger.model import Entry, Ledger, ReportPlace, Sheet
from reportgen.ledger.units import Group, Register, Unit
from reportgen.problems import Location, Outcome, refuse_errors
from reportgen.source import read_source
from reportgen.template.compose import Prepared, compose, prepare, report_places
from reportgen.template.loading import check_model, load_template
from reportgen.template.per_unit import UnitFacts
from reportgen.template.schema import Config, Template
from tests.projects import ROOT, SAMPLE

SHIPPED = (ROOT / "templates/unit-annex.yaml").read_text(encoding="utf-8")
REPORT = (ROOT / "templates/half-year-report.yaml").read_text(encoding="utf-8")
CONFIG = {
    "version": 1, "template": "x", "ledger": "x.xlsx", "year": 2026, "period": "1—6月", "issuer": "甲区督查室",
    "date": "2026-07-10",
}  # fmt: skip
REGISTER = Register(
    units=(Unit("区教委", "部门"), Unit("区城管局", "部门"), Unit("石渡街道", "镇街"), Unit("柳荫镇", "镇街")),
    groups=(Group("各镇街", kind="镇街"),),
)


def ready(template: str | Mapping[str, Any], **config: Any) -> Outcome[Prepared]:
    """A template's text, or parts of one, made ready, with what `prepare` says of it."""
    if not isinstance(template, str):
        parts = json.loads(json.dumps({"version": 1, "name": "试验", **template}))  # YAML would refer to equal parts
        template = yaml.safe_dump(parts, allow_unicode=True, sort_keys=False)
    source = read_source(template.encode(), "templates/t.yaml")
    data = {key: value for key, value in {**CONFIG, **config}.items() if value is not None}
    config_source = read_source(yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode(), "c.yaml")
    return prepare(check_model(Template, source), source, check_model(Config, config_source), config_source)


def sound(template: str | Mapping[str, Any], **config: Any) -> Prepared:
    outcome = ready(template, **config)
    refuse_errors(outcome.problems)
    return outcome.value


def duties_of(ledger: Ledger, unit: str) -> UnitDuties:
    """What a unit of the small register does in a ledger."""
    return next(each for each in duties_by_unit(ledger, REGISTER).value if each.unit == unit)


def places_in_report(ledger: Ledger, report: str | Mapping[str, Any] = REPORT, **config: Any) -> list[ReportPlace]:
    """Where a report shows the entries of a ledger, goals before tasks."""
    places = report_places(sound(report, **config), ledger)
    return [places[sheet, at] for sheet in Sheet for at in range(len(ledger.entries(sheet)))]


def for_unit(
    template: str | Mapping[str, Any],
    unit: str,
    ledger: Ledger,
    report: str | Mapping[str, Any] = REPORT,
    **config: Any,
) -> Outcome[Document]:
    """The document of a unit of the small register."""
    duties = duties_of(ledger, unit)
    own = tailored(ledger, duties, report_places(sound(report, **config), ledger))
    facts = UnitFacts(name=unit, number=duties.rank + 1, kind=duties.kind)
    return compose(sound(template, **config), own, facts)


@dataclass(frozen=True)
class Sample:
    """The sample report and the documents of its units."""

    inputs: Inputs
    template: Prepared
    duties: tuple[UnitDuties, ...]
    documents: Mapping[str, Document]


@cache
def sample() -> Sample:
    """The documents of all units of the sample; composing them may say nothing."""
    warnings: list[Any] = []
    inputs = read_inputs(Request(SAMPLE), warnings)
    config, source = inputs.prepared.config, inputs.config_source
    loaded = load_template(config.unit_sets.template, Path(SAMPLE).parent, Location(file="test"))
    prepared = prepare(*loaded, config, source)
    assert (warnings, prepared.problems) == ([], ())
    duties = duties_by_unit(inputs.ledger, inputs.register, units_day(config)).value
    places = report_places(inputs.prepared, inputs.ledger)
    documents = {}
    for each in duties:
        facts = UnitFacts(name=each.unit, number=each.rank + 1, kind=each.kind)
        composed = compose(prepared.value, tailored(inputs.ledger, each, places), facts)
        assert composed.problems == ()
        documents[each.unit] = composed.value
    return Sample(inputs, prepared.value, duties, documents)


def goal(text: str = "增长5%", judgement: str = "符合预期", **more: Any) -> Entry:
    return Entry(sheet=Sheet.GOALS, text=text, judgement=judgement, **{"lead_units": ("区教委",), **more})


def task(text: str = "任务", judgement: str = "正常推进", **more: Any) -> Entry:
    return Entry(sheet=Sheet.TASKS, text=text, judgement=judgement, **{"lead_units": ("区城管局",), **more})


def ledger_of(*entries: Entry) -> Ledger:
    goals = tuple(entry for entry in entries if entry.sheet is Sheet.GOALS)
    tasks = tuple(entry for entry in entries if entry.sheet is Sheet.TASKS)
    return Ledger(file="台账.xlsx", goals=goals, tasks=tasks, period="2026年1—6月")
