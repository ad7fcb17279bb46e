"""Templates that are written for one unit (写给一个单位的模板): what only they may use, and the name of their file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.problems import Location, Problem, error
from reportgen.source import Path_, Source
from reportgen.template.hints import shown
from reportgen.template.schema import ColumnSpec, Config, Template

UNIT_FACTS = ("unit", "unit_no", "unit_kind", "contact")
"""The names under which a text of such a template finds its unit, and to whom that answers."""
UNIT_FIELDS = ("duty", "duty_group", "report_annex", "report_no")
"""What only the entries of one unit have."""
ONLY_PER_UNIT = "只有写给一个单位的模板才有，这样的模板要写 per_unit: true"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """The unit that a document is for (收件单位): its name, its place in the register from 1, its kind."""

    name: str
    number: int
    kind: str = ""


def unit_facts(config: Config, unit: UnitFacts) -> dict[str, Any]:
    """What the texts of a document for one unit (收件单位) find beside what the configuration says to all."""
    contact = config.returns.contact or ""
    return {"unit": unit.name, "unit_no": unit.number, "unit_kind": unit.kind, "contact": contact}


def only_for_units(template: Template, asked: Location) -> tuple[Problem, ...]:
    """That a report for all cannot be made with a template written for one unit, if it is one."""
    if not template.per_unit:
        return ()
    what = f"模板「{shown(template.name)}」写给一个单位，要各单位各出一份，不能用来生成报告"
    fix = "请把它写在 unit_sets 的 template 里，用 reportgen units 生成；template 请写报告的模板，如 half-year-report"
    return (error("template.per-unit", what, fix, asked),)


def not_for_units(template: Template, asked: Location) -> tuple[Problem, ...]:
    """That the units' documents cannot be made with a template that is not written for one unit."""
    if template.per_unit:
        return ()
    what = f"模板「{shown(template.name)}」不是写给一个单位的，不能给各单位各出一份"
    fix = "请在 unit_sets 的 template 里写 per_unit: true 的模板，如 unit-annex；或删去这一项"
    return (error("template.not-per-unit", what, fix, asked),)


def per_unit_problems(template: Template, source: Source) -> Iterator[Problem]:
    """A template for one unit without a file name or with another addressee, and what another template may not have."""
    if template.per_unit:
        if template.file_name is None:
            what = f"模板「{shown(template.name)}」给各单位各出一份，却没有写文件名"
            fix = "请补上 file_name，如 file_name: 附件{{ unit_no }}_{{ unit }}"
            yield error("template.no-file-name", what, fix, source.locate(("per_unit",)))
        for name, spec in template.lists.items():
            if spec.of_addressee:
                what = "「of_addressee」按配置的主送机关取条目，给各单位各出一份的模板里每份都会取成一样的"
                fix = "请改写为 duty: 牵头，只取本单位牵头的；连配合的也要，就删去这一项"
                yield error("template.not-of-unit", what, fix, source.locate(("lists", name, "of_addressee")))
        return
    for path, key in _uses(template):
        fix = "请删去；要给各单位各出一份，请在模板开头写 per_unit: true"
        yield error("template.only-per-unit", f"「{key}」{ONLY_PER_UNIT}", fix, source.locate(path))


def _uses(template: Template) -> Iterator[tuple[Path_, str]]:
    """Where a template uses what only one for a unit may, with the name of what it uses."""
    for key in ("file_name", "lead", "support"):
        if getattr(template, key) is not None:
            yield (key,), key
    for name, spec in template.lists.items():
        if spec.duty is not None:
            yield ("lists", name, "duty"), "duty"
    for index, annex in enumerate(template.annexes):
        for place, field in enumerate(annex.sections):
            if field in UNIT_FIELDS:
                yield ("annexes", index, "sections", place), field
        yield from _columns(annex.columns, ("annexes", index))


def _columns(columns: Sequence[ColumnSpec], path: Path_) -> Iterator[tuple[Path_, str]]:
    for index, column in enumerate(columns):
        own = (*path, "columns", index)
        if column.field in UNIT_FIELDS:
            yield (*own, "field"), str(column.field)
        yield from _columns(column.columns, own)
