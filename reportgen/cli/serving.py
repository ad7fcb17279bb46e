"""The command of the intranet service (网上服务命令): serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from reportgen.cli.shell import Command, app, fail
from reportgen.problems import EnvironmentLacking, ReportError, error


@app.command("serve", help="启动网上服务：督查办用浏览器做报告，部门用链接填反馈，其他系统用接口", cls=Command)
def serve_command(
    data: Annotated[
        Path, typer.Option(metavar="文件夹", help="数据文件夹：数据库、全部文件和 service.yaml；备份它就够了")
    ] = Path("reportgen-data"),
    host: Annotated[
        str | None, typer.Option(metavar="地址", help="在哪个地址上服务，默认 127.0.0.1（只有本机能打开）")
    ] = None,
    port: Annotated[int | None, typer.Option(metavar="端口", min=0, max=65535, help="端口，默认 8765")] = None,
    link: Annotated[bool, typer.Option("--link", help="不启动，只再显示一个能登录一次的网址")] = False,
) -> None:
    """Serve the pages and the API."""
    options: dict[str, Any] = {}
    if host is not None:
        options["host"] = host
    if port is not None:
        options["port"] = port
    try:
        _need_service()
        from reportgen.service.settings_file import load_settings

        settings = load_settings(data, options)
        from reportgen.service import serving

        if link:
            print(serving.further_address(settings))
        else:
            _log_to_stderr()
            serving.serve(settings, lambda address: print(address, flush=True))
    except ReportError as fault:
        fail(fault, as_json=False)


def _need_service() -> None:
    """Say what to install where the service's parts are not."""
    from importlib.util import find_spec

    parts = ("fastapi", "uvicorn", "multipart", "sqlalchemy", "alembic", "pwdlib", "prometheus_client")
    lacking = [name for name in parts if find_spec(name) is None]
    if lacking:
        what = f"没有装网上服务的组件（缺 {'、'.join(lacking)}）"
        raise EnvironmentLacking(
            [error("service.not-installed", what, '请运行 pip install "duban-reportgen[service]"')]
        )


def _log_to_stderr() -> None:
    import logging

    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    for name in ("uvicorn", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
