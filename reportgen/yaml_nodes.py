"""YAML text as nodes with places (YAML 节点): PyYAML's own pieces, made strict, its complaints in an office's words."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.nodes import Node
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from reportgen.limits import held
from reportgen.problems import InputError, Location, error


class StrictLoader(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's own pieces (严格解析) with JSON's scalars, a limit on depth, no aliases: they allow bombs and loops."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.depth, self.deepest = 0, held().texts.depth

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        self.depth += 1
        event = self.peek_event()  # type: ignore[no-untyped-call]
        problem: str | None = None
        if self.depth > self.deepest:
            problem = f"嵌套过深，超过 {self.deepest} 层"
        elif isinstance(event, yaml.AliasEvent):
            problem = "不支持用 * 引用，请直接写出内容；以 * 开头的文字请用引号括起来"
        elif event.anchor is not None or getattr(event, "tag", None) is not None:
            # Otherwise `&甲 乙` and `!甲 乙` would lose their first word in silence.
            problem = "以 & 或 ! 开头的文字请用引号括起来"
        if problem:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]+", list("-0123456789")),
):
    StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)


class _QuickLoader(StrictLoader):
    """The same, its events from libyaml: a seventh of the time, and no words that could be told to anybody."""

    def __init__(self, text: str) -> None:
        from yaml._yaml import CParser

        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.depth, self.deepest = 0, held().texts.depth
        self._events = CParser(text)

    def check_event(self, *choices: Any) -> bool:
        return bool(self._events.check_event(*choices))

    def peek_event(self) -> Any:
        return self._events.peek_event()

    def get_event(self) -> Any:
        return self._events.get_event()


# Where libyaml takes what PyYAML refuses, or reads it otherwise: tabs, a mark or other line ends within the text,
# question marks among braces, a comment right behind |; nothing behind --- or a colon stands elsewhere (a test
# tries what nobody thinks of).
_READ_OTHERWISE = re.compile(r"[\t\ufeff?\x85\u2028\u2029]|[|>]\S*#|(?:^|\r)---|:\s*[,}\]]", re.M)


def quickly_composed(text: str) -> Node | None:
    """The node of a text that has no fault and nothing odd (快速解析); None for any other."""
    if _READ_OTHERWISE.search(text):
        return None
    try:
        return _QuickLoader(text).get_single_node()
    except (ImportError, yaml.YAMLError, RecursionError, ValueError, OverflowError):
        return None  # said by PyYAML itself, whose words are known


# What PyYAML says, or how it begins, and what that means to an office.
_YAML_SAYS = (
    ("mapping values are not allowed here", "此处不应出现冒号，含冒号的文字请用引号括起来"),
    ("sequence entries are not allowed here", "此处不应出现 -，以 - 开头的文字请用引号括起来"),
    ("could not find expected ':'", "键后面缺少冒号；冒号要用半角，后面空一格"),
    ("found unknown escape character", "双引号里的 \\ 有特殊含义，请改用单引号，或把 \\ 写成 /"),
    ("found character '\\t' that cannot", "缩进请用空格，不要用制表符"),
    ("found character", "以特殊符号开头的文字请用引号括起来"),
    ("expected alphabetic or numeric", "以 & 或 * 开头的文字请用引号括起来"),
    ("expected ' ', but found", "以 ! 开头的文字请用引号括起来"),
    ("expected ',' or", "括号没有闭合，或缺少逗号"),
    ("found unexpected end of stream", "引号或括号没有闭合"),
    ("expected <block end>, but found '<scalar>'", "引号后面有多余的文字"),
    ("expected <block end>", "缩进不一致"),
    ("but found another document", "一个文件只能有一份内容，请删去 --- 之后的部分"),
)


def composed(text: str, name: str) -> Node | None:
    """The node of a whole text (解析), None of an empty one; raises `InputError` with the place of its fault."""
    if quick := quickly_composed(text):
        return quick
    loader: StrictLoader | None = None
    try:
        loader = StrictLoader(text)
        return loader.get_single_node()
    except ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        what = f"含有不允许的控制字符 U+{int(fault.character):04X}"
        raise syntax_fault(name, line, None, what) from None
    except yaml.MarkedYAMLError as fault:
        # A key without its colon, or a quote that never closes, is wrong where it begins, not where YAML notices.
        begun = fault.context in ("while scanning a simple key", "while scanning a quoted scalar")
        mark = (fault.context_mark if begun else None) or fault.problem_mark or fault.context_mark
        said = fault.problem or ""
        known = next((chinese for english, chinese in _YAML_SAYS if english in said), "")
        what = known or ("YAML 语法错误" if said.isascii() else said)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise syntax_fault(name, line, column, what) from None
    except (RecursionError, ValueError, OverflowError):
        line = loader.line + 1 if loader else 1
        raise syntax_fault(name, line, None, "嵌套过深或含有无法识别的字符") from None


def syntax_fault(name: str, line: int | None, column: int | None, what: str) -> InputError:
    """A text that cannot be read (语法错误), at its place."""
    fix = "请检查这一处的缩进、引号、冒号和括号"
    where = Location(file=name, line=line, column=column)
    return InputError([error("text.syntax", f"「{name}」{what}", fix, where)])
