"""``plantroom forecast``: the night's work now."""

from interfaces.app.forecasts import forecast_now
from interfaces.cli.printing import print_night
from interfaces.local.operation import Desk, operation


@operation()
async def forecast(desk: Desk) -> None:
    print_night(desk.out, await forecast_now(desk.app, desk.report))
