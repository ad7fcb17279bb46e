"""What a configuration may name (不出任务目录): data that comes with the program, and files of its own order.

Whoever writes a configuration on a page is not whoever runs the server: a path that leads out of the job's folder would
show him the server's files, and a cluster's address would have the server call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportgen.package import short
from reportgen.problems import InputError, Problem, error, refuse_errors
from reportgen.service.work.layout import Given
from reportgen.source import Path_, Source, read_file, read_source, shown_path

NAMING: tuple[Path_, ...] = (
    ("template",), ("previous_ledger",), ("changes",), ("style",), ("units",), ("fonts",), ("judging",), ("checking",),
    ("returns", "form"), ("unit_sets", "template"),
)  # fmt: skip
"""The keys of a configuration that name files or bundled data (所指的键); its ledger is given beside it."""
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:")
_TEXT_FILES = (".yaml", ".yml", ".json")


def refuse_outside(given: Given) -> None:
    """Raise `InputError` with each place where something outside of the order is named (所指在外)."""
    refuse_errors(list(outside(given)))


def outside(given: Given) -> Iterator[Problem]:
    """An error for each path that leads out of the job's folder, and for a cluster (所指在外)."""
    source = _read(given.config, shown_path(given.config))
    if source is None:
        return  # what is wrong in it is told by whoever reads it for good
    for path in NAMING:
        yield from _leading_out(source, path)
    if not given.ledgers:
        yield from _leading_out(source, ("ledger",))
    yield from _cluster(source)
    for file in given.settings():
        if file.suffix.lower() in _TEXT_FILES and (ground := _read(file, file.relative_to(given.folder).as_posix())):
            yield from _leading_out(ground, ("extends",))


def _read(path: Path, name: str) -> Source | None:
    """A text file as data; None where it is none, or none of a kind that names anything."""
    try:
        source = read_source(read_file(path, name), name)
    except InputError:
        return None
    return source if isinstance(source.data, dict) else None


def _leading_out(source: Source, path: Path_) -> Iterator[Problem]:
    for place, name in named_at(source, path):
        if leads_out(name):
            what = f"「{short(name, 60)}」指到了本期次的文件以外，没有读"
            fix = "请把这个文件传到本期次的设置文件里，这里只写它的文件名"
            yield error("service.outside", what, fix, source.locate(place))


def named_at(source: Source, path: Path_) -> Iterator[tuple[Path_, str]]:
    """What is named under a key (所指的名字), one or several, each with its place."""
    value: Any = source.data
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list | dict):
        for key, each in enumerate(value) if isinstance(value, list) else value.items():
            if isinstance(each, str):
                yield (*path, key), each


def leads_out(name: str) -> bool:
    """Whether a path leads out of its folder (所指在外), on any system."""
    return bool(_ABSOLUTE.match(name)) or ".." in re.split(r"[/\\]", name) or "\0" in name


def _cluster(source: Source) -> Iterator[Problem]:
    for key, is_asked in (("engine", source.data.get("engine") == "dask"), ("scheduler", "scheduler" in source.data)):
        if is_asked:
            what = f"「{key}」用到集群，网上服务只在本机生成，没有采用"
            yield error("service.no-cluster", what, "请删去这一项；要用集群，请用命令行生成", source.locate((key,)))
