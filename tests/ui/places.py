"""The addresses that every test of appearance goes through."""

from __future__ import annotations

from typing import Final

from tests.ui import samples

VIEWS: Final = {
    "overview": "",
    "what needs attention": "?show=attention",
    "a workflow": "w/daily_delays",
    "an empty slot": f"w/daily_delays?slot={int(samples.slots()[32]['at'])}",
    "a workflow that never ran": "w/quiet",
    "a failed run": f"r/{samples.FAILED}",
    "the log of a step": f"r/{samples.FAILED}?step=load_weather&tab=log&attempt=2",
    "a run that waits": f"r/{samples.WAITING}",
    "a run that waits, at true scale": f"r/{samples.WAITING}?scale=true",
    "a run of 10,000 items": f"r/{samples.BATCH}",
    "a map": f"r/{samples.BATCH}/map/geocode",
    "an item": f"r/{samples.BATCH}/map/geocode?item=4196&status=all",
    "a comparison": f"compare/{samples.GOOD}..{samples.FAILED}",
    "a run of 300 steps": f"r/{samples.MANY}",
    "hostile values": f"r/{samples.HOSTILE}?tab=error&step=load_weather",
}

DIALOGS: Final = {
    "resume": f"r/{samples.FAILED}?ask=resume",
    "redrive": f"r/{samples.FAILED}?ask=redrive",
    "replay": f"r/{samples.FAILED}?ask=replay",
    "stop": f"r/{samples.WAITING}?ask=stop",
    "start": "w/daily_delays?ask=start",
    "backfill": "w/daily_delays?ask=backfill",
    "keys": "?ask=help",
}
