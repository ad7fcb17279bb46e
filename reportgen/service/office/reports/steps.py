"""The six steps of a period (六步): how far each is, read off what there is; nobody ticks anything."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from reportgen.judging.verdicts import Standing
from reportgen.service.model import Period, Person
from reportgen.service.office.desk import Desk
from reportgen.service.office.reports.building import Built, built
from reportgen.service.office.reports.examining import Looked, looked
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.store import acceptances
from reportgen.service.store.opening import reading

DONE, LOOK, BUSY, TODO = "done", "look", "busy", "todo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the six (一步): `state` is done, look, busy or todo, `note` says it in a few words."""

    section: str
    name: str
    state: str
    note: str = ""


def steps_of(desk: Desk, person: Person, period: str) -> tuple[Step, ...]:
    """How far the period is (各步状态)."""
    with reading(desk.store) as con:
        return _steps(desk, con, visible_period(con, person, period))


def next_section(steps: tuple[Step, ...]) -> str:
    """The step that somebody is at (该做哪一步): the first one that is not done, at the end the last."""
    return next((each.section for each in steps if each.state != DONE), steps[-1].section)


def _steps(desk: Desk, con: Connection, period: Period) -> tuple[Step, ...]:
    look = looked(desk, con, period)
    report = built(con, period)
    open_findings = 0
    if look.result:
        kept = acceptances.of_period(con, period.id)
        open_findings = sum(each["key"] not in kept for each in look.result["findings"])
    return (
        Step(section="setting", name="期次", state=DONE),
        _ledger(look),
        _problems(look, open_findings),
        _verdicts(look),
        _preview(report),
        _downloads(report),
    )


def _ledger(look: Looked) -> Step:
    if look.ledger is None:
        return Step(section="ledger", name="传台账", state=TODO)
    return Step(section="ledger", name="传台账", state=DONE, note=f"第 {look.ledger.version} 版")


def _problems(look: Looked, open_findings: int) -> Step:
    section, name = "problems", "看问题"
    if waiting := _waiting(look):
        return Step(section=section, name=name, state=waiting[0], note=waiting[1])
    assert look.result is not None
    errors = look.result["counts"]["errors"]
    if errors or not look.result["ready"]:
        return Step(section=section, name=name, state=LOOK, note=f"{errors} 处错误")
    others = open_findings + look.result["counts"]["warnings"]
    if others:
        return Step(section=section, name=name, state=LOOK, note=f"{others} 处要看")
    return Step(section=section, name=name, state=DONE, note="没有问题")


def _verdicts(look: Looked) -> Step:
    section, name = "verdicts", "看研判"
    if waiting := _waiting(look):
        return Step(section=section, name=name, state=waiting[0], note=waiting[1])
    judged = look.result["judged"] if look.result else None
    if judged is None:
        return Step(section=section, name=name, state=TODO)
    differs = judged["counts"][Standing.DIFFERS.value]
    if differs:
        return Step(section=section, name=name, state=LOOK, note=f"{differs} 项不一致")
    empty = look.result["counts"]["judgements"].get("", 0) if look.result else 0
    if empty:
        return Step(section=section, name=name, state=LOOK, note=f"{empty} 项空着")
    return Step(section=section, name=name, state=DONE, note="与台账一致")


def _waiting(look: Looked) -> tuple[str, str] | None:
    """State and note where there is nothing to look at yet."""
    if look.ledger is None:
        return TODO, ""
    if look.under_way:
        return BUSY, "正在检查"
    if look.failed:
        return LOOK, "没有查成"
    if not look.is_current or look.result is None:
        return LOOK, "要再查一次"
    return None


def _preview(report: Built) -> Step:
    section, name = "preview", "预览"
    if report.under_way:
        return Step(section=section, name=name, state=BUSY, note="正在生成")
    if report.failed:
        return Step(section=section, name=name, state=LOOK, note="没有生成")
    if report.edition is None:
        return Step(section=section, name=name, state=TODO)
    if not report.is_current:
        return Step(section=section, name=name, state=LOOK, note="不是最新")
    return Step(section=section, name=name, state=DONE, note=f"第 {report.edition.number} 版")


def _downloads(report: Built) -> Step:
    section, name = "downloads", "下载"
    if report.edition is None or report.under_way:
        return Step(section=section, name=name, state=TODO)
    if not report.is_current:
        return Step(section=section, name=name, state=LOOK, note="不是最新")
    return Step(section=section, name=name, state=DONE, note="可以下载")
