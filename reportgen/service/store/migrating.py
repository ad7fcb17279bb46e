"""Bringing an older database up to date (升级数据库), by Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from reportgen.problems import EnvironmentLacking, error
from reportgen.service.store.tables import NEWEST


def migrate(con: Connection, found: str | None) -> None:
    """From version `found`, or from nothing, to the newest (升级), within the caller's transaction."""
    config = alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise EnvironmentLacking(
            [
                error(
                    "service.newer-database",
                    f"数据库是更新版本的程序建的（{found}，本程序认到 {NEWEST}）",
                    "换用新版程序；要用本程序，请用升级前的备份",
                )
            ]
        )
    if found != NEWEST:
        config.attributes["connection"] = con
        command.upgrade(config, "head")


def alembic_config() -> Config:
    """Where the migrations are (迁移脚本位置), without a file of Alembic's own."""
    config = Config()
    # `%` begins an interpolation there.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
