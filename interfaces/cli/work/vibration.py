"""``plantroom vibration``: what a recording of a machine's acceleration says of its bearing."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from forecasting.anomalies.machine.envelope import BEARINGS, Bearing, Diagnosis, EnvelopeCheck, usual_band
from forecasting.anomalies.machine.recordings import read_recording
from graph_schema.errors import InvalidInput
from interfaces.cli.running import out, run
from interfaces.cli.work.spectrum import FORMATS, draw
from interfaces.progress import Report


def judge(
    file: Path,
    speed: float,
    bearing: str,
    rate: float | None,
    channel: str | None,
    band: str | None,
    asset: str,
    chart: Path | None,
) -> None:
    async def work(report: Report) -> None:
        if chart and chart.suffix.lower() not in FORMATS:
            raise InvalidInput(f"--chart {chart} has to end with {', '.join(FORMATS)}.")
        geometry = _bearing(bearing)
        report(f"Reading {file.name}")
        recording = read_recording(file, channel)
        hertz = recording.rate_hz or rate
        if hertz is None:
            raise InvalidInput(f"{file.name} does not say how fast it was sampled: give --rate in samples per second.")
        check = EnvelopeCheck(geometry, _band(band, hertz) if band else usual_band(hertz))
        found = check.diagnose(recording.samples, hertz, speed / 60)
        _print(found, asset, check)
        if chart and found.lines:
            draw(chart, found, check, speed, _said(found, asset))
            out.print(f"The spectrum is in {escape(str(chart))}.", soft_wrap=True)
        elif chart:
            out.print("There is nothing to draw.")

    run(work, quiet=True)


def _bearing(text: str) -> Bearing:
    if text in BEARINGS:
        return BEARINGS[text]
    known = (
        f"--bearing {text} is neither {' nor '.join(BEARINGS)} nor elements, element and pitch diameter: 9,7.94,39.04"
    )
    try:
        elements, element_mm, pitch_mm, *angle = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidInput(f"{known}.") from error
    if len(angle) > 1 or elements != int(elements) or elements < 3 or not 0 < element_mm < pitch_mm:
        raise InvalidInput(f"{known}, of three elements or more that are smaller than the pitch circle.")
    if angle and not 0 <= angle[0] < 90:
        raise InvalidInput(f"An angle of contact lies between 0 and 90 degrees; {angle[0]:g} does not.")
    return Bearing(int(elements), element_mm, pitch_mm, angle[0] if angle else 0.0)


def _band(text: str, rate_hz: float) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split("-"))
    except ValueError as error:
        raise InvalidInput(f"--band {text} has to be two frequencies in Hz, such as 2000-4000.") from error
    if not 0 < low < high < rate_hz / 2:
        raise InvalidInput(f"--band {text} has to rise and to stay below half of the rate, {rate_hz / 2:g} Hz.")
    return low, high


def _said(found: Diagnosis, asset: str) -> str:
    """The finding in one sentence."""
    verdict = found.verdict
    if verdict.state == "cannot tell":
        return f"{asset}: it cannot be told how its bearing is; {verdict.reasons[0]}."
    if verdict.state == "sound":
        return f"{asset}: no line of its bearing stands out enough to name a defect."
    part, _, rest = verdict.reasons[0].partition(": ")
    return f"{asset}: its bearing's {part} is damaged; {rest}."


def _print(found: Diagnosis, asset: str, check: EnvelopeCheck) -> None:
    out.print(escape(_said(found, asset)), soft_wrap=True)
    if not found.lines:
        return
    named = found.verdict.reasons[0].partition(":")[0] if found.verdict.state == "flagged" else None
    table = Table("part", "", "expected at", "found at", "times out", box=None, pad_edge=False)
    for column in table.columns[2:]:
        column.justify = "right"
    for line in found.lines:
        table.add_row(
            line.part if line.multiple == 1 else "", f"{line.multiple}×", f"{line.expected_hz:.1f} Hz", f"{line.found_hz:.1f} Hz",
            f"{line.times_out:.1f}", style="red" if line.part == named else None,
        )  # fmt: skip
    out.print(table)
    out.print(
        f"A part is named when its lines stand {check.prominence:g} times out of their surroundings on average. "
        "Lines of several parts may fall together; defects of rolling elements often do not stand out.",
        soft_wrap=True,
    )
