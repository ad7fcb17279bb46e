"""Names of a template that are wrong (名字的问题): no text could use them, or nothing stands behind them."""

from __future__ import annotations

from reportgen.ledger.model import STATUSES, VERDICTS, Sheet
from reportgen.problems import Problem, error
from reportgen.source import Source
from reportgen.template.hints import hint, shown
from reportgen.template.schema import Config, Template
from reportgen.template.texts import own_wording

WHOLE_SHEETS = {"goals": Sheet.GOALS, "tasks": Sheet.TASKS}
"""The lists of all entries of a sheet (整张表的条目), which every template has."""


def bad_names(template: Template, source: Source, facts: tuple[str, ...]) -> list[Problem]:
    """Lists, wordings and annexes whose name no text could use, or that would hide another."""
    problems = []
    taken = {*facts, *WHOLE_SHEETS, "annex", "chart", "changes", "loop"}
    for group in ("lists", "wording"):
        for name in getattr(template, group):
            if name in taken or not name.isidentifier() or name.startswith("_") or name in _RESERVED:
                what = f"「{shown(name)}」不能用作名字，或已另有所指"
                fix = "请换一个名字：用字母、汉字、数字和下划线，不以数字或下划线开头，不与别的名字相同"
                problems.append(error("template.bad-name", what, fix, source.locate((group, name))))
            taken.add(name)
    ids: set[str] = set()
    for index, annex in enumerate(template.annexes):
        if annex.id in ids:
            what = f"附件名「{shown(annex.id)}」重复"
            problems.append(error("template.bad-name", what, "请换一个名字", source.locate(("annexes", index, "id"))))
        ids.add(annex.id)
    return problems


_RESERVED = frozenset({"true", "false", "none", "True", "False", "None", "not", "and", "or", "in", "is", "if", "else"})


def unknown_lists(template: Template, source: Source) -> list[Problem]:
    """Judgements that no ledger has, and annexes of lists that the template does not define."""
    problems = []
    for name, spec in template.lists.items():
        allowed = VERDICTS if spec.sheet == Sheet.GOALS.value else STATUSES
        if spec.judgement is not None and spec.judgement not in (*allowed, ""):
            where = source.locate(("lists", name, "judgement"))
            what = f"没有「{shown(spec.judgement)}」这种推进情况或评价"
            problems.append(error("template.unknown-status", what, hint(spec.judgement, allowed), where))
    known = [*WHOLE_SHEETS, *template.lists]
    for index, annex in enumerate(template.annexes):
        if annex.rows and annex.rows not in known:
            where = source.locate(("annexes", index, "rows"))
            what = f"附件「{shown(annex.id)}」要用的「{shown(annex.rows)}」没有定义"
            problems.append(error("template.unknown-list", what, hint(annex.rows, known), where))
    return problems


def unknown_wording(template: Template, config: Config, config_source: Source) -> list[Problem]:
    """Wordings of the configuration that the template does not have."""
    own, path = own_wording(template, config)
    return [
        error(
            "config.unknown-wording",
            f"模板「{shown(template.name)}」没有名为「{shown(name)}」的用语",
            hint(name, template.wording),
            config_source.locate((*path, name)),
        )
        for name in own
        if name not in template.wording
    ]
