"""Report periods (期次): all of them, a new one, and what its configuration says in plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from reportgen.problems import InputError, Problem, error
from reportgen.service.model import Period, Person, SettingFile
from reportgen.service.office.desk import Desk, need_office
from reportgen.service.office.setting.configuration_fields import FIELDS, read_values, typed_values
from reportgen.service.office.setting.configuration_files import SAMPLE, Placed, placed_files, sample_files
from reportgen.service.office.setting.configuration_text import changed, checked, read_text
from reportgen.service.office.setting.plain_configuration import plain_files
from reportgen.service.office.setting.setting_names import refuse_nested, setting_name
from reportgen.service.office.uploads import Upload
from reportgen.service.refusals import Conflict, not_found
from reportgen.service.store import audit, blobs, periods, setting_files
from reportgen.service.store.opening import reading, writing
from reportgen.source import clean_text

LONGEST_TITLE = 80


def visible_period(con: Connection, person: Person, id: str) -> Period:
    """The period of that id (期次), for whom the office's work is open to; else it is said not to be there."""
    need_office(person)
    return known_period(con, id)


def known_period(con: Connection, id: str) -> Period:
    """The period of that id (期次), for those whose right to see it has been looked at already."""
    found = periods.period(con, id)
    if found is None:
        raise not_found("这个期次")
    return found


def the_period(desk: Desk, person: Person, id: str) -> Period:
    """The period of that id (期次), looked at by itself."""
    with reading(desk.store) as con:
        return visible_period(con, person, id)


def all_periods(desk: Desk, person: Person, *, archived: bool = False) -> list[Period]:
    """All periods, newest first (全部期次)."""
    need_office(person)
    with reading(desk.store) as con:
        return periods.all_periods(con, archived=archived)


def new_from_sample(desk: Desk, person: Person, title: str) -> Period:
    """A period to try things out (用样例新建), with the sample's settings; its ledger is put in by itself."""
    need_office(person)
    return _new(desk, person, title or SAMPLE, sample_files())


def new_from_earlier(desk: Desk, person: Person, title: str, earlier: str) -> Period:
    """A period with the settings of an earlier one (照上一期新建); its ledger is not taken along."""
    need_office(person)
    with reading(desk.store) as con:
        before = visible_period(con, person, earlier)
        found = setting_files.current_settings(con, earlier)
    placed = [Placed(name=each.name, blob=blobs.read(desk.store, each.sha256)) for each in found.values()]
    # The configuration comes first, whatever the others are called.
    placed.sort(key=lambda each: (each.name != before.config, each.name))
    return _new(desk, person, title or f"{before.title}（新一期）", placed)


def new_from_files(desk: Desk, person: Person, title: str, uploads: Sequence[Upload]) -> Period:
    """A period with the office's own configuration and what it names (用自己的配置新建)."""
    need_office(person)
    found = placed_files([(each.name, blobs.read(desk.store, each.sha256)) for each in uploads])
    return _new(desk, person, title or found[0].name.rpartition(".")[0], found)


def new_from_answers(
    desk: Desk, person: Person, title: str, answers: Mapping[str, str], register: Upload | None = None
) -> Period:
    """A period with a configuration written of plain answers (填几项新建), and the units' register if there is one."""
    need_office(person)
    title = fit_title(title)
    units = (register.name, blobs.read(desk.store, register.sha256)) if register is not None else None
    return _new(desk, person, title, plain_files(title, answers, units))


def _new(desk: Desk, person: Person, title: str, placed: Sequence[Placed]) -> Period:
    title = fit_title(title)
    refuse_nested([setting_name(each.name) for each in placed])
    stored = [(each.name, blobs.put(desk.store, each.blob), len(each.blob)) for each in placed]
    with writing(desk.store) as con:
        made = periods.add(con, title, stored[0][0], person)
        for name, sha256, size in stored:
            setting_files.put_setting(con, made.id, name, sha256, size, person)
        audit.note(con, person, "新建期次", made.id, title)
    return made


def fit_title(title: str) -> str:
    """A period's name on one line (期次名称); refused where it is empty or long."""
    clean = " ".join(clean_text(title)[0].split())
    if not clean or len(clean) > LONGEST_TITLE:
        what = "期次名称没有填" if not clean else f"期次名称有 {len(clean)} 个字，太长"
        fix = f"请写一个 {LONGEST_TITLE} 字以内的名称，如 2026年上半年"
        raise InputError([error("service.period-title", what, fix)])
    return clean


def archive(desk: Desk, person: Person, id: str, *, archived: bool = True) -> None:
    """Put a period away, or take it out again (归档); nothing of it is lost."""
    with writing(desk.store) as con:
        found = visible_period(con, person, id)
        periods.change(con, id, archived=archived)
        audit.note(con, person, "归档期次" if archived else "取消归档", id, found.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainValues:
    """What a configuration says in plain values (配置的各项): by the name of the form's field.

    `problems` say why the configuration cannot be used as it stands; `version` is the one that was read.
    """

    file: SettingFile
    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def plain_values(desk: Desk, person: Person, id: str) -> PlainValues:
    """What the period's configuration says (读配置各项)."""
    with reading(desk.store) as con:
        period = visible_period(con, person, id)
        file = setting_files.current_settings(con, id)[period.config]
    try:
        source = read_text(blobs.read(desk.store, file.sha256), file.name)
    except InputError as fault:
        return PlainValues(file=file, values={each.name: "" for each in FIELDS}, problems=fault.problems)
    try:
        checked(source)
    except InputError as fault:
        return PlainValues(file=file, values=read_values(source), problems=fault.problems)
    return PlainValues(file=file, values=read_values(source))


def save_values(
    desk: Desk, person: Person, id: str, title: str, values: Mapping[str, str], version: int | None = None
) -> PlainValues:
    """The period's name and its configuration with these values (保存各项): a new version of the file.

    Refused is a value that does not fit, and what somebody has changed meanwhile: `version` is the one that the form
    was filled from.
    """
    title = fit_title(title)
    before = plain_values(desk, person, id)
    if version is not None and version != before.file.version:
        raise changed_meanwhile(before.file)
    source = read_text(blobs.read(desk.store, before.file.sha256), before.file.name)
    new = typed_values(source, values)
    blob = changed(source, new) if new else source.text.encode()
    if new:
        checked(read_text(blob, before.file.name))
    sha256 = blobs.put(desk.store, blob) if new else before.file.sha256
    with writing(desk.store) as con:
        period = visible_period(con, person, id)
        current = setting_files.current_settings(con, id)[period.config]
        if current.version != before.file.version:
            raise changed_meanwhile(current)
        if title != period.title:
            periods.change(con, id, title=title)
            audit.note(con, person, "改期次名称", id, title)
        if new:
            setting_files.put_setting(con, id, period.config, sha256, len(blob), person, note="在「期次」页上改")
            audit.note(con, person, "改配置", id, period.config)
    return plain_values(desk, person, id)


def changed_meanwhile(file: SettingFile) -> Conflict:
    """Somebody else has saved the file since the form was opened (别人先改了)."""
    what = f"「{file.name}」刚由{file.author}改过（现在是第 {file.version} 版），您的改动没有保存"
    return Conflict([error("service.changed-meanwhile", what, "请重新打开这一页，看过新的内容后再改")])
