"""Text slots (文本填充): plain text with Jinja in it, rendered strictly, in a sandbox, with Chinese filters.

A template sees plain strings, numbers, lists and mappings and nothing else: no files, no network, no Python.
"""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reportgen import numbering
from reportgen.problems import Location, Outcome, Problem, did_you_mean, error

MAX_CHARACTERS = 5_000_000

Place = Callable[[int], Location]
"""The location of a line (from 1) of a slot's text."""


@dataclass(frozen=True)
class Slot:
    """A compiled text slot (文本槽) that knows where each of its lines stands."""

    template: Template
    place: Place


class _Sandbox(ImmutableSandboxedEnvironment):
    # `**` and `*` would build numbers and strings without bound already while compiling.
    intercepted_binops = frozenset(("**", "*", "%", "//"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator != "*" or not all(isinstance(side, (int, float)) and abs(side) < 1e9 for side in (left, right)):
            raise SecurityError(f"不允许使用运算 {operator}")
        return left * right


def _respectively(items: Iterable[Any]) -> str:
    """分别是： before several, 是： before one."""
    return "分别是：" if len(list(items)) > 1 else "是："


def _circled(items: Iterable[str]) -> list[str]:
    """①②③ before each of several sentences; one alone needs no number."""
    sentences = [str(item) for item in items]
    if len(sentences) < 2:
        return sentences
    return [numbering.circled(number) + sentence for number, sentence in enumerate(sentences, 1)]


def _listing(items: Iterable[str], separator: str = "、", last: str = "和") -> str:
    return numbering.listing([str(item) for item in items], separator, last)


def _sentence(text: str) -> str:
    """One line with a full stop at its end."""
    line = _one_line(text)
    return line if not line or line[-1] in "。！？；…" else line + "。"


def _one_line(text: str) -> str:
    return "".join(str(text).split("\n"))


def _first_sentence(text: str) -> str:
    match = re.match(r"[^。！？]*[。！？]?", _one_line(text))
    return match[0] if match else ""


def _clause(text: str, period: str = "") -> str:
    """The first sentence without its full stop and without the period at its head."""
    return _first_sentence(text).rstrip("。！？").removeprefix(period).lstrip("，")


def _phrases(entries: Iterable[Mapping[str, Any]], period: str = "") -> list[str]:
    """The wording for the body of each entry: its 报告用语, or where it has none the first clause of its progress."""
    return [entry["phrase"] or _clause(entry["progress"] or entry["text"], period) for entry in entries]


_STANDARD_FILTERS = (
    "abs", "count", "default", "first", "float", "int", "join", "last", "length", "list", "lower", "map", "max",
    "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "slice", "sort", "string",
    "sum", "trim", "unique", "upper",
)  # fmt: skip
_STANDARD_TESTS = (
    "defined", "undefined", "equalto", "==", "eq", "ne", "!=", "in", "none", "number", "string", "mapping",
    "sequence", "true", "false", "even", "odd", "gt", "ge", "lt", "le", "divisibleby",
)  # fmt: skip
_FILTERS: Mapping[str, Callable[..., Any]] = {
    "circled": _circled,
    "hanzi": numbering.hanzi,
    "listing": _listing,
    "respectively": _respectively,
    "sentence": _sentence,
    "first_sentence": _first_sentence,
    "clause": _clause,
    "one_line": _one_line,
    "phrases": _phrases,
}


def _environment() -> _Sandbox:
    env = _Sandbox(undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False)
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in _STANDARD_FILTERS} | dict(_FILTERS)
    env.tests = {name: env.tests[name] for name in _STANDARD_TESTS}
    return env


_ENVIRONMENT = _environment()
_FORBIDDEN = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Macro,
    nodes.CallBlock,
)


def compile_slot(text: str, place: Place, known: Iterable[str]) -> Outcome[Slot | None]:
    """The slot of `text`, or None and all of its faults: syntax, unknown names, filters, forbidden tags.

    `known` are the names that may be used.
    """
    try:
        tree = _ENVIRONMENT.parse(without_tag_lines(text))
    except TemplateSyntaxError as fault:
        return Outcome(None, (_syntax_problem(fault, place),))
    except (RecursionError, OverflowError, ValueError):
        return Outcome(None, (_too_complex(place(1)),))
    problems = [*_unknown_names(tree, place, set(known)), *_forbidden_parts(tree, place)]
    if problems:
        return Outcome(None, tuple(problems))
    try:
        return Outcome(Slot(_ENVIRONMENT.from_string(tree), place))
    except TemplateSyntaxError as fault:
        return Outcome(None, (_syntax_problem(fault, place),))
    except (TemplateError, RecursionError, OverflowError, ValueError, SyntaxError):
        return Outcome(None, (_too_complex(place(1)),))


_TAG_LINE = re.compile(r"^[ \t]*((?:(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})[ \t]*)+)\n", re.MULTILINE | re.DOTALL)


def without_tag_lines(text: str) -> str:
    """The text with the line end of every line that holds only tags moved into its last tag.

    Such a line leaves nothing behind, while a tag at the end of a line of text does not swallow that line's end
    (Jinja's own trimming would), and the numbers of lines in messages stay right.
    """

    def folded(match: re.Match[str]) -> str:
        tags = match[1].rstrip()
        cut = len(tags) - (3 if tags[-3] in "-+" else 2)
        return tags[:cut] + "\n" + tags[cut:]

    return _TAG_LINE.sub(folded, text)


def render(slot: Slot, context: Mapping[str, Any]) -> Outcome[str]:
    """The slot's text with the context filled in; on a fault the text is empty and the fault told."""
    pieces: list[str] = []
    size = 0
    try:
        for piece in slot.template.generate(context):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_CHARACTERS:
                return Outcome("", (_too_complex(slot.place(1)),))
    except UndefinedError as fault:
        return Outcome("", (_undefined_problem(fault, slot, context),))
    except Exception as fault:  # a template can raise anything that Python can; none of it may reach the user raw
        where = slot.place(_line_of(fault))
        what = str(fault) if isinstance(fault, SecurityError) and "不允许" in str(fault) else "模板中的这一处无法计算"
        return Outcome("", (error("template.cannot-render", what, "请检查所用的名字、过滤器和运算是否合适", where),))
    return Outcome("".join(pieces))


def names_in(text: str) -> frozenset[str]:
    """The variables that a text refers to; empty where its syntax is wrong (compiling it says so)."""
    try:
        return frozenset(node.name for node in _ENVIRONMENT.parse(text).find_all(nodes.Name) if node.ctx == "load")
    except (TemplateSyntaxError, RecursionError, OverflowError, ValueError):
        return frozenset()


def _unknown_names(tree: nodes.Template, place: Place, known: set[str]) -> list[Problem]:
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    allowed = known | stored | {"loop"}
    problems = []
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in allowed:
            what = f"模板用了没有定义的名字「{node.name}」"
            fix = did_you_mean(node.name, sorted(known | stored))
            problems.append(error("template.undefined", what, fix, place(node.lineno)))
    return problems


def _forbidden_parts(tree: nodes.Template, place: Place) -> list[Problem]:
    problems = []
    for part in tree.find_all(_FORBIDDEN):
        fix = "模板不能读取其他文件或定义宏，请直接写出内容"
        problems.append(error("template.forbidden", "模板用了不允许的标签", fix, place(part.lineno)))
    reached: tuple[type[nodes.Expr], ...] = (nodes.Getattr, nodes.Getitem)
    for attribute in tree.find_all(reached):
        name = getattr(attribute, "attr", None) or getattr(getattr(attribute, "arg", None), "value", "")
        if isinstance(name, str) and name.startswith("_"):
            fix = "名字不能以下划线开头"
            what = f"模板用了不允许的名字「{name}」"
            problems.append(error("template.forbidden", what, fix, place(attribute.lineno)))
    for used in tree.find_all((nodes.Filter, nodes.Test)):
        table = _ENVIRONMENT.filters if isinstance(used, nodes.Filter) else _ENVIRONMENT.tests
        if used.name not in table:
            fix = did_you_mean(used.name, sorted(table))
            kind = "过滤器" if isinstance(used, nodes.Filter) else "判断"
            what = f"没有「{used.name}」这个{kind}"
            problems.append(error("template.unknown-filter", what, fix, place(used.lineno)))
    return problems


def _syntax_problem(fault: TemplateSyntaxError, place: Place) -> Problem:
    message = fault.message or ""
    known = next((chinese for english, chinese in _JINJA_SAYS if english in message), "")
    fix = known or "请检查 {{ }}、{% %} 是否成对，{% if %}、{% for %} 是否有 {% endif %}、{% endfor %}"
    return error("template.syntax", "模板语法错误", fix, place(fault.lineno))


_JINJA_SAYS = (
    ("unexpected '}'", "多了一个 }，变量请写成 {{ 名字 }}"),
    ("expected token 'end of print statement'", "{{ 名字 }} 中间多了文字，或缺少 }}"),
    ("expected token 'end of statement block'", "{% %} 中间多了文字，或缺少 %}"),
    ("Unexpected end of template", "缺少 {% endif %} 或 {% endfor %}"),
    ("unexpected end of template", "{{ 或 {% 没有闭合"),
    ("Encountered unknown tag", "没有这个标签，可用 if、elif、else、endif、for、endfor、set"),
    ("Expected an expression", "{{ }} 中间缺少名字"),
)


def _too_complex(where: Location) -> Problem:
    return error("template.too-complex", "模板过于复杂，或生成的文字过长", "请减少嵌套和重复", where)


def _undefined_problem(fault: UndefinedError, slot: Slot, context: Mapping[str, Any]) -> Problem:
    names = re.findall(r"'([^']*)'", str(fault))
    name = names[-1] if names else ""
    keys = sorted(set(context) | {key for value in context.values() for key in _keys_of(value)})
    near = difflib.get_close_matches(name, keys, n=1, cutoff=0.5)
    fix = (
        f"是否要写「{near[0]}」？"
        if near
        else "请检查名字的拼写；附件没有内容时不会生成，引用它的句子应放在 {% if %} 里"
    )
    return error("template.undefined", f"模板用了没有定义的名字「{name}」", fix, slot.place(_line_of(fault)))


def _keys_of(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        return value.keys()
    if isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], Mapping):
        return value[0].keys()
    return ()


def _line_of(fault: BaseException) -> int:
    """The template's line of a fault: Jinja rewrites the traceback so that its frames name template lines."""
    lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == "<template>"]
    return lines[-1] or 1 if lines else 1
