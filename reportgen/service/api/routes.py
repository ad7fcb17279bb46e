"""All routes of the API (全部接口), in the order in which the guide tells of them."""

from __future__ import annotations

from fastapi import APIRouter

from reportgen.service.api import (
    account,
    building,
    editions,
    examining,
    jobs,
    ledgers,
    people,
    periods,
    setting_files,
    system,
    unit_side,
    units,
    webhooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    periods.router,
    ledgers.router,
    examining.router,
    building.router,
    editions.router,
    setting_files.router,
    units.router,
    unit_side.router,
    jobs.router,
    webhooks.router,
    account.router,
    people.router,
    system.router,
)
