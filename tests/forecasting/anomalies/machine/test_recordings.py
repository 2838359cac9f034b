"""Recordings as loggers write them, and what is said of those that cannot be read."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat, wavfile

from forecasting.anomalies.machine.recordings import read_recording
from graph_schema.errors import InvalidInput

SAMPLES = np.sin(np.arange(400) / 5)


def write(path: Path, samples: np.ndarray) -> Path:
    match path.suffix:
        case ".wav":
            wavfile.write(path, 8000, (samples * 30_000).astype(np.int16))
        case ".csv":
            np.savetxt(path, samples, header="acceleration", comments="")
        case ".npy":
            np.save(path, samples)
        case ".npz":
            np.savez(path, drive_end=samples, speed=np.array([1797]))
        case _:
            savemat(path, {"X097_DE_time": samples[:, None], "X097RPM": 1797})
    return path


@pytest.mark.parametrize(
    ("name", "channel", "rate"),
    [("a.wav", "1", 8000), ("a.csv", "acceleration", None), ("a.npy", "1", None), ("a.npz", "drive_end", None), ("a.mat", "X097_DE_time", None)],
)  # fmt: skip
def test_every_format_gives_the_same_samples(tmp_path: Path, name: str, channel: str, rate: float | None):
    found = read_recording(write(tmp_path / name, SAMPLES))
    assert (found.channel, found.rate_hz) == (channel, rate)
    assert np.corrcoef(found.samples, SAMPLES)[0, 1] > 0.9999
    assert found.samples.shape == (400,)


def test_of_several_channels_one_is_named(tmp_path: Path):
    path = tmp_path / "two.csv"
    path.write_text("x;y\n" + "".join(f"{value};{2 * value}\n" for value in SAMPLES), "utf-8")
    assert read_recording(path, "y").samples == pytest.approx(2 * SAMPLES)
    with pytest.raises(InvalidInput, match=r"two.csv has the channels x, y; name one."):
        read_recording(path)
    with pytest.raises(InvalidInput, match=r"has the channels x, y, and no “z”."):
        read_recording(path, "z")
    wav = tmp_path / "stereo.wav"
    wavfile.write(wav, 8000, np.column_stack([SAMPLES, -SAMPLES]).astype(np.float32))
    assert read_recording(wav, "2").samples == pytest.approx(-SAMPLES, abs=1e-6)


def test_a_gap_stays_a_gap(tmp_path: Path):
    path = tmp_path / "gap.csv"
    path.write_text("a,b\n1,2\n3,\n", "utf-8")
    assert np.isnan(read_recording(path, "b").samples).tolist() == [False, True]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.mp3", b"", "a.mp3 is no recording that is understood"),
        ("a.wav", b"RIFFxxxx", "no WAV file that can be read"),
        ("a.npy", b"\x93NUMPY\x01\x00", "no NumPy file that can be read"),
        ("a.mat", b"none", "no MATLAB file that can be read"),
        ("a.mat", b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\x00" * 400, "MATLAB 7.3; save it with the option -v7"),
        ("a.csv", b"", "a.csv holds no recording"),
        ("a.csv", b"x\n1\nloud\n", "a.csv, line 3: could not convert string to float"),
        ("a.csv", b"1,2\n1\n", "a.csv, line 2: 1 columns, where the first line has 2"),
        ("a.csv", b"\xff\xfe\x00", "a.csv is no text in UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, words: str):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=words):
        read_recording(path)


def test_objects_are_not_unpickled(tmp_path: Path):
    path = tmp_path / "a.npy"
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InvalidInput, match="no NumPy file that can be read"):
        read_recording(path)
