"""A file that a test made against the accepted one (与比对基准比对): equal, accepted, or told in an office's words."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, ParamSpec, TypeAlias, TypeVar

import pytest

from reportgen.compare import Request
from reportgen.naming import is_file_name
from reportgen.package import DAMAGED, DOCX, EMPTY, ENCRYPTED, PDF, TEXT, XLSX, file_kind
from reportgen.problems import ReportError
from reportgen.publish import publish
from reportgen.source import read_file, shown_path
from reportgen.testing.usage import ACTUAL, Usage
from reportgen.testing.verdict import Layers, difference_lines, refuse_unreadable, request_of

Made: TypeAlias = bytes | str | os.PathLike[str]
"""What a test made (被检的文件): its path, or its bytes."""
SUFFIXES = {DOCX: ".docx", PDF: ".pdf", XLSX: ".xlsx", TEXT: ".txt"}
"""The suffix of a golden file of each kind (扩展名), where its name has none."""

KINDS = {suffix: kind for kind, suffix in SUFFIXES.items() if kind != TEXT}
"""What a file with that suffix must be (文件种类); whatever else is text, or compared byte by byte."""

P = ParamSpec("P")
T = TypeVar("T")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,5}$")


@dataclass(frozen=True)
class Golden:
    """The golden files of one test (一项测试的比对基准).

    `folder` is where they stand, `owner` that of all tests that may use them, `beside` the test's own; paths are shown
    from `root` on.
    """

    folder: Path
    owner: Path
    beside: Path
    root: Path
    test: str
    update: bool
    usage: Usage

    def check(self, made: Made, name: str, *, layer: Layers = None, ignore: str | os.PathLike[str] = "") -> None:
        """Compare with the golden file of that name (与基准比对); the test fails where they differ.

        `made` is a path or bytes, and `name` that of the golden file in the folder of the golden files; without a
        suffix it gets that of what was made. `layer` is what is looked at, `ignore` a file of rules as for
        `reportgen compare --ignore`, from the test's folder on. With `--update-golden` what differs becomes the golden
        file; one that is equal stays as it is.
        """
        __tracebackhide__ = True
        blob, suffix = self._read(made)
        path = self._place(name, suffix)
        self._refuse_other_kind(blob, path)
        self.usage.used.add(str(path))
        self.usage.folders.add((str(self.folder), str(self.owner.resolve())))
        request = self._told(request_of, layer, self.beside / ignore if ignore else None)
        why = self._why(path, blob, request)
        if not why:
            self._forget(path)
        elif not self.update:
            self._fail(why, path, blob)
        elif str(path) in self.usage.updated:
            self._fail([f"另一处检查在这次运行里刚更新了「{path.name}」，两处做出的不一样：", *why], path, blob)
        else:
            self._told(refuse_unreadable, path.name, blob)
            self._told(publish, {path.name: blob}, path.parent)
            self.usage.updated.add(str(path))
            self._forget(path)

    def _read(self, made: Made) -> tuple[bytes, str]:
        """The bytes of what was made, and the suffix that a golden file of it has."""
        if isinstance(made, (bytes, bytearray, memoryview)):
            return bytes(made), SUFFIXES.get(file_kind(bytes(made)), "")
        path = Path(made)
        return self._told(read_file, path, shown_path(path)), path.suffix

    def _place(self, name: str, suffix: str) -> Path:
        """Where the golden file of that name stands: nowhere else than in the folder."""
        if not _SUFFIX.search(name):
            if not suffix:
                _stop(f"比对基准的名称「{name}」要写上扩展名（如 .docx），从内容看不出是什么文件。")
            name += suffix
        parts = name.split("/")
        if parts[0].casefold() == ACTUAL or not all(map(is_file_name, parts)):
            _stop(
                f"「{name}」不能作比对基准的名称：要写「{self.folder.name}」文件夹里的路径，如 附件/任务表.docx，"
                f'不含 .. 和 \\ : * ? " < > |，也不放在 {ACTUAL} 里。'
            )
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            _stop(f"比对基准「{name}」经由链接到了「{self.folder.name}」文件夹之外，不读也不写。")
        return path

    def _refuse_other_kind(self, blob: bytes, path: Path) -> None:
        """What opens in no program by its suffix is no golden file, whatever else is right with it."""
        kind, wanted = file_kind(blob), KINDS.get(path.suffix.casefold())
        if kind == EMPTY or (wanted and kind != wanted):
            _stop(f"比对基准名为「{path.name}」，做出来的却是{kind}：请改这里的名称，或检查做出来的文件。")

    def _told(self, do: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """The result of that call; what a person did wrong ends the test with its sentences."""
        try:
            return do(*arguments, **named)
        except ReportError as fault:
            _stop("\n".join(map(str, fault.problems)))

    def _actual(self, path: Path) -> Path:
        return self.folder / ACTUAL / path.relative_to(self.folder)

    def _forget(self, path: Path) -> None:
        """What an earlier run kept is of no use where the golden file is right."""
        with suppress(OSError):
            self._actual(path).unlink()

    def _why(self, path: Path, blob: bytes, request: Request) -> list[str]:
        """Why what was made is not the golden file, line by line; nothing where it is."""
        if not path.is_file():
            return [f"还没有这个比对基准：{self._shown(path)}"]
        kept = self._told(read_file, path, self._shown(path))
        kind, wanted = file_kind(kept), KINDS.get(path.suffix.casefold())
        if wanted and kind not in (wanted, DAMAGED, ENCRYPTED):
            return [f"比对基准「{self._shown(path)}」的内容是{kind}，与它的名称不符。"]
        return difference_lines((self._shown(path), kept), (self._shown(self._actual(path)), blob), request)

    def _fail(self, why: list[str], path: Path, blob: bytes) -> NoReturn:
        __tracebackhide__ = True
        actual = self._actual(path)
        lines = [*([f"与比对基准「{path.name}」不一致："] if path.is_file() else []), *why, ""]
        try:
            publish({actual.name: blob}, actual.parent)
            # Whoever keeps the golden files in git need not think of this folder.
            publish({".gitignore": b"*\n"}, self.folder / ACTUAL)
        except ReportError as fault:
            lines += [f"这次做出的没有存下来：{problem}" for problem in fault.problems]
        else:
            lines.append(f"这次做出的：{self._shown(actual)}")
            if path.is_file() and path.suffix.casefold() in (".docx", ".pdf"):
                paths = self._shown(path), self._shown(actual)
                lines.append("对照着看：" + shlex.join(["reportgen", "compare", *paths, "--html", "比对.html"]))
        lines.append("确认无误后接受：" + shlex.join(["python", "-m", "pytest", self.test, "--update-golden"]))
        _stop("\n".join(lines))

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def _stop(text: str) -> NoReturn:
    __tracebackhide__ = True
    pytest.fail(text, pytrace=False)
