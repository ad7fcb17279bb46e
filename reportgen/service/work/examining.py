"""EXAMINE (检查台账): configuration and ledger as `check` and `judge` see them, and what changed since last period.

Options: `config`, the name of the configuration; `ledgers`, the paths of the ledger's files in the folder; `accepted`,
why which findings are accepted, by their keys, beside those that the ledger itself has.

Faults of configuration and ledger are the result, not a failure. The result is

- `ready`: whether a report can be made of it; `file`: what the ledger is called; `period`: 2026年1—6月
- `problems`: all faults of reading as `Problem.as_json()`, each once: errors (a report cannot be made) and warnings
- `findings`, `accepted`: those of proofreading as `check --json` has them: `key` (by which it is accepted), `rule`,
  `name` (the rule's, for people), `severity`, `what`, `fix`, `places` (`spot` in words, `where` file, sheet and cell,
  `quote`); the accepted ones with their `reason`. None were looked for where the ledger could not be read.
- `gone`: keys of `accepted` that are no findings any more
- `not_checked`: sentences about what could not be looked at
- `counts`: `errors`, `warnings` (of reading), `wrong`, `doubtful`, `accepted` (findings), `goals`, `tasks`, and
  `judgements` (how many entries have which word, "" for none)
- `judged`: what `judge --json` has (`until`, `elapsed`, `rules`, `counts`, `verdicts` in the ledger's order), or null
- `entries`: every entry in the ledger's order: `number` (from 0, the place of its verdict, too), `sheet`, `id` (stable,
  also where the ledger has none), `given_no`, `category`, `text`, `lead_units`, `support_units`, `last_progress`,
  `progress`, `judgement`, `phrase`, `cells` (field → place), `findings` (keys of those that stand in its cells)
- `changes`: since the former ledger that the configuration names: what `changes --json` has, without `template`; null
  where it names none
- `overview`: counts and figures as `work.overview` tells them, or null; its pictures are among the job's files
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.check import Proofed, check_file, with_acceptances
from reportgen.check_view import as_json as check_json
from reportgen.former import Former, configured_former
from reportgen.inputs import attempt, configured_register
from reportgen.judge import Judged, judge_ledger
from reportgen.ledger.acceptances import Acceptance
from reportgen.ledger.ids import with_ids
from reportgen.ledger.model import Ledger
from reportgen.period_changes import Changed
from reportgen.period_view import as_json as changes_json
from reportgen.problems import Location, Problem, Severity, has_errors
from reportgen.service.model import Order
from reportgen.service.work.confining import outside
from reportgen.service.work.layout import Given, given_in, put
from reportgen.service.work.model import Made, Room
from reportgen.service.work.overview import Overview, overview
from reportgen.source import shown_path
from reportgen.styles import StyleSheet
from reportgen.template.loading import configured_styles, load_sound_config


def examine(order: Order, room: Room) -> Made:
    """What is to be said of a configuration with its ledger (检查结果)."""
    given = given_in(room.given, order)
    if away := list(outside(given)):
        return Made(result={**_result(order, given, away, None, None, None), "overview": None}, files={})
    room.told("校核台账和成文", 0, 3)
    checked = _checked(given, order.options.get("accepted", {}))
    problems = list(checked.problems)
    room.told("研判", 1, 3)
    judged = attempt(problems, lambda: judge_ledger(given.config, given.ledgers))
    problems += judged.problems if judged else ()
    room.told("与上期比较", 2, 3)
    former = _former(given, checked, judged, problems)
    room.told("画总览", 3, 3)
    drawn = _overview(given, checked, judged, former)
    result = _result(order, given, problems, checked, judged, former)
    files = {name: put(room.made, name, blob) for name, blob in drawn.files.items()} if drawn else {}
    return Made(result={**result, "overview": drawn.result if drawn else None}, files=files)


def _checked(given: Given, reasons: Mapping[str, str]) -> Proofed:
    """The check of the configuration, with what the period accepted."""
    checked = check_file(given.config, ledgers=given.ledgers)
    if checked.kind is None or not reasons:
        return checked
    stand = [each for each in checked.kept if each.key not in reasons]
    return with_acceptances(checked, (*stand, *(Acceptance(key=key, reason=why) for key, why in reasons.items())))


def _former(given: Given, checked: Proofed, judged: Judged | None, problems: list[Problem]) -> Former | None:
    """What changed since the ledger that the configuration names as the former one, whatever its template asks for."""
    if checked.former is not None or judged is None:
        return checked.former
    config, source = load_sound_config(given.config, shown_path(given.config)).value
    if not config.previous_ledger:
        return None
    # What is wrong with the register was told by the check.
    found = attempt([], lambda: configured_register(config, given.folder))
    register = found[0].value if found and found[0] else None
    whole = (config, source, given.folder)
    return configured_former(whole, (), checked.ledger or judged.ledger, judged.words, register, problems)


def _overview(given: Given, checked: Proofed, judged: Judged | None, former: Former | None) -> Overview | None:
    """The overview of all that the rules could judge, also where the report cannot be made yet."""
    if judged is None:
        return None
    styles = checked.basis.styles if checked.basis else attempt([], lambda: _styles(given))
    if styles is None:
        return None
    return overview(judged.ledger, judged.verdicts, former.changes if former else None, styles)


def _styles(given: Given) -> StyleSheet:
    config, source = load_sound_config(given.config, shown_path(given.config)).value
    return configured_styles(config, source, given.folder)[0]


# ---- the result as plain data


def _result(
    order: Order,
    given: Given,
    problems: Sequence[Problem],
    checked: Proofed | None,
    judged: Judged | None,
    former: Former | None,
) -> dict[str, Any]:

    told = once(problems)
    was_read = checked is not None and checked.kind is not None
    found = check_json(checked) if checked is not None and was_read else {}
    ledger = _ledger(checked, judged)
    findings = found.get("findings", [])
    entries = list(_entries(ledger, findings)) if ledger else []
    errors = sum(each.severity is Severity.ERROR for each in told)
    wrong = sum(each["severity"] == "error" for each in findings)
    return {
        # What keeps the rules from judging keeps nobody from making the report.
        "ready": checked is not None and was_read and not has_errors(checked.problems),
        "file": "、".join(shown_path(path) for path in given.ledgers),
        "period": found.get("period") or "",
        "problems": [each.as_json() for each in told],
        "findings": findings,
        "accepted": found.get("accepted", []),
        "gone": _gone(checked, order) if checked else [],
        "not_checked": found.get("not_checked", []),
        "counts": {
            "errors": errors,
            "warnings": len(told) - errors,
            "wrong": wrong,
            "doubtful": len(findings) - wrong,
            "accepted": len(found.get("accepted", [])),
            "goals": len(ledger.goals) if ledger else 0,
            "tasks": len(ledger.tasks) if ledger else 0,
            "judgements": dict(Counter(each["judgement"] for each in entries)),
        },
        "judged": judged.as_json() if judged else None,
        "entries": entries,
        "changes": _changes(former) if former else None,
    }


def _gone(checked: Proofed, order: Order) -> list[str]:
    keys = {finding.key for finding in (*checked.findings, *checked.accepted)}
    return [key for key in order.options.get("accepted", {}) if checked.kind and key not in keys]


def once(problems: Sequence[Problem]) -> list[Problem]:
    """Each fault once (不重复): of what two roads tell of one place, the graver one."""
    found: dict[tuple[str, str, Location | None], Problem] = {}
    for each in problems:
        first = found.setdefault((each.code, each.what, each.where), each)
        if first.severity is Severity.WARNING and each.severity is Severity.ERROR:
            found[each.code, each.what, each.where] = each
    return list(found.values())


def _ledger(checked: Proofed | None, judged: Judged | None) -> Ledger | None:
    """The ledger as it was read, by whichever road came through; the same entries, in the same order."""
    if judged is not None:
        return judged.ledger
    return checked.ledger if checked is not None else None


def _entries(ledger: Ledger, findings: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:

    keys: dict[tuple[Any, ...], list[str]] = {}
    for finding in findings:
        for place in finding["places"]:
            if place["where"]:
                keys.setdefault(tuple(sorted(place["where"].items())), []).append(finding["key"])
    for number, entry in enumerate(with_ids(ledger)):
        cells = {name: where.as_json() for name, where in entry.cells.items()}
        own = [key for where in cells.values() for key in keys.get(tuple(sorted(where.items())), ())]
        yield {
            "number": number,
            "sheet": entry.sheet.value,
            **{name: _plain(getattr(entry, name)) for name in _SHOWN},
            "cells": cells,
            "findings": list(dict.fromkeys(own)),
        }


_SHOWN = (
    "id", "given_no", "category", "text", "lead_units", "support_units", "last_progress", "progress", "judgement",
    "phrase",
)  # fmt: skip


def _plain(value: str | tuple[str, ...]) -> str | list[str]:
    return list(value) if isinstance(value, tuple) else value


def _changes(former: Former) -> dict[str, Any]:

    told = changes_json(Changed(changes=former.changes, text=former.text, template=former.wording, files=()))
    return {name: value for name, value in told.items() if name not in ("ok", "template", "problems")}
