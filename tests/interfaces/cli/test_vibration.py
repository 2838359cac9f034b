"""``plantroom vibration`` as an engineer runs it on a recording."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import typer
from click.testing import Result
from scipy.io import savemat, wavfile
from typer.testing import CliRunner

from interfaces.cli.commands.vibration import vibration

SPEED = {"0": "1797", "3": "1730"}
RACES = {"IR": "inner race", "OR": "outer race"}


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(vibration)
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    path = tmp_path / "noise.npy"
    np.save(path, np.random.default_rng(0).normal(size=24_000))
    return path


def test_public_recordings_of_races_are_named_and_sound_ones_are_not(shared_data: Path, tmp_path: Path):
    """CWRU, drive end at 12 kHz: five seconds each."""
    with np.load(shared_data / "cwru" / "cwru_12kDE_5s.npz") as recordings:
        for name in recordings.files:
            path = tmp_path / f"{name}.mat"
            savemat(path, {"DE_time": recordings[name][:, None], "RPM": float(SPEED[name[-1]])})
            shown = run(path, "--rate", 12_000, "--speed", SPEED[name[-1]], "--bearing", "6205", "--asset", "Pump 2")
            assert shown.exit_code == 0, shown.output
            if race := RACES.get(name[:2]):
                assert shown.stdout.startswith(f"Pump 2: its bearing's {race} is damaged; lines at "), name
            elif name.startswith("Normal"):
                assert shown.stdout.startswith("Pump 2: no line of its bearing stands out enough to name a defect.")


def test_lines_are_a_table_and_the_chart_shows_them(tmp_path: Path):
    path, chart = tmp_path / "sick.wav", tmp_path / "sick.svg"
    samples = np.random.default_rng(0).normal(0, 0.05, 24_000)
    ring = np.exp(-np.arange(60) / 12) * np.sin(2 * np.pi * 3000 * np.arange(60) / 12_000)
    for start in np.arange(0.01, 1.99, 1 / (3.585 * 29)):
        samples[int(start * 12_000) : int(start * 12_000) + 60] += 0.6 * ring
    wavfile.write(path, 12_000, samples.astype(np.float32))
    shown = run(path, "--speed", 29 * 60, "--bearing", "9,7.94,39.04", "--asset", "Fan 3", "--chart", chart)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("Fan 3: its bearing's outer race is damaged; lines at 104 Hz and its multiples")
    row = next(line.split() for line in shown.stdout.splitlines() if line.startswith("outer race"))
    assert row[2:4] == ["1×", "104.0"]
    assert float(row[-1]) > 4
    words = [element.text or "" for element in ElementTree.parse(chart).iter("{http://www.w3.org/2000/svg}text")]
    assert "outer race, 104 Hz" in words
    assert any(word.startswith("Fan 3: its bearing's outer race is damaged") for word in words)
    assert words.count("3×") == 3


def test_what_cannot_be_told_is_said_with_the_reason_and_not_drawn(noise: Path, tmp_path: Path):
    chart = tmp_path / "chart.png"
    slow = run(noise, "--rate", 12_000, "--speed", 60, "--bearing", "6203", "--chart", chart)
    assert slow.exit_code == 0
    assert slow.stdout.splitlines() == [
        "The machine: it cannot be told how its bearing is; of 20 turns of the shaft that are needed 2 were recorded: at this speed it takes 20 seconds.",
        "There is nothing to draw.",
    ]
    assert not chart.exists()
    coarse = run(noise, "--rate", 1000, "--speed", 1800, "--bearing", "6203")
    assert "it was recorded at 1000 Hz; what a bearing makes ring takes 5000 Hz" in coarse.stdout


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("--rate", "12000", "--bearing", "22220"), "--bearing 22220 is neither 6203 nor 6205 nor elements"),
        (("--rate", "12000", "--bearing", "9,40,39"), "smaller than the pitch circle"),
        (("--rate", "12000", "--bearing", "9,7.94,39.04,95"), "An angle of contact lies between 0 and 90"),
        (("--bearing", "6205"), "does not say how fast it was sampled: give --rate"),
        (("--rate", "12000", "--bearing", "6205", "--band", "wide"), "--band wide has to be two frequencies"),
        (("--rate", "12000", "--bearing", "6205", "--band", "2000-8000"), "stay below half of the rate, 6000 Hz"),
        (("--rate", "12000", "--bearing", "6205", "--chart", "a.gif"), "has to end with .svg, .png, .pdf"),
        (("--rate", "12000", "--bearing", "6205", "--channel", "7"), "noise.npy has the channels 1, and no “7”."),
    ],
)
def test_what_was_asked_wrongly_is_told_in_a_sentence(noise: Path, changes: tuple[str, ...], words: str):
    refused = run(noise, "--speed", "1800", *changes)
    assert refused.exit_code == 1
    assert words in " ".join(refused.stderr.split())
