"""The files that a period's report is set by, with all their versions (设置文件)."""

from __future__ import annotations

from sqlalchemy import Connection, Row, func, insert, select

from reportgen.service.model import Person, SettingFile
from reportgen.service.store.opening import now
from reportgen.service.store.tables import SETTING_FILES


def current_settings(con: Connection, period: str) -> dict[str, SettingFile]:
    """The newest version of each, by name (现用设置文件)."""
    newest = (
        select(SETTING_FILES.c.name, func.max(SETTING_FILES.c.version).label("version"))
        .where(SETTING_FILES.c.period == period)
        .group_by(SETTING_FILES.c.name)
        .subquery()
    )
    query = (
        select(SETTING_FILES)
        .join(newest, (SETTING_FILES.c.name == newest.c.name) & (SETTING_FILES.c.version == newest.c.version))
        .where(SETTING_FILES.c.period == period)
        .order_by(SETTING_FILES.c.name)
    )
    return {file.name: file for file in map(_file, con.execute(query))}


def versions(con: Connection, period: str, name: str) -> list[SettingFile]:
    """All versions of one, newest first (历史版本)."""
    query = (
        select(SETTING_FILES)
        .where(SETTING_FILES.c.period == period, SETTING_FILES.c.name == name)
        .order_by(SETTING_FILES.c.version.desc())
    )
    return [_file(row) for row in con.execute(query)]


def version(con: Connection, period: str, name: str, number: int) -> SettingFile | None:
    """That version of it (某一版)."""
    table = SETTING_FILES.c
    row = con.execute(
        select(SETTING_FILES).where(table.period == period, table.name == name, table.version == number)
    ).one_or_none()
    return None if row is None else _file(row)


def put_setting(
    con: Connection,
    period: str,
    name: str,
    sha256: str,
    size: int,
    person: Person,
    *,
    note: str = "",
    restored_from: int | None = None,
) -> SettingFile:
    """A new version of it (存为新版); the bytes that are the newest version already make none."""
    before = next(iter(versions(con, period, name)), None)
    if before is not None and before.sha256 == sha256:
        return before
    made = SettingFile(
        period=period,
        name=name,
        version=before.version + 1 if before else 1,
        sha256=sha256,
        size=size,
        author=person.name,
        at=now(con),
        note=note,
        restored_from=restored_from,
    )
    con.execute(
        insert(SETTING_FILES).values(
            period=period,
            name=name,
            version=made.version,
            sha256=sha256,
            size=size,
            author=made.author,
            at=made.at,
            note=note,
            restored_from=restored_from,
        )
    )
    return made


def _file(row: Row[tuple[object, ...]]) -> SettingFile:
    return SettingFile(**row._mapping)
