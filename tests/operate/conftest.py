"""What the tests of this folder share."""

from tests.operate.stage import stage  # noqa: F401
