"""``plantroom forecast``: the night's work now."""

from interfaces.app.forecasts import forecast_now, forecasts_turn, forecasts_turn_of_a_person
from interfaces.cli.printing import print_night
from interfaces.local.operation import Desk, operation


@operation()
async def forecast(desk: Desk, *, wait: bool) -> None:
    async with forecasts_turn(desk.app, desk.report) if wait else forecasts_turn_of_a_person(desk.app):
        night = await forecast_now(desk.app, desk.report)
    print_night(desk.out, night)
