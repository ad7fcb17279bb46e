"""Where the files of a period's settings stand (设置文件的位置): as the configuration names them, inside the period.

An office uploads files without folders; each goes to where the configuration names a file of that name. What it names
outside of its own folder is made a name inside, so that the service never reads anything but what it was given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reportgen.naming import folded
from reportgen.problems import InputError, Location, Problem, error, refuse_errors
from reportgen.service.office.setting.configuration_text import Value, changed, read_text
from reportgen.service.work.confining import NAMING, leads_out, named_at
from reportgen.service.work.layout import LEDGER_FOLDER
from reportgen.source import Path_, Source

SAMPLE = "样例：青屏区2026年上半年"
SAMPLE_LEDGER = "台账.xlsx"
# Beside a source checkout the samples stand next to the package; a wheel carries them inside it.
_PACKAGE = Path(__file__).resolve().parents[3]
_ROOTS = (_PACKAGE.parent, _PACKAGE / "data")
_CONFIGURATION, _REGISTER = "configs/qingping-changes.yaml", "configs/units/qingping.yaml"
_LEDGER, _FORMER_LEDGER = "samples/qingping-2026h1/台账.xlsx", "samples/qingping-2026q1/台账.xlsx"
_OUTPUT = "青屏区2026年上半年督查报告"
_A_FILE = re.compile(r"(?i)\.(ya?ml|json|xlsx|xlsm|csv|ttf|otf|ttc)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A setting file and its path beside the configuration (就位的设置文件)."""

    name: str
    blob: bytes


def sample_files() -> list[Placed]:
    """The settings of the sample (样例的设置文件), the configuration first."""
    source = read_text(_bundled(_CONFIGURATION).read_bytes(), "配置.yaml")
    former = "上期台账.xlsx"
    text = changed(source, {("previous_ledger",): former, ("output",): _OUTPUT})
    others = [(_REGISTER, "qingping.yaml"), (_FORMER_LEDGER, former)]
    return placed_files([(source.file, text), *((name, _bundled(path).read_bytes()) for path, name in others)])


def sample_ledger() -> bytes:
    """The sample's ledger (样例台账)."""
    return _bundled(_LEDGER).read_bytes()


def _bundled(path: str) -> Path:
    return next(place for root in _ROOTS if (place := root / path).is_file())


def placed_files(files: Sequence[tuple[str, bytes]]) -> list[Placed]:
    """The files in their places (就位), the configuration first; raises `InputError` with all that is amiss."""
    source = _configuration(files)
    others = {folded(name): (name, blob) for name, blob in files if name != source.file}
    # The ledger is kept by the service; what the configuration says of it holds for the command line.
    new: dict[Path_, Value] = {}
    for path, named in named_at(source, ("ledger",)):
        if leads_out(named):
            new[path] = f"{LEDGER_FOLDER}/{SAMPLE_LEDGER}"
    placed: list[Placed] = []
    problems: list[Problem] = []
    for path, named in (each for key in NAMING for each in named_at(source, key)):
        base = re.split(r"[/\\]", named)[-1]
        found = others.pop(folded(base), None)
        if found is None:
            if _A_FILE.search(named) and not any(folded(base) == folded(each.name.split("/")[-1]) for each in placed):
                problems.append(_not_sent(base, source.locate(path)))
            continue
        inside = base if leads_out(named) else PurePosixPath(named.replace("\\", "/")).as_posix()
        if inside != named:
            new[path] = inside
        placed.append(Placed(name=inside, blob=found[1]))
    refuse_errors(problems)
    # A style or rule file may stand on another one, which only it names.
    placed += [Placed(name=name, blob=blob) for name, blob in others.values()]
    text = changed(source, new) if new else _original(files, source.file)
    return [Placed(name=source.file, blob=text), *placed]


def _configuration(files: Sequence[tuple[str, bytes]]) -> Source:
    """The one among them that is a configuration (哪一份是配置)."""
    found: list[Source] = []
    faults: list[Problem] = []
    for name, blob in files:
        if not re.search(r"(?i)\.(ya?ml|json)$", name):
            continue
        try:
            source = read_text(blob, name)
        except InputError as fault:
            faults += fault.problems
            continue
        if "issuer" in source.data or "ledger" in source.data:
            found.append(source)
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        names = "、".join(each.file for each in found)
        fix = "一个期次只用一份配置；请只选一份配置和它用到的文件再传"
        raise InputError([error("service.two-configurations", f"选了几份配置：{names}", fix)])
    if faults:
        raise InputError(faults)
    fix = "请选配置文件（.yaml，里面有 template、year、issuer 等项），连同它用到的单位名录、模板一起传"
    raise InputError([error("service.no-configuration", "选的文件里没有配置文件", fix)])


def _not_sent(name: str, where: Location) -> Problem:
    what = f"配置用到「{name}」，没有一起传来"
    return error("service.file-not-sent", what, "请把它和配置一起选上再传；不用它就在配置里删去这一项", where)


def _original(files: Sequence[tuple[str, bytes]], name: str) -> bytes:
    return next(blob for each, blob in files if each == name)
