"""The setting files of a period (设置文件): looked at, changed, with their history, and taken back.

A text is read before it is kept: one that is no sound YAML, or says what no configuration or template can, is refused
with the line. What it does to the report is told by the next check of the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from reportgen.naming import folded
from reportgen.problems import InputError, Location, Problem, error
from reportgen.service.model import Period, Person, SettingFile
from reportgen.service.office.desk import Desk
from reportgen.service.office.reports.periods import changed_meanwhile, visible_period
from reportgen.service.office.setting.configuration_text import MOST_BYTES, checked, read_text
from reportgen.service.office.setting.setting_names import refuse_nested, setting_name
from reportgen.service.office.setting.setting_roles import Used, labels, used_by
from reportgen.service.office.setting.text_differences import Line, line_differences
from reportgen.service.office.uploads import Upload
from reportgen.service.refusals import Conflict, not_found
from reportgen.service.store import audit, blobs, setting_files
from reportgen.service.store.opening import reading, writing
from reportgen.source import Path_, decode_text
from reportgen.template.loading import check_model
from reportgen.template.schema import ChangesTemplate, Config, ReturnForm, Template

MOST_FILES = 100
"""A period has so many setting files at most (最多设置文件数)."""
TEXTS = (".yaml", ".yml", ".json")
_OTHERS = (".xlsx", ".xlsm", ".csv", ".ttf", ".otf", ".ttc")
_MODELS: dict[Path_, type[Template | ChangesTemplate | ReturnForm]] = {
    ("template",): Template,
    ("unit_sets", "template"): Template,
    ("changes",): ChangesTemplate,
    ("returns", "form"): ReturnForm,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A setting file in the list (一份设置文件): `label` says what it is for, and is empty where nothing names it."""

    file: SettingFile
    label: str

    @property
    def is_text(self) -> bool:
        """Whether it can be changed on the page."""
        return is_text(self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The setting files of a period (全部设置文件).

    `bundled` is used as it comes with the program, `missing` is named by the configuration and not there; `problems`
    say why the configuration cannot be used.
    """

    period: Period
    files: tuple[Held, ...]
    bundled: tuple[Used, ...] = ()
    missing: tuple[Used, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A setting file as it is looked at (打开的设置文件): one version of it, and all versions, newest first.

    `text` is None where it is no text, or none that can be shown.
    """

    period: Period
    file: SettingFile
    versions: tuple[SettingFile, ...]
    label: str
    text: str | None

    @property
    def is_newest(self) -> bool:
        """Whether this is the version that counts."""
        return self.file == self.versions[0]


def is_text(file: SettingFile) -> bool:
    """Whether a file can be changed on the page (能在网页上改)."""
    return file.name.lower().endswith(TEXTS) and file.size <= MOST_BYTES


def all_files(desk: Desk, person: Person, period: str) -> Settings:
    """The setting files of a period (全部设置文件), the configuration first."""
    with reading(desk.store) as con:
        found = visible_period(con, person, period)
        files = setting_files.current_settings(con, period)
    used: list[Used] = []
    problems: tuple[Problem, ...] = ()
    try:
        used = used_by(_config(desk, files[found.config]))
    except InputError as fault:
        problems = fault.problems
    known = labels(used, found.config)
    held = [Held(file=each, label=known.get(each.name, "")) for each in files.values()]
    held.sort(key=lambda each: (each.file.name != found.config, not each.label, each.file.name))
    return Settings(
        period=found,
        files=tuple(held),
        bundled=tuple(each for each in used if each.is_bundled),
        missing=tuple(each for each in used if not each.is_bundled and each.name not in files),
        problems=problems,
    )


def the_file(desk: Desk, person: Person, period: str, name: str, number: int | None = None) -> Opened:
    """One version of a setting file (打开), the newest without a number."""
    with reading(desk.store) as con:
        found = visible_period(con, person, period)
        versions = setting_files.versions(con, period, name)
    file = next((each for each in versions if number in (None, each.version)), None)
    if file is None:
        raise not_found("这份设置文件，或没有这一版")
    label = next((each.label for each in all_files(desk, person, period).files if each.file.name == name), "")
    return Opened(period=found, file=file, versions=tuple(versions), label=label, text=_text(desk, file))


def blob_of(desk: Desk, person: Person, period: str, name: str, number: int | None = None) -> tuple[SettingFile, Path]:
    """A version of a setting file and where its bytes lie (下载设置文件)."""
    file = the_file(desk, person, period, name, number).file
    return file, blobs.path_of(desk.store, file.sha256)


def differences(desk: Desk, person: Person, period: str, name: str, before: int, after: int) -> tuple[Line, ...] | None:
    """What version `after` says differently from `before` (逐行差别); None where it cannot be told by lines."""
    old, new = (the_file(desk, person, period, name, number).text for number in (before, after))
    return None if old is None or new is None else line_differences(old, new)


def save_text(desk: Desk, person: Person, period: str, name: str, text: str, seen: int, note: str = "") -> SettingFile:
    """A changed text is the newest version (保存文字); refused is a wrong one, and a change of an older version."""
    opened = the_file(desk, person, period, name)
    if opened.file.version != seen:
        raise changed_meanwhile(opened.file)
    if opened.text is None:
        what = f"「{name}」不是能在网页上改的文字"
        raise Conflict([error("service.no-text", what, "请下载后在电脑上改好，再上传")])
    blob = _as_before(text, blobs.read(desk.store, opened.file.sha256))
    _refuse_unsound(desk, opened.period, name, blob)
    sha256 = blobs.put(desk.store, blob)
    with writing(desk.store) as con:
        current = setting_files.current_settings(con, period)[name]
        if current.version != seen:
            raise changed_meanwhile(current)
        return _put(con, person, period, name, sha256, len(blob), note)


def upload(desk: Desk, person: Person, period: str, uploads: Sequence[Upload], note: str = "") -> list[SettingFile]:
    """Files that somebody sent are the newest versions (上传设置文件), all of them or none.

    Each takes the place of the one with its name, or stands where the configuration names it.
    """
    known = all_files(desk, person, period)
    places = [_place_of(known, each.name) for each in uploads]
    for each, name in zip(uploads, places, strict=True):
        _refuse_kind(name)
        if name.lower().endswith(TEXTS):
            # No more is read of a large one than it takes to see that it is too large.
            with blobs.path_of(desk.store, each.sha256).open("rb") as file:
                _refuse_unsound(desk, known.period, name, file.read(MOST_BYTES + 1))
    with writing(desk.store) as con:
        visible_period(con, person, period)
        names = setting_files.current_settings(con, period).keys() | set(places)
        refuse_nested(names)
        if len(names) > MOST_FILES:
            what = f"设置文件超过 {MOST_FILES} 份"
            raise Conflict([error("service.too-many-files", what, "一个期次只放配置和它用到的文件；请核对选的文件")])
        return [
            _put(con, person, period, name, each.sha256, each.size, note)
            for each, name in zip(uploads, places, strict=True)
        ]


def restore(desk: Desk, person: Person, period: str, name: str, number: int) -> SettingFile:
    """An older version is the newest one again (退回旧版); those between stay in the history."""
    with writing(desk.store) as con:
        visible_period(con, person, period)
        old = setting_files.version(con, period, name, number)
        if old is None:
            raise not_found("这份设置文件，或没有这一版")
        return put_back(con, person, old)


def put_back(con: Connection, person: Person, old: SettingFile) -> SettingFile:
    """A version once more, as a new one (退回); the one that is the newest already stays so."""
    note = f"退回第 {old.version} 版"
    made = setting_files.put_setting(
        con, old.period, old.name, old.sha256, old.size, person, note=note, restored_from=old.version
    )
    if made.restored_from == old.version:
        audit.note(con, person, "退回设置文件", old.period, f"{old.name} 第 {old.version} 版")
    return made


def _put(con: Connection, person: Person, period: str, name: str, sha256: str, size: int, note: str) -> SettingFile:
    before = setting_files.current_settings(con, period).get(name)
    made = setting_files.put_setting(con, period, name, sha256, size, person, note=" ".join(note.split())[:200])
    if before != made:
        audit.note(con, person, "改设置文件", period, f"{name} 第 {made.version} 版")
    return made


def _place_of(known: Settings, said: str) -> str:
    """Where a file of that name stands: the names of the period come first, then those that the configuration has."""
    names = [each.file.name for each in known.files] + [each.name for each in known.missing]
    for name in names:
        if folded(name) == folded(said):
            return setting_name(name)
    return setting_name(next((name for name in names if folded(name.rpartition("/")[2]) == folded(said)), said))


def _refuse_kind(name: str) -> None:
    if not name.lower().endswith((*TEXTS, *_OTHERS)):
        kinds = "、".join((*TEXTS, *_OTHERS))
        what, fix = f"「{name}」不是设置文件", f"设置文件有 {kinds}；表格请另存为 .xlsx；台账请在第 2 步上传"
        raise InputError([error("file.wrong-kind", what, fix, Location(file=name))])


def _refuse_unsound(desk: Desk, period: Period, name: str, blob: bytes) -> None:
    """Refuse a text that nothing could be made with, at the line where it is wrong."""
    source = read_text(blob, name)
    if name == period.config:
        checked(source)
        return
    with reading(desk.store) as con:
        config = setting_files.current_settings(con, period.id)[period.config]
    try:
        used = used_by(_config(desk, config))
    except InputError:
        return  # nobody knows what it is for; the configuration must be mended first
    for each in used:
        if each.name == name and each.path in _MODELS:
            check_model(_MODELS[each.path], source)


def _config(desk: Desk, file: SettingFile) -> Config:
    return checked(read_text(blobs.read(desk.store, file.sha256), file.name))


def _text(desk: Desk, file: SettingFile) -> str | None:
    if not is_text(file):
        return None
    try:
        return decode_text(blobs.read(desk.store, file.sha256), file.name).replace("\r\n", "\n")
    except InputError:
        return None


def _as_before(text: str, before: bytes) -> bytes:
    """A text as bytes: browsers send lines with CR LF; the file keeps its own kind of line ends, and its mark."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    blob = (lines.replace("\n", "\r\n") if b"\r\n" in before else lines).encode("utf-8", "replace")
    return b"\xef\xbb\xbf" + blob if before.startswith(b"\xef\xbb\xbf") else blob
