"""The judging of data beside ingestion, with the plant's own time and its numbers among the metrics."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

from ingestion.quality.watch import Watch
from interfaces.app.composition import App
from interfaces.app.site_clock import SiteClock


async def watch_quality(app: App) -> None:
    """Until cancelled."""

    async def zone() -> tzinfo:
        return ZoneInfo(await SiteClock(app.graph, app.settings.timezone).timezone())

    parts = app.ingestion
    watch = Watch(app.graph, app.history, parts.validation.skews, zone, app.clock)
    parts.meter.watch_quality(lambda: watch.counts)
    await watch.run()
