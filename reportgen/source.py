"""YAML and JSON text as plain data plus the place of every value (原文).

Only what JSON knows is data here: strings, whole and decimal numbers, true, false, null, lists and mappings.
`12:30`, `no`, `007` and dates stay the strings that somebody typed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reportgen.limits import held
from reportgen.problems import InputError, Location, Problem, did_you_mean, error
from reportgen.yaml_nodes import composed, syntax_fault

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """One text file (原文): its data and where each value of it stands."""

    file: str
    data: Any
    places: Mapping[Path_, tuple[int, int]] = field(repr=False)
    sha256: str = ""
    scalars: Mapping[Path_, ScalarNode] = field(default_factory=dict, repr=False)
    text: str = field(default="", repr=False)
    above: Path_ = ()

    def part(self, key: str) -> Source:
        """What stands under a key of the outermost mapping, as data of its own that still knows its place."""
        places = {path[1:]: place for path, place in self.places.items() if path[:1] == (key,)}
        scalars = {path[1:]: node for path, node in self.scalars.items() if path[:1] == (key,)}
        return replace(self, data=self.data[key], places=places, scalars=scalars, above=(*self.above, key))

    def locate(self, path: Path_) -> Location:
        """The place of the value at `path`; parts that the file does not have are left out."""
        known = tuple(path)
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        return Location(file=self.file, line=line, column=column, key=key_text((*self.above, *path)) or None)

    def lines_of(self, path: Path_) -> list[int]:
        """The file's line of each character of the text at `path`, however YAML breaks or folds it."""
        node = self.scalars[path]
        first = node.start_mark.line + 1
        value = _whole(node.value)
        written = _written(self.text[node.start_mark.index : node.end_mark.index], node.style)
        lines: list[int] = []
        line = first
        # White space is YAML's to fold; all other characters stand in the file in the order of the value.
        for character in value:
            line = line if character.isspace() else first + next(written, line - first)
            lines.append(line)
        return lines


def _written(raw: str, style: str | None) -> Iterator[int]:
    """The line, from 0, of each character of a scalar as the file writes it, white space left out."""
    pattern = _ESCAPE if style == '"' else r"''|\S" if style == "'" else r"\S"
    # A block's head (`|`, `>-`, perhaps a comment) and a quoted text's marks are not part of the value.
    start = len(raw.partition("\n")[0]) if style in ("|", ">") else 1 if style in ('"', "'") else 0
    stop = len(raw) - (1 if style in ('"', "'") else 0)
    line, seen = 0, 0
    for match in re.compile(pattern).finditer(raw, start, stop):
        line += raw.count("\n", seen, match.start())
        seen = match.start()
        if style != '"' or not _is_space(match[0]):
            yield line


_ESCAPE = r"\\(?:x..|u[dD][89abAB]..\\u[dD][c-fC-F]..|u.{4}|U.{8}|\r?\n|[^\r\n])|\S"


def _is_space(written: str) -> bool:
    """Whether a character or escape of a double-quoted text stands for white space, or for nothing."""
    if len(written) > 2 and written[1] in "xuU":
        return chr(int(written[2:6] if written[1] == "u" else written[2:], 16)).isspace()
    return written[0] == "\\" and written[1:] in ("\n", "\r\n", *"tnvfr \tNLP_")


def key_text(path: Path_) -> str:
    """`("annexes", 0, "title")` as `annexes[0].title`."""
    text = ""
    for part in path:
        name = f"[{part}]" if isinstance(part, int) else _short(part)
        text += f".{name}" if text and isinstance(part, str) else name
    return text


def _last(name: str) -> str:
    """The last part of a path, which may be one of another system."""
    return _short(re.split(r"[/\\]", name)[-1])


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "……"


def shown_path(path: Path) -> str:
    """How messages and the manifest call a file: as it was named, but never by a path of this machine."""
    return shown_name(path.name if path.is_absolute() else path.as_posix())


def shown_name(name: str) -> str:
    """A file's name within a line (文件名的写法): nothing in it turns the line around or commands a terminal."""
    for character in clean_text(name)[2]:
        name = name.replace(character, "�")
    return _BREAKS.sub(" ", clean_text(name)[0])


def read_file(path: Path, name: str, most: int | None = None) -> bytes:
    """The bytes of a file that the user named; `name` is how messages call it.

    A pipe or device, which may never end, is not opened; of a file that is too large, no more is read than tells so.
    """
    most_bytes = held().outside.file_bytes if most is None else most
    # A name that stands for no file may be of any length.
    where = Location(file=name if len(name) <= 120 else name[:120] + "……")
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
            what = f"「{_short(name)}」不是普通文件"
            raise _refused("file.unreadable", what, "请给出存在磁盘上的文件", where)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            # Some of the system's own files do not say how long they are.
            blob = None if size > most_bytes else file.read() if size else file.read(most_bytes + 1)
    except FileNotFoundError:
        hint = _nearest_file(path) if os.path.isdir(path.parent) else "该文件夹不存在，请检查路径"
        raise _refused("file.not-found", f"找不到文件「{_short(name)}」", hint, where) from None
    except IsADirectoryError:
        what = f"「{_short(name)}」是文件夹，不是文件"
        raise _refused("file.is-folder", what, "请写出文件名", where) from None
    except (OSError, ValueError) as fault:  # ValueError: a name with U+0000
        what = f"读不了文件「{_short(name)}」：{_WHY_UNREADABLE.get(getattr(fault, 'errno', None) or 0, '读取失败')}"
        fix = "请检查文件权限，或关闭正在占用它的程序后重试"
        raise _refused("file.unreadable", what, fix, where) from None
    if blob is None or len(blob) > most_bytes:
        what = f"「{_short(name)}」超过 {most_bytes // 1024**2} MB"
        fix = "请看是不是给错了文件；文件里的图片请压缩，太长的请分成几份"
        raise _refused("file.too-big", what, fix, where)
    return blob


_WHY_UNREADABLE = {
    errno.EACCES: "没有读取权限",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ENOTDIR: "路径中有一段不是文件夹",
}


def _refused(code: str, what: str, fix: str, where: Location) -> InputError:
    return InputError([error(code, what, fix, where)])


def _nearest_file(path: Path) -> str:
    # The ending is anybody's typing: as a pattern it could mean anything, or nothing at all.
    names = sorted(each for each in os.listdir(path.parent) if not each.startswith("."))
    same_kind = [each for each in names if Path(each).suffix == path.suffix]
    if not same_kind:
        return f"该文件夹里没有 {_short(path.suffix)} 文件，请检查路径"
    return did_you_mean(path.name, same_kind)


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
    what = f"「{name}」第 {line} 行不是完整的 UTF-8、UTF-16 或 GB18030 文本"
    raise _refused("file.encoding", what, "请用 WPS 或记事本另存为 UTF-8 编码", Location(file=name, line=line))


def _is_broken_utf8(blob: bytes) -> bool:
    """Whether this is UTF-8 with some bytes broken, which GB18030 would often read as other, senseless text."""
    text = blob.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return 0 < broken < sum(character > "\u2e7f" for character in text) - broken


def read_source(blob: bytes, name: str, *, cleaned_later: bool = False) -> Source:
    """Data and places of one YAML or JSON file (by its name's ending).

    Its texts hold nothing that `clean_text` would change but no-break spaces; a reader that cleans them itself, as
    that of ledgers does, takes them `cleaned_later`: then only what no document can hold is refused.
    Raises `InputError` with every duplicate key, or with the place of the syntax error.
    """
    if len(blob) > (most := held().texts.file_bytes):
        what = f"「{name}」超过 {most // 1024 // 1024} MB"
        raise _refused("text.too-large", what, "请拆分文件，或改用 .xlsx 台账", Location(file=name, line=1))
    read = _read if len(blob) <= _SMALL else _read.__wrapped__
    return read(blob, name, cleaned_later, held().texts.depth)


# The office's and the program's own files, read again and again in one run, never changed; a ledger is larger.
_SMALL = 128 * 1024


@lru_cache(maxsize=64)
def _read(blob: bytes, name: str, cleaned_later: bool, deepest: int) -> Source:
    # The depth is looked up below, too; here it keeps what was read under another limit from counting as read.
    text = decode_text(blob, name)
    sha256 = hashlib.sha256(blob).hexdigest()
    if not name.lower().endswith(".json"):
        return _placed(_Places(name, cleaned_later), text, sha256)
    places = _Places(name, cleaned_later)
    data = _json_data(text, name)
    # Tabs inside JSON strings are illegal, so that every tab left is indentation, which YAML refuses.
    source = _placed(places, text.replace("\t", " "), sha256)
    places.refuse_numbers(data, ())
    places.refuse()
    return replace(source, data=data)


def _placed(places: _Places, text: str, sha256: str) -> Source:
    node = composed(text, places.file)
    if node is None:
        where = Location(file=places.file, line=1)
        raise _refused("text.empty", f"「{places.file}」是空文件", "请按 README 的示例填写", where)
    data = places.value(node, ())
    places.refuse()
    return Source(places.file, data, places.places, sha256, places.scalars, text)


def _json_data(text: str, name: str) -> Any:
    """The data of JSON; a number that is none (NaN, 1e999) or too long is left as `_NoNumber`."""

    def whole(digits: str) -> int | _NoNumber:
        return int(digits) if len(digits) < 19 else _NoNumber(digits)

    def decimal(digits: str) -> float | _NoNumber:
        value = float(digits)
        return value if math.isfinite(value) else _NoNumber(digits)

    try:
        return json.loads(text, parse_constant=_NoNumber, parse_int=whole, parse_float=decimal)
    except json.JSONDecodeError as fault:
        raise syntax_fault(name, fault.lineno, fault.colno, "JSON 语法错误") from None
    except RecursionError:
        return None  # composing it says on which line it is nested too deeply


@dataclass(frozen=True)
class _NoNumber:
    text: str


class _Places:
    """Walks over a file's nodes: their data, where each stands, and what is wrong with them."""

    def __init__(self, file: str, cleaned_later: bool) -> None:
        self.file = file
        self.cleaned_later = cleaned_later
        self.places: dict[Path_, tuple[int, int]] = {}
        self.scalars: dict[Path_, ScalarNode] = {}
        self.problems: list[Problem] = []

    def refuse(self) -> None:
        """Raise `InputError` with all that was found wrong, if anything was."""
        if self.problems:
            raise InputError(self.problems)

    def value(self, node: Node, path: Path_) -> Any:
        """The data of a node, its places noted under `path`."""
        self.places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if isinstance(node, ScalarNode):
            self.scalars[path] = node
            value = _scalar(node)
            self._refuse_illegal(value, self._where(path))
            return value
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, MappingNode)
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = key_node.start_mark
            where = Location(file=self.file, line=mark.line + 1, column=mark.column + 1)
            if not isinstance(key_node, ScalarNode):
                self.problems.append(error("text.bad-key", "键必须是一个词", "请改成「键: 值」的写法", where))
                continue
            key = _whole(key_node.value)
            self._refuse_illegal(key, where)
            if key in data:
                what = f"键「{_short(key)}」重复"
                first = replace(self._where((*path, key)), key=None)
                self.problems.append(error("text.duplicate-key", what, "请删去其中一个", where, [first]))
                continue
            self.places[*path, key] = (mark.line + 1, mark.column + 1)
            data[key] = self.value(value_node, (*path, key))
        return data

    def refuse_numbers(self, data: Any, path: Path_) -> None:
        """Note every number of a JSON file that is none."""
        if isinstance(data, _NoNumber):
            what = f"「{_short(data.text)}」不是可用的数字"
            self.problems.append(error("text.bad-number", what, "请改成普通的数字，或用引号括起来", self._where(path)))
        parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for key, item in parts:
            self.refuse_numbers(item, (*path, key))

    def _where(self, path: Path_) -> Location:
        line, column = self.places[path]
        return Location(file=self.file, line=line, column=column, key=key_text(path) or None)

    def _refuse_illegal(self, value: Any, where: Location) -> None:
        if not isinstance(value, str):
            return
        _, invisible, illegal = clean_text(value)
        if not self.cleaned_later:
            illegal = (*illegal, *dict.fromkeys(_LINE_ENDS.findall(value)), *invisible)
        if illegal:
            what = f"文字中有不允许的控制字符或看不见的字符（{'、'.join(map(name_of, illegal[:4]))}）"
            self.problems.append(error("text.illegal", what, "请删去这些字符；要换行请另起一行", where))


def _scalar(node: ScalarNode) -> Any:
    kind = str(node.tag).rpartition(":")[2]
    text = _whole(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    return text


def _whole(text: str) -> str:
    """The text with each pair of surrogates (`\\ud83d\\ude00`, as JSON writes rare characters) made one character."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


# Zero-width and direction marks that come along with copied text and are never meant, blanks that pass for letters
# (Hangul fillers), anchors of annotations, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# Characters that somebody made for his own machine (自造字).
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
# All that `clean_text` makes a line feed of.
_LINE_ENDS = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_BREAKS = re.compile("[\t\n]+")
# A terminal takes those up to U+009F for commands, as it takes those below U+0020.
_ILLEGAL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


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


# Whatever `clean_text` changes or takes out, and what is of private use, found in one search.
_NOT_PLAIN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\uffff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)


def is_plain(text: str) -> bool:
    """Whether a text (干净文字) has nothing for `clean_text` and `private_characters`, as nearly all have."""
    return not _NOT_PLAIN.search(text)


def private_characters(text: str) -> tuple[str, ...]:
    """The characters of private use (自造字) in a text, each once: another machine shows something else, or nothing."""
    return tuple(dict.fromkeys(_PRIVATE.findall(text)))


def name_of(character: str) -> str:
    """`U+200B`, for messages."""
    return f"U+{ord(character):04X}"
