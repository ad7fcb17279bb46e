"""An office's own copy of what comes with the program (自己的模板): put beside the configuration, which names it."""

from __future__ import annotations

from pathlib import Path

from reportgen.naming import folded
from reportgen.problems import error
from reportgen.service.model import Person, SettingFile
from reportgen.service.office.desk import Desk
from reportgen.service.office.reports.periods import changed_meanwhile, visible_period
from reportgen.service.office.setting.configuration_text import changed, checked, read_text
from reportgen.service.office.setting.setting_names import refuse_nested
from reportgen.service.office.setting.setting_roles import Used, used_by
from reportgen.service.refusals import Conflict, not_found
from reportgen.service.store import audit, blobs, setting_files
from reportgen.service.store.opening import reading, writing
from reportgen.template.loading import find_data


def bundled_text(used: Used) -> tuple[str, bytes]:
    """Name and bytes of what comes with the program (随程序的文件)."""
    # Nothing lies beside: only the program's own folders are looked through.
    path, _ = find_data(used.kind, used.name, Path("nowhere"), read_text(b"{}", "配置").locate(used.path))
    return path.name, path.read_bytes()


def own_copy(desk: Desk, person: Person, period: str, key: str) -> SettingFile:
    """Make a copy of what the configuration uses under that key, and have it use the copy (做一份自己的).

    Nothing changes in the report by this; then the copy can be changed as any setting file.
    """
    with reading(desk.store) as con:
        found = visible_period(con, person, period)
        files = setting_files.current_settings(con, period)
    before = files[found.config]
    source = read_text(blobs.read(desk.store, before.sha256), before.name)
    used = next((each for each in used_by(checked(source)) if each.key == key), None)
    if used is None or not used.kind:
        raise not_found("这一项设置")
    if not used.is_bundled:
        what = f"{used.label}已经是自己的：{used.name}"
        raise Conflict([error("service.own-already", what, "请直接打开这份文件来改")])
    name, blob = bundled_text(used)
    name = _free(name, set(map(folded, files)))
    config = changed(source, {used.path: name})
    stored = {name: blob, found.config: config}
    hashes = {each: blobs.put(desk.store, data) for each, data in stored.items()}
    with writing(desk.store) as con:
        current = setting_files.current_settings(con, period)
        if current[found.config] != before or name in current:
            raise changed_meanwhile(current[found.config])
        refuse_nested([*current, name])
        note = f"从程序的{used.label}复制"
        made = setting_files.put_setting(con, period, name, hashes[name], len(blob), person, note=note)
        note = f"{used.label}改用 {name}"
        setting_files.put_setting(con, period, found.config, hashes[found.config], len(config), person, note=note)
        audit.note(con, person, f"做一份自己的{used.label}", period, name)
    return made


def _free(name: str, taken: set[str]) -> str:
    """A name that no setting file has."""
    stem, dot, suffix = name.rpartition(".")
    number = 1
    while folded(name) in taken:
        number += 1
        name = f"{stem}-{number}{dot}{suffix}"
    return name
