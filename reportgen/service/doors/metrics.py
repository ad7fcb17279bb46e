"""Figures about the service for IT's watch (监测指标): requests, the queue, the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import Scope

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one service (指标)."""

    def __init__(self, data: Path, methods: Iterable[str] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")) -> None:
        self._registry = CollectorRegistry()
        self._data = data
        self._methods = frozenset(methods)
        self._requests = Counter(
            "reportgen_requests_total", "请求数", ["route", "method", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "reportgen_request_seconds",
            "请求用时（秒）",
            ["route"],
            buckets=(0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
            registry=self._registry,
        )
        self._jobs = Gauge("reportgen_jobs", "任务数", ["state"], registry=self._registry)
        self._free = Gauge("reportgen_disk_free_bytes", "数据文件夹所在磁盘的剩余空间", registry=self._registry)

    def seen(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request (计一次请求): by its route, never by its address, of which there are endlessly many."""
        route = getattr(scope.get("route"), "path", "") or "-"
        method = scope["method"] if scope["method"] in self._methods else "-"
        self._requests.labels(route, method, str(status or 499)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, jobs: Mapping[str, int]) -> bytes:
        """All of them as Prometheus reads them (指标文本)."""
        for state, count in jobs.items():
            self._jobs.labels(state).set(count)
        self._free.set(shutil.disk_usage(self._data).free)
        return generate_latest(self._registry)
