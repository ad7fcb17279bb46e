"""Text slots (文本填充): plain text with Jinja in it, rendered strictly, in a sandbox, with Chinese filters.

A template sees plain strings, numbers, lists and mappings and nothing else: no files, no network, no Python. What
it may say is a short list of allowed parts (names, filters, `if`, `for`, `set`), not a list of forbidden ones, and
what it may cost is counted: see `measures`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from reportgen.limits import held
from reportgen.problems import Location, Outcome, Problem, error
from reportgen.template.braces import stray_braces
from reportgen.template.filters import FILTERS, Unfit, as_text, minus, plus, times
from reportgen.template.hints import hint, shown
from reportgen.template.measures import Steps, bounded_filter, bounded_test, compared, contained, measured, walked


@dataclass(frozen=True)
class PlacedText:
    """A text of a template (模板文字) with the file's line of each of its characters; `where` is its key's place."""

    text: str
    lines: Sequence[int]
    where: Location

    @property
    def first_line(self) -> int:
        """The file's line of the first character."""
        return self.lines[0] if self.lines else self.where.line or 1

    def place(self, line: int) -> Location:
        """A line of the file; with a column only where the whole text stands in its key's line."""
        if {*self.lines[:1], *self.lines[-1:], line} == {self.where.line}:
            return self.where
        return replace(self.where, line=line, column=None)

    def laid_out(self) -> str:
        """The text with other white space: its line breaks where the file has them, so that Jinja counts right."""
        parts: list[str] = []
        at = self.first_line
        for match in re.finditer(r"\s+|\S+", self.text):
            if not match[0].isspace():
                parts.append(match[0])
                continue
            after = self.lines[match.end()] if match.end() < len(self.text) else at
            parts.append("\n" * (after - at) or " ")
            at = max(at, after)
        return "".join(parts)


@dataclass(frozen=True)
class Vocabulary:
    """What a text may name (可用的名字): variables, annexes as `annex.…`, and fields of an entry.

    `parts` are variables that have parts of their own, as `changes.new`; `elsewhere` are names that other texts have,
    each with the cure for using it here.
    """

    names: frozenset[str]
    annexes: frozenset[str]
    fields: frozenset[str]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Slot:
    """A compiled text slot (文本槽) that knows where each of its lines stands."""

    template: Template
    source: PlacedText
    vocabulary: Vocabulary


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {"+": plus, "-": minus, "*": times}


class _Sandbox(ImmutableSandboxedEnvironment):
    # The other operators of this kind (`**`, `%`, `//`) are not allowed at all.
    intercepted_binops = frozenset(_OPERATORS)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        return measured(context, _OPERATORS[operator](left, right))


_STANDARD_FILTERS = (
    "abs", "count", "default", "first", "last", "length", "list", "map", "max", "min", "reject", "rejectattr",
    "reverse", "select", "selectattr", "sort", "unique",
)  # fmt: skip
_STANDARD_TESTS = (
    "defined", "undefined", "equalto", "==", "eq", "ne", "!=", "in", "none", "number", "string",
    "even", "odd", "gt", "ge", "lt", "le", "divisibleby",
)  # fmt: skip
# Arguments that a filter may be given by name.
_KEYWORDS = frozenset(
    {"attribute", "boolean", "case_sensitive", "default", "default_value", "last", "new", "old", "period", "places",
     "reverse", "separator"}
)  # fmt: skip
# These look at one entry or none, whatever the size of what they are given.
_CHEAP_FILTERS = frozenset({"count", "default", "first", "last", "length"})
_LOOP_FIELDS = frozenset({"index", "index0", "first", "last", "length", "revindex", "revindex0"})


def _environment() -> _Sandbox:
    env = _Sandbox(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False, finalize=_finalized)
    env.globals.clear()
    filters = {name: env.filters[name] for name in _STANDARD_FILTERS} | dict(FILTERS)
    env.filters = {
        name: each if name in _CHEAP_FILTERS else bounded_filter(name, each) for name, each in filters.items()
    }
    env.filters |= {"_walked": walked, "_compared": compared, "_contained": contained}
    tests: Mapping[str, Any] = env.tests
    env.tests = {name: bounded_test(name, tests[name]) for name in _STANDARD_TESTS}
    return env


def _finalized(value: Any) -> Any:
    # An undefined value tells its own fault when it is made text.
    return str(value) if isinstance(value, StrictUndefined) else as_text(value)


_ENVIRONMENT = _environment()
_FILTER_NAMES = frozenset({*_STANDARD_FILTERS, *FILTERS})
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Const,
    nodes.Tuple, nodes.List, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Keyword, nodes.Getattr, nodes.Getitem,
    nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.And,
    nodes.Or, nodes.Not, nodes.Neg, nodes.Pos,
)  # fmt: skip
_COMPILE_FAULTS = (TemplateError, RecursionError, OverflowError, ValueError, SyntaxError, MemoryError)


def compile_slot(source: PlacedText, vocabulary: Vocabulary) -> Outcome[Slot | None]:
    """The slot of a text, or None and all of its faults: syntax, unknown names, filters, forbidden parts."""
    if len(source.text) > (most := held().texts.template_characters):
        return Outcome(None, (_too_long(most, source.place(source.first_line)),))
    place = _places(source)
    try:
        laid_out = _ENVIRONMENT.parse(source.laid_out())
        tree = _ENVIRONMENT.parse(source.text)
        # White space aside both are one text, so both trees have one shape.
        for node, twin in zip(tree.find_all(nodes.Node), laid_out.find_all(nodes.Node), strict=True):
            node.lineno = twin.lineno
        # A name that one line uses twice is wrong once.
        faults = _faults(tree, set(vocabulary.names), vocabulary, place)
        problems = tuple(dict.fromkeys((*_brace_problems(source, vocabulary.names | _targets(tree)), *faults)))
        if problems:
            return Outcome(None, problems)
        tree = _Measuring().visit(tree)
        tree.set_environment(_ENVIRONMENT)
        return Outcome(Slot(_ENVIRONMENT.from_string(tree), source, vocabulary))
    except TemplateSyntaxError as fault:
        strays = tuple(_brace_problems(source, vocabulary.names))
        said = _syntax_problem(fault, place)
        return Outcome(None, strays if said.where in [stray.where for stray in strays] else (*strays, said))
    except _COMPILE_FAULTS:
        return Outcome(None, (_too_complex(place(1)),))


def _brace_problems(source: PlacedText, names: Collection[str]) -> Iterator[Problem]:
    for line, written in stray_braces(source.text, source.lines, names):
        fix = "请写半角的 {{ 名字 }}、{% if 条件 %}，两个括号之间不要空格"
        yield error("template.syntax", f"「{written}」不会被替换", fix, source.place(line))


def _places(source: PlacedText) -> Callable[[int], Location]:
    """From Jinja's line number in the laid-out text to the place in the file."""
    return lambda line: source.place(source.first_line + line - 1)


class _Measuring(NodeTransformer):
    """Puts a filter of `measures` before all that walks over a value or compares it; `~` becomes the filter `join`."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        if isinstance(node.iter, nodes.Expr):
            node.iter = _filter(node.iter, "_walked")
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        node.expr = _filter(node.expr, "_compared")
        for operand in node.ops:
            operand.expr = _filter(operand.expr, "_contained" if operand.op in ("in", "notin") else "_compared")
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        self.generic_visit(node)
        # An index is hashed, and shown where nothing stands at it.
        if isinstance(node.arg, nodes.Slice):
            for part in ("start", "stop", "step"):
                if (bound := getattr(node.arg, part)) is not None:
                    setattr(node.arg, part, _filter(bound, "_compared"))
        elif not isinstance(node.arg, nodes.Const):
            node.arg = _filter(node.arg, "_compared")
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        self.generic_visit(node)
        # `{{ 甲 if 条件 }}` without else leaves nothing, as `{% if %}` does.
        node.expr2 = node.expr2 or nodes.Const("", lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        texts = nodes.List(node.nodes, lineno=node.lineno)
        return _filter(texts, "join")


def _filter(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def render(slot: Slot, context: Mapping[str, Any]) -> Outcome[str]:
    """The slot's text with the context filled in; on a fault the text is empty and the fault told."""
    pieces: list[str] = []
    size, most = 0, held().texts.report_characters
    place = _places(slot.source)
    try:
        for piece in slot.template.generate(context, _steps=Steps()):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                return Outcome("", (_too_long(most, place(1)),))
    except UndefinedError as fault:
        return Outcome("", (_undefined_problem(fault, slot, place(_line_of(fault))),))
    except Unfit as fault:
        fix = "请检查所用的名字、过滤器和运算是否合适"
        return Outcome("", (error("template.cannot-render", str(fault), fix, place(_line_of(fault))),))
    except Exception as fault:  # a template can raise anything that Python can; none of it may reach the user raw
        fix = "请检查所用的名字、过滤器和运算是否合适"
        what = "模板中的这一处无法计算"
        return Outcome("", (error("template.cannot-render", what, fix, place(_line_of(fault))),))
    return Outcome("".join(pieces))


def names_in(text: str) -> frozenset[str]:
    """The variables that a text refers to; empty where its syntax is wrong (compiling it says so)."""
    try:
        return frozenset(node.name for node in _ENVIRONMENT.parse(text).find_all(nodes.Name) if node.ctx == "load")
    except _COMPILE_FAULTS:
        return frozenset()


def _faults(
    node: nodes.Node, known: set[str], vocabulary: Vocabulary, place: Callable[[int], Location]
) -> Iterator[Problem]:
    """What is wrong in a part of a text where the names `known` can be used; `set` adds to them."""

    def inside(part: nodes.Node, names: set[str]) -> Iterator[Problem]:
        return _faults(part, names, vocabulary, place)

    if not isinstance(node, _ALLOWED):
        # Some of Jinja's own wrappers have no line, only what they wrap.
        yield _forbidden_problem(node, place(next(n.lineno for n in (node, *node.find_all(nodes.Node)) if n.lineno)))
        return
    match node:
        case nodes.For():
            yield from _own_names(node.target, place(node.lineno))
            within = {*known, *_targets(node.target), "loop"}
            yield from inside(node.target, known)
            yield from inside(node.iter, known)
            for part in (*([node.test] if node.test else []), *node.body):
                yield from inside(part, within)
            for part in node.else_:
                yield from inside(part, set(known))
            return
        case nodes.Assign():
            yield from _own_names(node.target, place(node.lineno))
            yield from inside(node.target, known)
            yield from inside(node.node, known)
            known |= _targets(node.target)
            return
        case nodes.Name(name=name, ctx="load") if name not in known:
            yield _undefined(name, known, vocabulary, place(node.lineno))
        case nodes.Getattr(attr=name) | nodes.Getitem(arg=nodes.Const(value=str(name))):
            owner = node.node.name if isinstance(node.node, nodes.Name) else ""
            parts = {"annex": vocabulary.annexes, "loop": _LOOP_FIELDS, **vocabulary.parts}
            fields = parts.get(owner, vocabulary.fields)
            if name not in fields:
                yield _undefined(name, fields, vocabulary, place(node.lineno))
        case nodes.Filter() | nodes.Test():
            yield from _filter_faults(node, vocabulary, place(node.lineno))
    for child in node.iter_child_nodes():
        yield from inside(child, known)


def _targets(target: nodes.Node) -> set[str]:
    names = [target] if isinstance(target, nodes.Name) else target.find_all(nodes.Name)
    return {name.name for name in names if name.ctx == "store"}


def _own_names(target: nodes.Node, where: Location) -> Iterator[Problem]:
    """Names that a text may not give: those with _ at the head are the program's own."""
    for name in sorted(_targets(target)):
        if name.startswith("_"):
            yield error("template.forbidden", f"名字「{shown(name)}」以 _ 开头", "请换一个不以 _ 开头的名字", where)


def _undefined(name: str, known: Collection[str], vocabulary: Vocabulary, where: Location) -> Problem:
    fix = "；".join(filter(None, (vocabulary.elsewhere.get(name), hint(name, known))))
    return error("template.undefined", f"模板用了没有定义的名字「{shown(name)}」", fix, where)


def _filter_faults(node: nodes.Filter | nodes.Test, vocabulary: Vocabulary, where: Location) -> Iterator[Problem]:
    """An unknown filter or test, also one that is handed to `map` or `select`, and unknown fields handed to them."""
    if node.dyn_args or node.dyn_kwargs:
        yield error("template.forbidden", "过滤器的参数前面不能写 *", "请逐个写出参数", where)
    texts = [arg.value if isinstance(arg, nodes.Const) else None for arg in node.args]
    called = [(node.name, isinstance(node, nodes.Filter))]
    fields = [
        word.value.value for word in node.kwargs if word.key == "attribute" and isinstance(word.value, nodes.Const)
    ]
    if node.name in ("select", "reject", "map"):
        called += [(str(text), node.name == "map") for text in texts[:1]]
    if node.name in ("selectattr", "rejectattr"):
        fields += texts[:1]
        called += [(str(text), False) for text in texts[1:2]]
    for name, is_filter in called:
        table = _FILTER_NAMES if is_filter else frozenset(_STANDARD_TESTS)
        if name not in table:
            what = f"没有「{shown(name)}」这个{'过滤器' if is_filter else '判断'}"
            yield error("template.unknown-filter", what, hint(name, table), where)
    for name in map(str, fields):
        if name not in vocabulary.fields:
            yield _undefined(name, vocabulary.fields, vocabulary, where)
    for word in node.kwargs:
        if word.key not in _KEYWORDS:
            what = f"「{shown(node.name)}」没有「{shown(word.key)}」这个参数"
            yield error("template.unknown-filter", what, hint(str(word.key), _KEYWORDS), where)


_FORBIDDEN_SAYS: tuple[tuple[tuple[type[nodes.Node], ...], str, str], ...] = (
    ((nodes.Call,), "模板不能调用函数", "请去掉名字后面的括号；变换文字请用过滤器，如 {{ 名字 | count }}"),
    ((nodes.BinExpr,), "模板用了不允许的运算", "可用的运算是 + - * / 和比较"),
    ((nodes.Dict,), "模板不能使用 { } 写的对照表", "请直接写出内容"),
    ((nodes.Stmt,), "模板用了不允许的标签", "可用的标签是 if、elif、else、for、set；模板不能读取其他文件或定义宏"),
)


def _forbidden_problem(node: nodes.Node, where: Location) -> Problem:
    for kinds, what, fix in _FORBIDDEN_SAYS:
        if isinstance(node, kinds):
            return error("template.forbidden", what, fix, where)
    return error("template.forbidden", "模板用了不允许的写法", "请改用普通的名字、过滤器、if 和 for", where)


def _syntax_problem(fault: TemplateSyntaxError, place: Callable[[int], Location]) -> Problem:
    message = fault.message or ""
    known = next((chinese for english, chinese in _JINJA_SAYS if english in message), "")
    fix = known or "请检查 {{ }}、{% %} 是否成对，{% if %}、{% for %} 是否有 {% endif %}、{% endfor %}"
    return error("template.syntax", "模板语法错误", fix, place(fault.lineno))


_JINJA_SAYS = (
    ("unexpected char", "标签里有不认识的符号，请写半角的 {{ 名字 }}、{% if 条件 %}"),
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


def _too_long(most: int, where: Location) -> Problem:
    what = f"模板过于复杂，或生成的文字过长，超过 {most} 字"
    return error("template.too-complex", what, "请减少嵌套和重复", where)


def _undefined_problem(fault: UndefinedError, slot: Slot, where: Location) -> Problem:
    """A value that this ledger does not give; misspelt names were refused when the text was compiled."""
    name = (re.findall(r"'([^']*)'", str(fault)) or [""])[-1]
    if name in slot.vocabulary.annexes:
        what = f"附件「{shown(name)}」没有内容，不会生成，正文却引用了它"
        fix = "请把引用它的句子放进 {% if %}……{% endif %}，只在有条目时写出"
        return error("template.no-annex", what, fix, where)
    what = f"「{shown(name)}」在这里没有值" if name else "这里没有值：列表是空的，或序号超出范围"
    return error("template.undefined", what, "请检查名字，或把这一句放进 {% if %}……{% endif %}", where)


def _line_of(fault: BaseException) -> int:
    """The template's line of a fault: Jinja rewrites the traceback so that its frames name template lines."""
    lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == "<template>"]
    return lines[-1] or 1 if lines else 1
