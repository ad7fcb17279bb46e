"""YAML and JSON text as plain data plus the place of every value (原文).

Only what JSON knows is data here: strings, whole and decimal numbers, true, false, null, lists and mappings.
`12:30`, `no`, `007` and dates stay the strings that somebody typed.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from reportgen.problems import InputError, Location, Problem, did_you_mean, error

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """One text file (原文): its data and where each value of it stands."""

    file: str
    data: Any
    places: Mapping[Path_, tuple[int, int]] = field(repr=False)
    sha256: str = ""

    def locate(self, path: Path_) -> Location:
        """The place of the value at `path`; parts that the file does not have are left out."""
        known = tuple(path)
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        return Location(file=self.file, line=line, column=column, key=key_text(path) or None)


def key_text(path: Path_) -> str:
    """`("annexes", 0, "title")` as `annexes[0].title`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def read_file(path: Path, name: str) -> bytes:
    """The bytes of a file that the user named; `name` is how messages call it."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        hint = _nearest_file(path) if path.parent.is_dir() else "该文件夹不存在，请检查路径"
        raise InputError([error("file.not-found", f"找不到文件「{name}」", hint, Location(file=name))]) from None
    except IsADirectoryError:
        raise InputError(
            [error("file.is-folder", f"「{name}」是文件夹，不是文件", "请写出文件名", Location(file=name))]
        ) from None
    except OSError as fault:
        raise InputError(
            [
                error(
                    "file.unreadable",
                    f"读不了文件「{name}」：{fault.strerror or '读取失败'}",
                    "请检查文件权限，或关闭正在占用它的程序后重试",
                    Location(file=name),
                )
            ]
        ) from None


def _nearest_file(path: Path) -> str:
    same_kind = sorted(each.name for each in path.parent.glob(f"*{path.suffix}") if not each.name.startswith("."))
    return did_you_mean(path.name, same_kind) if same_kind else f"该文件夹里没有 {path.suffix} 文件，请检查路径"


def decode_text(blob: bytes, name: str) -> str:
    """Text of a file: UTF-8, UTF-16 with a mark, or GB18030, one of them for the whole file."""
    if blob.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig"] if _is_broken_utf8(blob) else ["utf-8-sig", "gb18030"]
    line = 1
    for encoding in encodings:
        try:
            return blob.decode(encoding)
        except UnicodeDecodeError as fault:
            line = blob[: fault.start].decode(encoding, "ignore").count("\n") + 1
    raise InputError(
        [
            error(
                "file.encoding",
                f"「{name}」第 {line} 行不是完整的 UTF-8、UTF-16 或 GB18030 文本",
                "请用 WPS 或记事本另存为 UTF-8 编码",
                Location(file=name, line=line),
            )
        ]
    )


def _is_broken_utf8(blob: bytes) -> bool:
    """Whether this is UTF-8 with some bytes broken, which GB18030 would often read as other, senseless text."""
    text = blob.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return 0 < broken < sum(character > "\u2e7f" for character in text) - broken


def read_source(blob: bytes, name: str) -> Source:
    """Data and places of one YAML or JSON file (by its name's ending).

    Raises `InputError` with every duplicate key, or with the place of the syntax error.
    """
    if len(blob) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1024 // 1024} MB"
        raise InputError(
            [
                error(
                    "text.too-large",
                    f"「{name}」超过 {limit}",
                    "请拆分文件，或改用 .xlsx 台账",
                    Location(file=name),
                )
            ]
        )
    text = decode_text(blob, name)
    sha256 = hashlib.sha256(blob).hexdigest()
    if name.lower().endswith(".json"):
        data = _json_data(text, name)
        # Tabs inside JSON strings are illegal, so that every tab left is indentation, which YAML refuses.
        node = _compose(text.replace("\t", " "), name)
        _, places = _plain(node, name)
        return Source(name, data, places, sha256)
    node = _compose(text, name)
    if node is None:
        raise InputError(
            [error("text.empty", f"「{name}」是空文件", "请按 README 的示例填写", Location(file=name, line=1))]
        )
    data, places = _plain(node, name)
    return Source(name, data, places, sha256)


def _json_data(text: str, name: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise _syntax(name, None, None, f"不能使用 {constant}")

    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as fault:
        raise _syntax(name, fault.lineno, fault.colno, "JSON 语法错误") from None
    except (RecursionError, ValueError):
        raise _syntax(name, None, None, "嵌套过深或数字过长") from None


class _StrictLoader(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's own pieces with JSON's scalars, a limit on depth, and no aliases (they allow bombs and loops)."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        self.depth += 1
        if self.check_event(yaml.AliasEvent) or self.depth > MAX_DEPTH:
            problem = "嵌套过深" if self.depth > MAX_DEPTH else "不支持用 * 引用"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", list("-0123456789")),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)

_YAML_SAYS = {
    "mapping values are not allowed here": "此处不应出现冒号，含冒号的文字请用引号括起来",
    "could not find expected ':'": "键后面缺少冒号",
    "found character '\\t' that cannot start any token": "缩进请用空格，不要用制表符",
    "found unexpected end of stream": "引号或括号没有闭合",
    "expected <block end>, but found '<block mapping start>'": "缩进不一致",
    "expected <block end>, but found '<scalar>'": "引号后面有多余的文字",
    "expected <block end>, but found '-'": "缩进不一致",
    "嵌套过深": "嵌套过深",
    "不支持用 * 引用": "不支持用 * 引用，请直接写出内容",
}


def _compose(text: str, name: str) -> Node | None:
    try:
        loader = _StrictLoader(text)
        return loader.get_single_node()
    except ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        what = f"含有不允许的控制字符 U+{ord(str(fault.character)[:1] or '?'):04X}"
        raise _syntax(name, line, None, what) from None
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        known = _YAML_SAYS.get(fault.problem or "")
        what = f"YAML 语法错误：{known}" if known else "YAML 语法错误"
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise _syntax(name, line, column, what) from None
    except (RecursionError, ValueError):
        raise _syntax(name, None, None, "嵌套过深或含有无法识别的字符") from None


def _syntax(name: str, line: int | None, column: int | None, what: str) -> InputError:
    fix = "请检查这一处的缩进、引号、冒号和括号"
    return InputError([error("text.syntax", f"「{name}」{what}", fix, Location(file=name, line=line, column=column))])


def _plain(root: Node | None, name: str) -> tuple[Any, dict[Path_, tuple[int, int]]]:
    places: dict[Path_, tuple[int, int]] = {}
    problems: list[Problem] = []
    data = _value(root, (), name, places, problems)
    if problems:
        raise InputError(problems)
    return data, places


def _value(
    node: Node | None, path: Path_, name: str, places: dict[Path_, tuple[int, int]], problems: list[Problem]
) -> Any:
    if node is None:
        return None
    places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, ScalarNode):
        value = _scalar(node)
        if isinstance(value, str) and (illegal := clean_text(value)[2]):
            where = Location(file=name, line=places[path][0], column=places[path][1], key=key_text(path) or None)
            what = f"文字中有不允许的控制字符（{'、'.join(map(name_of, illegal))}）"
            problems.append(error("text.illegal", what, "请删去这些字符", where))
        return value
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, i), name, places, problems) for i, item in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        mark = key_node.start_mark
        where = Location(file=name, line=mark.line + 1, column=mark.column + 1)
        if not isinstance(key_node, ScalarNode):
            problems.append(error("text.bad-key", "键必须是一个词", "请改成「键: 值」的写法", where))
            continue
        key = str(key_node.value)
        if key in data:
            line, column = places[*path, key]
            first = Location(file=name, line=line, column=column)
            what = f"键「{key}」重复"
            problems.append(error("text.duplicate-key", what, "请删去其中一个", where, [first]))
            continue
        places[*path, key] = (mark.line + 1, mark.column + 1)
        data[key] = _value(value_node, (*path, key), name, places, problems)
    return data


def _scalar(node: ScalarNode) -> Any:
    kind = str(node.tag).rpartition(":")[2]
    text = str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    return text


# Zero-width and direction marks that come along with copied text and are never meant.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_ILLEGAL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean_text(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Text fit for a document, the invisible characters taken out of it, the illegal ones left out.

    CR LF, CR, vertical tab, form feed and U+2028 become LF; a no-break space becomes a space.
    """
    text = re.sub("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029", "\n", text).replace("\u00a0", " ")
    invisible = tuple(dict.fromkeys(_INVISIBLE.findall(text)))
    illegal = tuple(dict.fromkeys(_ILLEGAL.findall(text)))
    if invisible:
        text = _INVISIBLE.sub("", text)
    if illegal:
        text = _ILLEGAL.sub("", text)
    return text, invisible, illegal


def name_of(character: str) -> str:
    """`U+200B` with the character's Unicode name, for messages."""
    title = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" {title}" if title else "")
