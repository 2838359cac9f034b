"""A map for files that people already have, in the map's own YAML, with a remark on everything that may be otherwise."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from graph_schema.errors import InvalidInput
from ingestion.decoding.telemetry_map import FILE, TITLE, TelemetryMap
from ingestion.tables.profile import Column, Profile, profile_of, says_nothing
from ingestion.tables.row_columns import coded_good
from ingestion.tables.words import words

_PATH_TITLE = re.compile(r"(?:\w+:)?/([^/]+(?:/[^/]+)*)/([^/]+)")
_GENERAL = frozenset(
    ("value", "values", "reading", "wert", "messwert", "valeur", "valor", "valore", "waarde", "present value", "present_value", "data", "v", "val", "avg", "average", "mean", "mittelwert")
)  # fmt: skip
_OFFSETS = ("%z", "%Z")
_FREE_TEXT = 60
"""So many different texts are remarks of people, not states."""

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` is the map as YAML, with remarks; ``unsure`` are those that a person should look at."""

    text: str
    unsure: Sequence[str]

    @property
    def map(self) -> TelemetryMap:
        return TelemetryMap.model_validate(yaml.safe_load(self.text))


def suggest_map(paths: Sequence[Path], timezone: str | None = None) -> Suggestion:
    """One description for files that are alike, and several where they are not. Raises ``InvalidInput``."""
    profiles = [profile_of(path) for path in paths]
    described = [_described(profile, several=len(paths) > 1) for profile in profiles]
    kinds: list[tuple[Spec, list[str]]] = []
    for spec, left_out in described:
        alike = next((known for known, _ in kinds if _same_but_device(known, spec)), None)
        if alike is None:
            kinds.append((spec, left_out))
        elif alike["device"] != spec["device"]:
            alike["device"] = f"{{{FILE}}}"
    unsure = [*_of_zone(profiles, timezone), *dict.fromkeys(remark for one in profiles for remark in one.unsure)]
    unsure += dict.fromkeys(remark for one in profiles for remark in _doubts(one))
    return Suggestion(_written(paths, timezone or "UTC", kinds, unsure), unsure)


def _same_but_device(one: Spec, other: Spec) -> bool:
    return {**one, "device": ""} == {**other, "device": ""}


def _of_zone(profiles: Sequence[Profile], timezone: str | None) -> list[str]:
    has_local = any(not _has_offset(profile) for profile in profiles)
    if timezone or not has_local:
        return []
    return [
        "The times have no offset and are taken for UTC; say the site's time zone, as timezone: Europe/Berlin or with --timezone."
    ]


def _has_offset(profile: Profile) -> bool:
    place = [profile.header.names.index(name) for name in profile.times]
    first = " ".join(profile.first[one] for one in place if one < len(profile.first))
    time_format = profile.when.time_format
    if profile.utc_offset:
        return True
    if time_format:
        return any(sign in time_format for sign in _OFFSETS)
    return bool(re.search(r"(?:Z|[+-]\d\d:?\d\d)$", first.strip()) or re.fullmatch(r"[\d.,]+", first.strip()))


def _doubts(profile: Profile) -> list[str]:
    found = [
        f"No word of the column “{one.name}” is known as good or bad."
        for one in profile.columns
        if one.role == "status" and not _good(one)
    ]
    for one in profile.columns:
        if one.role == "status" and (strange := sorted(one.words - set(_good(one)) - set(_bad(one)))):
            found.append(
                f"In “{one.name}” these words are not known, and their values are left out: {', '.join(strange[:6])}."
            )
        if one.role == "value" and says_nothing(one):
            found.append(f"“{one.name}” has no value in any row.")
    if not profile.header.line:
        found.append("The file has no header: columns are called by their numbers.")
    return found


# What the map says of a file


def _described(profile: Profile, several: bool) -> tuple[Spec, list[str]]:
    values = [one for one in profile.columns if _is_value(one)]
    if not values:
        raise InvalidInput(f"The file {profile.path} has times and no column of values.")
    device, keys = _named(profile, values, several)
    when = profile.when
    spec: Spec = {"device": device, "time": profile.times[0] if len(profile.times) == 1 else list(profile.times)}
    spec |= {"time_format": when.time_format} if when.time_format else {}
    spec |= {"utc_offset": profile.utc_offset} if profile.utc_offset else {}
    spec |= {"zones": dict(when.zones)} if when.zones else {}
    spec |= {"language": when.language} if when.language else {}
    spec |= {"decimal": profile.decimal} if profile.decimal else {}
    spec |= {} if profile.header.line else {"header": False}
    spec |= _of_text(profile)
    of_rows, of_values = _statuses(profile, values)
    spec |= of_rows
    unit = next((f"{{{one.name}}}" for one in profile.columns if one.role == "unit"), None)
    spec["columns"] = {
        one.name: {"key": keys[one.name]}
        | ({"unit": unit if unit and not one.unit else one.unit} if one.unit or unit else {})
        | ({"status": of_values[one.name]} if one.name in of_values else {})
        for one in values
    }
    used = {*spec["columns"], *profile.times, *of_values.values(), of_rows.get("status")}
    used |= {one.name for one in profile.columns if one.role == "unit"} | {one.name for one in profile.tells_apart}
    return spec, [f"{one.name}: {_why(one)}" for one in profile.columns if one.name not in used]


def _is_value(one: Column) -> bool:
    return one.role == "value" and (bool(one.numbers) or len(one.words) <= _FREE_TEXT)


def _why(one: Column) -> str:
    if one.role == "status":
        return "says how good values are, as another column does"
    return one.why or "has texts that are no states"


def _of_text(profile: Profile) -> Spec:
    found: Spec = {}
    if profile.dialect.encoding and not profile.dialect.encoding.startswith("utf"):
        found["encoding"] = profile.dialect.encoding
    if profile.dialect.separator == "spaces":
        found["separator"] = "spaces"
    return found


def _named(profile: Profile, values: Sequence[Column], several: bool) -> tuple[str, Mapping[str, str]]:
    """The device, and a key for each value: by the rows' own names, by a legend or a title above the header, by the columns."""
    apart = [one for one in profile.tells_apart if one.role == "device"]
    names = [one for one in profile.tells_apart if one.role == "name"]
    if not apart and names and (len(values) > 1 or len(names) > 1):
        apart, names = names[:1], names[1:]
    device, title = _from_title(profile, several)
    device = "-".join(f"{{{one.name}}}" for one in apart) or device
    own = _own_keys(profile, values)
    alone = len(values) == 1
    if names:
        joined = " ".join(f"{{{one.name}}}" for one in names)
        return device, {one.name: joined if alone else f"{joined} {own[one.name]}" for one in values}
    if title and not apart:
        return device, {one.name: title if alone else f"{title} {own[one.name]}" for one in values}
    return device, own


def _own_keys(profile: Profile, values: Sequence[Column]) -> dict[str, str]:
    """By the name without its unit; by all of it where that would make two alike."""
    keys = {one.name: profile.legend.get(one.name) or _key(one.what) for one in values}
    times = Counter(keys.values())
    return {name: key if times[key] == 1 else _key(name) for name, key in keys.items()}


def _from_title(profile: Profile, several: bool) -> tuple[str, str | None]:
    """``history:/Works/AHU9_SAT`` above the header is the key AHU9_SAT of the device Works."""
    above = [cell.strip() for _, cells in profile.header.above for cell in cells if cell.strip()]
    path = next((found for cell in reversed(above) if (found := _PATH_TITLE.fullmatch(cell))), None)
    stem = _key(profile.path.stem)
    if path:
        return path[1].replace("/", ":"), f"{{{TITLE}}}" if several or len(profile.titles) > 1 else path[2]
    return stem, f"{{{TITLE}}}" if len(profile.titles) > 1 else None


def _key(name: str) -> str:
    """A name as part of an address: one without blanks as it is, any other in small letters."""
    if re.fullmatch(r"[\w.:/+-]+", name):
        return name
    return re.sub(r"[^\w.]+", "_", name.replace("%", " percent ")).strip("_.").lower() or "value"


def _statuses(profile: Profile, values: Sequence[Column]) -> tuple[Spec, Mapping[str, str]]:
    """One status for the row, or one behind each value."""
    found = [one for one in profile.columns if one.role == "status"]
    if not found:
        return {}, {}
    if len(found) == len(values) > 1:
        pairs = {value.name: status.name for value, status in zip(values, found, strict=True)}
        return {"good": _all_good(found)}, pairs
    telling = max(found, key=lambda one: len(one.words))
    return {"status": telling.name, "good": _all_good([telling])}, {}


def _all_good(found: Sequence[Column]) -> list[str]:
    return list(dict.fromkeys(word for one in found for word in _good(one))) or ["ok"]


def _good(one: Column) -> list[str]:
    if coded := coded_good(one.what, one.words):
        return list(coded)
    said = sorted(word for word in one.words if word.lower() in words()["good"])
    return said if not any(word in said for word in ("{ok}",)) else ["{ok}"]


def _bad(one: Column) -> list[str]:
    coded = coded_good(one.what, one.words)
    return [word for word in one.words if coded or word.lower() in words()["bad"]]


# As YAML


def _written(
    paths: Sequence[Path], timezone: str, kinds: Sequence[tuple[Spec, Sequence[str]]], unsure: Sequence[str]
) -> str:
    lines = [
        f"# Proposed from {', '.join(path.name for path in paths)}. Lines with a question mark may be otherwise: look at them."
    ]
    lines += [f"# ? {remark}" for remark in unsure]
    lines += [f"timezone: {timezone}", "csv:"]
    for spec, left_out in kinds:
        block = list(_block(spec, left_out))
        lines += block if len(kinds) == 1 else [f"- {block[0].strip()}", *block[1:]]
    return "\n".join(lines) + "\n"


def _block(spec: Spec, left_out: Sequence[str]) -> Iterator[str]:
    for name, value in spec.items():
        if name != "columns":
            yield f"  {name}: {scalar(value)}"
    yield "  columns:"
    for name, value in cast(dict[str, Spec], spec["columns"]).items():
        yield f"    {scalar(name)}: {scalar(value)}"
    for remark in left_out:
        yield f"    # left out: {remark}"


def scalar(value: Any) -> str:
    """In YAML's short form, quoted where YAML would take it for something else."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            pairs = cast(dict[str, Any], value).items()
            return f"{{{', '.join(f'{scalar(name)}: {scalar(inner)}' for name, inner in pairs)}}}"
        case list():
            return f"[{', '.join(map(scalar, cast(list[Any], value)))}]"
        case str() if re.fullmatch(
            r"[^\W\d][\w. -]*\w|[^\W\d]|°[CF]|[a-zA-Zµ]+[/·][a-zA-Z]+[²³]?", value
        ) and not _is_word_of_yaml(value):
            return value
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _is_word_of_yaml(text: str) -> bool:
    return not isinstance(yaml.safe_load(text), str)
