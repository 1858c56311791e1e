"""What the samples are called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

NOW: Final = datetime(2026, 11, 22, 6, 12, 40, tzinfo=UTC).timestamp()
DAY: Final = 86400
SCRIPT: Final = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>"
LONG: Final = "reconcile_" + "the_bookings_of_all_carriers_" * 3 + "with_the_ledger_of_last_mon"
"""120 characters, as a name may have."""
LONG_NAME: Final = LONG[:120].ljust(120, "x")
CARRIERS: Final = [
    "9E",
    "AA",
    "AS",
    "B6",
    "DL",
    "EV",
    "F9",
    "FL",
    "HA",
    "MQ",
    "OO",
    "UA",
    "US",
    "VX",
    "WN",
    "YV",
]
FAILED: Final = "2026-11-22-b31c9e"
GOOD: Final = "2026-11-21-7f3a41"
WAITING: Final = "2026-10-rerun-90d2f4"
BATCH: Final = "batch-0117-e05ab2"
MANY: Final = "three-hundred-5a0e11"
HOSTILE: Final = "hostile-000bad"
SESSION: Final = {
    "stage": "prod",
    "stages": ["prod", "dev", "local"],
    "live": True,
    "poll": None,
    "app": "nyc-flights",
    "actions": ["start", "stop", "redrive", "resume", "backfill"],
    "version": "0.1.0",
    "token": True,
}
