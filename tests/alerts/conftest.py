"""Fixtures of this folder; `stage` has them and the helpers."""

from tests.alerts.stage import stage  # noqa: F401
