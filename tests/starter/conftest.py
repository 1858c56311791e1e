"""Fixtures of this folder; `stage` has them and the helpers."""

from tests.starter.stage import call, stage  # noqa: F401
