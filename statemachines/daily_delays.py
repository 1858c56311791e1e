"""One uploaded file of flights becomes one report."""

from __future__ import annotations

from functions.flights import delays, join_weather, load_day, quarantine
from functions.models import BadFile, Report
from functions.reports import publish_day
from ladle import S3Upload, workflow


@workflow(on=S3Upload("landing", prefix="flights/", suffix=".csv"), alerts="ops", timeout=6 * 3600)
def daily_delays(bucket: str, key: str) -> Report:
    """Delay report of one day, per carrier."""
    try:
        day = load_day(bucket, key)
    except BadFile as error:
        quarantine(bucket, key, str(error))
        raise
    weather = join_weather(day)
    found = [delays(day, carrier) for carrier in day.carriers]
    if not found:
        return Report(date=day.date, flights=0, arrived=0, late=0, mean_delay=0.0, url=None)
    return publish_day(day, found, weather)
