"""service.yaml (服务设置文件): what IT has written, each value held against what it may be, faults at their lines."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from reportgen.limits import GROUPS, SERVICE, STANDARD, Meaning, meanings, with_values
from reportgen.problems import InputError, Problem, did_you_mean, error
from reportgen.service.settings import Mode, ProxySettings, Settings
from reportgen.source import Source, read_file, read_source

NAME = "service.yaml"
KEYS = tuple(field.name for field in fields(Settings) if field.name != "data")
PROXY_KEYS = tuple(field.name for field in fields(ProxySettings))


class _Wrong(Exception):
    """What a value should be."""


def load_settings(data: Path, options: Mapping[str, Any]) -> Settings:
    """What service.yaml in the data folder says, and the command line's options over it (读取服务设置)."""
    path = data / NAME
    source = read_source(read_file(path, NAME), NAME) if os.path.lexists(path) else None
    settings = read_settings(source, data) if source else Settings(data=data)
    settings = replace(settings, **options)
    if problem := _contradiction(settings):
        # An option of the command line stands in no file.
        keys = [key for key in ("mode", "host") if source and key in source.data and key not in options]
        raise InputError([replace(problem, where=source.locate((keys[0],))) if source and keys else problem])
    return settings


def read_settings(source: Source, data: Path) -> Settings:
    """The settings that a file says (解析服务设置); raises `InputError` with all its faults."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for key, value in _mapping(source, (), KEYS, problems).items():
        if key == "proxy":
            proxy = _mapping(source, ("proxy",), PROXY_KEYS, problems)
            values[key] = ProxySettings(**_checked(source, ("proxy",), proxy, _PROXY, problems))
        elif key == "limits":
            values[key] = with_values(STANDARD, _limits(source, problems))
        else:
            values |= _checked(source, (), {key: value}, _CHECKS, problems)
    if problems:
        raise InputError(problems)
    return Settings(data=data, **values)


def _limits(source: Source, problems: list[Problem]) -> dict[str, dict[str, float]]:
    """What is said of limits, by group and key."""
    found = {}
    for group in _mapping(source, ("limits",), tuple(GROUPS), problems):
        checks = {each.key: _by_meaning(each) for each in meanings(getattr(STANDARD, group)).values()}
        given = _mapping(source, ("limits", group), tuple(checks), problems)
        found[group] = _checked(source, ("limits", group), given, checks, problems)
    return found


def _mapping(
    source: Source, path: tuple[str, ...], known: tuple[str, ...], problems: list[Problem]
) -> Mapping[str, Any]:
    found = source.data
    for part in path:
        found = found[part]
    if not isinstance(found, dict):
        fix = "请写成“键: 值”，一行一项"
        problems.append(error("service.wrong-setting", f"{NAME} 这里要写键和值", fix, source.locate(path)))
        return {}
    for key in (key for key in found if key not in known):
        where = source.locate((*path, key))
        problems.append(
            error("service.unknown-setting", f"没有「{key[:40]}」这一项设置", did_you_mean(key, known), where)
        )
    return {key: value for key, value in found.items() if key in known}


def _checked(
    source: Source,
    path: tuple[str, ...],
    values: Mapping[str, Any],
    checks: Mapping[str, Callable[[Any], Any]],
    problems: list[Problem],
) -> dict[str, Any]:
    good: dict[str, Any] = {}
    for key, value in values.items():
        try:
            good[key] = checks[key](value)
        except _Wrong as wrong:
            where = source.locate((*path, key))
            problems.append(error("service.wrong-setting", f"设置 {key} 的值不能用", f"{key} 要写{wrong}", where))
    return good


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise _Wrong(f" {least} 到 {most} 的整数")
        return value

    return check


def _number(least: float, most: float) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        if type(value) not in (int, float) or not least <= value <= most:
            raise _Wrong(f" {least:g} 到 {most:g} 的数")
        return float(value)

    return check


def _by_meaning(meaning: Meaning) -> Callable[[Any], float]:
    return _whole(int(meaning.least), int(meaning.most)) if meaning.is_whole else _number(meaning.least, meaning.most)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise _Wrong("一行文字")
    return value.strip()


def _workers(value: Any) -> int | None:
    return None if value is None else _whole(1, 64)(value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(" true 或 false")
    return value


def _mode(value: Any) -> Mode:
    for mode in Mode:
        if value == mode.value:
            return mode
    raise _Wrong("、".join(mode.value for mode in Mode) + " 中的一个")


def _url(value: Any) -> str:
    parts = _parts(value) if isinstance(value, str) and value.isprintable() else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise _Wrong("浏览器里看到的网址，如 https://ducha.example.gov.cn，后面不带路径")
    return f"{parts.scheme}://{parts.netloc}"


def _parts(url: str) -> SplitResult | None:
    """The parts of an address (网址各部分); None of one whose brackets or port no browser understands."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _webhooks(value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) and re.match(r"https?://[^/?#@\s]+/", each) and _parts(each) for each in texts):
        raise _Wrong("网址开头的清单，主机名后面要有 /，如 https://oa.example.gov.cn/hooks/")
    return tuple(texts)


def _addresses(value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    try:
        if all(isinstance(each, str) for each in texts):
            return tuple(str(ipaddress.ip_network(each)) for each in texts)
    except ValueError:
        pass
    raise _Wrong("IP 地址或网段的清单，如 10.0.0.5 或 10.0.0.0/24")


def _header(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,60}", value):
        raise _Wrong("请求头的名称，如 X-Forwarded-User")
    return value


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "host": _text,
    "port": _whole(1, 65535),
    "mode": _mode,
    "public_url": _url,
    "database": _text,
    "workers": _workers,
    "preview_ahead": _yes_or_no,
    "webhooks": _webhooks,
    **{each.key: _by_meaning(each) for each in meanings(SERVICE).values()},
}
_PROXY: Mapping[str, Callable[[Any], Any]] = {"addresses": _addresses, "header": _header, "admin": _text}


def _contradiction(settings: Settings) -> Problem | None:
    """What cannot be together."""
    if settings.mode is Mode.PROXY and not (settings.proxy.addresses and settings.proxy.admin):
        fix = f"请在 {NAME} 的 proxy 里写 addresses（代理服务器的地址）和 admin（首位管理员的用户名）"
        return error("service.wrong-setting", "用统一登录（proxy）要写明代理服务器和首位管理员", fix)
    if settings.mode is Mode.LOCAL and not is_loopback(settings.host):
        fix = "多人使用请把 mode 设为 users；只在本机用请去掉 host"
        return error("service.wrong-setting", "本机方式（local）只能在本机打开，不能对外开放", fix)
    return None


def is_loopback(host: str) -> bool:
    """Whether only this machine gets there (只限本机)."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
