"""Communes with kept figures, written by the store's own statements: for tests and benchmarks of the province page."""

import json
from datetime import UTC, datetime

from survey.domain.forecast import Forecast
from survey.domain.places import Border, Commune
from survey.domain.ports import Transaction
from survey.domain.scoreboard import Goal, goal_text
from survey.domain.times import to_text
from survey.store.figures import Summary, update_forecast, upsert_summary
from survey.store.places import insert_commune
from survey.store.settings import insert_setting

EDITION = "qd-51-2025"
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def square(number: int, *, corners: int = 4) -> Border:
    """A border in a grid of squares; more *corners* make its text as heavy as a real one's."""
    west, south = 105.2 + number % 9 * 0.1, 17.95 + number // 9 * 0.1
    edge = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1)]
    between = max(1, corners // 4)
    ring = [
        [west + a[0] + (b[0] - a[0]) * part / between, south + a[1] + (b[1] - a[1]) * part / between]
        for a, b in zip(edge, edge[1:] + edge[:1], strict=True)
        for part in range(between)
    ]
    return Border(json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}))


def put_commune(tx: Transaction, code: str, name: str, number: int, *, corners: int = 4) -> None:
    """A commune in the grid."""
    insert_commune(tx, Commune(code, name, "42", square(number, corners=corners), "test"), created_at=to_text(AT))


def put_line(tx: Transaction, code: str, *, met: int, visited: int = 10, edition: str = EDITION, changes: int = 0) -> None:
    """A commune's kept line: *met* of ten, three claimed, twenty sites."""
    upsert_summary(tx, Summary(code, edition, 10, met, 10 - met, 3, 1, 20, visited, AT, AT, AT, changes))


def put_goal(tx: Transaction, code: str, goal: Goal, *, group: str) -> None:
    """A commune's goal, and its group under that edition."""
    insert_setting(tx, code, "goal", goal_text(goal), reason="r", person="p", at=AT)
    insert_setting(tx, code, f"group.{goal.edition}", group, reason="r", person="p", at=AT)


def put_forecast(tx: Transaction, code: str, criteria: int, forecast: Forecast, *, edition: str = EDITION) -> None:
    """When a commune's goal of so many *criteria* will be reached; its line is there already."""
    update_forecast(tx, code, edition, criteria, forecast)
