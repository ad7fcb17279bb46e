"""What is wrong with a period's ledger (看问题): its examination, grouped by kind and cause; what is let stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from reportgen.problems import InputError, error
from reportgen.service.model import Acceptance, Job, LedgerVersion, Period, Person
from reportgen.service.office.asking import ask
from reportgen.service.office.desk import Desk
from reportgen.service.office.job_results import Latest, latest, result_of
from reportgen.service.office.orders import examine_order
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.refusals import not_found
from reportgen.service.store import acceptances, audit, ledgers
from reportgen.service.store.opening import reading, writing
from reportgen.source import clean_text

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Latest):
    """The newest look at what a period has now (检查现状)."""

    period: Period
    ledger: LedgerVersion | None


def looked(desk: Desk, con: Connection, period: Period) -> Looked:
    """The newest examination of a period (最近一次检查)."""
    ledger = ledgers.newest(con, period.id)
    if ledger is None:
        return Looked(period=period, ledger=None)
    job, shown = latest(con, period.id, examine_order(con, period))
    return Looked(period=period, ledger=ledger, job=job, shown=shown, result=result_of(desk, shown))


def the_look(desk: Desk, person: Person, period: str) -> Looked:
    """The newest examination of a period (最近一次检查), looked at by itself."""
    with reading(desk.store) as con:
        return looked(desk, con, visible_period(con, person, period))


def examine(desk: Desk, person: Person, period: str) -> Job:
    """Have the ledger examined as it stands now (再查一次)."""
    with writing(desk.store) as con:
        found = visible_period(con, person, period)
        return ask(con, desk, person, examine_order(con, found), period)


# ---- groups of equal causes


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing to look at (一处): what, where, how to mend it; findings have a key by which they are let stand."""

    what: str
    fix: str
    places: tuple[Mapping[str, Any], ...]
    spots: tuple[str, ...] = ()
    quote: str = ""
    key: str = ""
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Things of one cause (同一原因的各处): `fix` stands here if it is the same for all of them."""

    title: str
    is_error: bool
    stops: bool
    fix: str
    issues: tuple[Issue, ...]

    @property
    def is_one_sentence(self) -> bool:
        """Whether the title says it all, so that only the places are left to tell."""
        return bool(self.fix) and all(each.what == self.title for each in self.issues)


def groups(look: Looked, accepted: Mapping[str, Acceptance]) -> list[Group]:
    """All that is to be looked at (待看的问题): what stops a report first, then by kind and cause."""
    result = look.result or {}
    found: dict[tuple[int, str, str], list[Issue]] = {}
    for each in result.get("problems", ()):
        rank = 0 if each["severity"] == "error" else 2
        places = [place for place in (each.get("where"), *each.get("related", ())) if place]
        issue = Issue(what=each["what"], fix=each["fix"], places=tuple(places))
        found.setdefault((rank, each["code"], _cause(each["what"])), []).append(issue)
    for each in result.get("findings", ()):
        if each["key"] in accepted:
            continue
        rank = 1 if each["severity"] == "error" else 3
        found.setdefault((rank, each["rule"], each["name"]), []).append(_finding(each))
    order = sorted(found.items(), key=lambda item: item[0][0])
    return [_group(rank, cause, issues) for (rank, _, cause), issues in order]


def let_stand(look: Looked, accepted: Mapping[str, Acceptance]) -> list[Issue]:
    """The findings that are let stand (已认可的), on this page or in the ledger itself, with the reasons."""
    result = look.result or {}
    here = [
        _finding(each, accepted[each["key"]].reason, accepted[each["key"]].author)
        for each in result.get("findings", ())
        if each["key"] in accepted
    ]
    return [*here, *(_finding(each, each["reason"]) for each in result.get("accepted", ()))]


def _finding(each: Mapping[str, Any], reason: str = "", author: str = "") -> Issue:
    places = tuple(place["where"] for place in each["places"] if place["where"])
    spots = tuple(place["spot"] for place in each["places"] if not place["where"])
    quote = each["places"][0]["quote"] if each["places"] else ""
    return Issue(
        what=each["what"], fix=each["fix"], places=places, spots=spots, quote=quote, key=each["key"], reason=reason,
        author=author,
    )  # fmt: skip


def _cause(what: str) -> str:
    """What is the same in sentences about the same fault (同一原因): quoted names and figures left out."""
    return re.sub(r"\d+(?:\.\d+)?", "…", re.sub(r"「[^」]*」", "「…」", what))


def _group(rank: int, cause: str, issues: Sequence[Issue]) -> Group:
    same = {each.what for each in issues}
    fixes = {each.fix for each in issues}
    return Group(
        title=same.pop() if len(same) == 1 else cause,
        is_error=rank < 2,
        stops=rank == 0,
        fix=fixes.pop() if len(fixes) == 1 else "",
        issues=tuple(issues),
    )


def listed(found: Iterable[Group]) -> str:
    """The list to paste into Excel or a mail (问题清单): a row each, its parts in columns."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Iterable[Group]) -> Iterator[str]:
    yield "级别\t位置\t问题\t怎么改"
    for group in found:
        level = "错误" if group.is_error else "提醒"
        for each in group.issues:
            places = [f"「{place['sheet']}」{place.get('cell', '')}" for place in each.places if place.get("sheet")]
            parts = (level, "、".join([*places, *each.spots]), each.what, each.fix)
            yield "\t".join(" ".join(part.split()) for part in parts)


# ---- what is let stand


def accepted_findings(desk: Desk, person: Person, period: str) -> dict[str, Acceptance]:
    """The findings that were let stand (已认可的), by their keys."""
    with reading(desk.store) as con:
        visible_period(con, person, period)
        return acceptances.of_period(con, period)


def accept(desk: Desk, person: Person, period: str, finding: str, reason: str) -> Acceptance:
    """Let a finding stand (认可), with the reason that somebody else will read."""
    look = the_look(desk, person, period)
    known = {each["key"]: each for each in (look.result or {}).get("findings", ())}
    if finding not in known:
        raise not_found("这一条意见")
    text = fit_reason(reason, "认可")
    with writing(desk.store) as con:
        visible_period(con, person, period)
        audit.note(con, person, "认可意见", period, f"{known[finding]['what']}（理由：{text}）")
        return acceptances.accept(con, period, finding, text, person)


def withdraw(desk: Desk, person: Person, period: str, finding: str) -> None:
    """It is to be mended after all (取消认可)."""
    with writing(desk.store) as con:
        visible_period(con, person, period)
        if finding not in acceptances.of_period(con, period):
            raise not_found("这一条认可")
        acceptances.withdraw(con, period, finding)
        audit.note(con, person, "取消认可意见", period, finding)


def fit_reason(reason: str, doing: str) -> str:
    """A reason in a sentence or two (理由); refused where there is none."""
    text = " ".join(clean_text(reason)[0].split())
    if len(text) < 2 or len(text) > LONGEST_REASON:
        what = f"{doing}的理由没有写" if len(text) < 2 else f"{doing}的理由有 {len(text)} 个字，太长"
        fix = f"请写一句以后看得懂的理由，{LONGEST_REASON} 字以内，如：口径不同，已与统计局核对"
        raise InputError([error("service.reason-missing", what, fix)])
    return text
