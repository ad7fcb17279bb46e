"""The text of a configuration, of which single values are changed (改配置): comments and all else stay."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from reportgen.problems import InputError, Location, error
from reportgen.source import Path_, Source, key_text, read_source
from reportgen.template.loading import check_model
from reportgen.template.schema import Config

MOST_BYTES = 256 * 1024
"""A configuration is written by hand; what is larger is none, and reading it would hold the service up."""

Value = str | int | None


def read_text(blob: bytes, name: str) -> Source:
    """The text of a configuration with its places (读配置原文); one that is too large is refused."""
    if len(blob) > MOST_BYTES:
        what = f"「{name}」有 {len(blob) // 1024} KB，不像配置文件"
        fix = f"请传配置文件（.yaml），不超过 {MOST_BYTES // 1024} KB；台账在第 2 步上传"
        raise InputError([error("file.wrong-kind", what, fix, Location(file=name))])
    source = read_source(blob, name)
    if not isinstance(source.data, dict):
        what, fix = f"「{name}」不是配置文件：没有「键: 值」", "请传本程序的配置文件（.yaml），可照 README 的示例写"
        raise InputError([error("file.wrong-kind", what, fix, Location(file=name, line=1))])
    return source


def checked(source: Source) -> Config:
    """The configuration (配置), if nothing in it is wrong."""
    return check_model(Config, source)


def value_at(data: Any, path: Path_) -> Any:
    """What stands at that key (取值); None where it does not stand."""
    for part in path:
        if not isinstance(data, dict) or part not in data:
            return None
        data = data[part]
    return data


def changed(source: Source, values: Mapping[Path_, Value]) -> bytes:
    """The text with these values (改过的原文); None empties a value, a missing key is written below the others.

    What comes out is read again and held against what was wanted: a text whose form does not allow for it is refused.
    """
    wanted = deepcopy(source.data)
    for path, value in values.items():
        _set(wanted, path, value)
    if source.file.lower().endswith(".json"):
        return (json.dumps(wanted, ensure_ascii=False, indent=2) + "\n").encode()
    text = source.text
    standing = [(source.scalars[path], value) for path, value in values.items() if path in source.scalars]
    for node, value in sorted(standing, key=lambda each: -each[0].start_mark.index):
        start, end = node.start_mark.index, node.end_mark.index
        # A block (`|`) ends with its last line, and so must what takes its place.
        tail = "\n" if node.style in ("|", ">") and text[start:end].endswith("\n") else ""
        gap = " " if value is not None and text[start - 1 : start] == ":" else ""
        text = f"{text[:start]}{gap}{_written(value)}{tail}{text[end:]}"
    for path, value in values.items():
        if path not in source.scalars and value is not None:
            text = _with_key(text, path, value)
    blob = text.encode()
    try:
        is_so = read_source(blob, source.file).data == wanted
    except InputError:
        is_so = False
    if not is_so:
        what = f"「{source.file}」的写法不便在网页上逐项改（{'、'.join(key_text(path) for path in values)}）"
        raise InputError([error("config.not-by-form", what, "请在「设置文件」里直接改这份文件的文字")])
    return blob


def _set(data: Any, path: Path_, value: Value) -> None:
    for part in path[:-1]:
        if not isinstance(data.get(part), dict):
            if value is None:
                return
            data[part] = {}
        data = data[part]
    if value is not None or path[-1] in data:
        data[path[-1]] = value


def _written(value: Value) -> str:
    """A value as YAML (写成 YAML): plain where that is read as the same text, else quoted."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    # Colons, hashes and the like would end a plain text early; a text that reads as a number must stay one.
    if re.fullmatch(r"[^\W\d_][\w（）〔〕《》“”、，。—－·\- /.]*[\w）〕》”。]|[^\W\d_]", value) and not re.fullmatch(
        r"(?i)true|false|null", value
    ):
        return value
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _with_key(text: str, path: Path_, value: Value) -> str:
    """The text with a key that it does not have (补一项): inside its block if that stands, else at the end."""
    *above, key = map(str, path)
    line = f"{key}: {_written(value)}\n"
    text = text if text.endswith("\n") or not text else f"{text}\n"
    if not above:
        return f"{text}{line}"
    (block,) = above
    head = re.search(rf"(?m)^{re.escape(block)}:[ \t]*(?:#.*)?\n", text)
    if head is None:
        return f"{text}{block}:\n  {line}"
    below = re.compile(r"(?:[ \t]*(?:#.*)?\n)*([ \t]+)[^\s#]").match(text, head.end())
    return f"{text[: head.end()]}{below[1] if below else '  '}{line}{text[head.end() :]}"
