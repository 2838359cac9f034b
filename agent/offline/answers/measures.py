"""Values, statistics, rankings and comparisons as sentences."""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, clock, joined, listed, with_unit
from agent.planning.assets import Test
from tools.results.assets import EntityRef
from tools.results.telemetry import Telemetry, TelemetryRow
from tools.sentences.notation import number, words

_CALLED = {
    "mean": "average", "min": "lowest", "max": "highest", "range": "range of", "stddev": "standard deviation of", "sum": "sum of",
    "count": "number of readings of", "first": "first", "last": "last", "change": "change of", "use": "use of",
    "duration_above": "time above", "duration_below": "time below",
}  # fmt: skip


HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


def say_measures(speaker: Speaker, intent: Intent, tables: Sequence[Telemetry]) -> str:
    said = _Measures(speaker, intent)
    return " ".join(part for part in said.all(list(tables)) if part)


class _Measures:
    def __init__(self, speaker: Speaker, intent: Intent) -> None:
        self.speaker = speaker
        self.lexicon = speaker.lexicon
        self.intent = intent

    def all(self, tables: list[Telemetry]) -> list[str]:
        hours = [t for t in tables if t.group_by == "hour"] if self.intent.when and self.intent.group_by is None else []
        tables = [t for t in tables if t not in hours]
        return [*self._all(tables), *(self._hour(t) for t in hours)]

    def _hour(self, table: Telemetry) -> str:
        """In which hour an extreme was."""
        rows = [row for row in table.rows if row.value is not None and row.bucket is not None]
        if not rows:
            return ""
        best = (min if table.aggregate == "min" else max)(rows, key=lambda row: row.value or 0.0)
        assert best.bucket is not None
        return f"That was between {clock(best.bucket, self.speaker.now)} and {clock(best.bucket + timedelta(hours=1), self.speaker.now)}."

    def _all(self, tables: list[Telemetry]) -> list[str]:
        useful = [t for t in tables if t.rows] or [t for t in tables if t.no_data] or tables[-1:]
        if not any(t.rows for t in useful):
            return [self._nothing(useful)]
        if self.intent.duration or any(t.aggregate.startswith("duration") for t in useful):
            return self._durations(useful)
        if self.intent.best_bucket:
            return [self._best_bucket(t) for t in useful]
        if self.intent.act == "rank":
            return [self._rank(t) for t in useful]
        if (
            len(useful) > 1
            and len({t.aggregate for t in useful} - {"latest", "at"}) == len(useful)
            and all(len(t.rows) == 1 for t in useful)
            and len({t.quantity for t in useful}) == 1
        ):
            return [self._spread(useful)]
        said = [self._table(t) for t in useful]
        if self.intent.difference or (self.intent.yes_no and self.intent.act == "compare" and self.intent.order):
            said = [self._apart(useful), *said]
        if (beside := self._beside_setpoint(useful)) is not None:
            return [self._judged(useful[0], useful[1]), beside] if self.intent.tests else [beside]
        if self.intent.act == "compare":
            said.insert(0, self._verdict([row for t in useful for row in t.rows]))
        elif self.intent.tests:
            said.insert(0, self._judged(useful[0], useful[1] if len(useful) > 1 else None))
        said.append(self._unanswered(useful))
        return said

    # -- words -------------------------------------------------------------------------------------------------------

    def _quantity(self, table: Telemetry, row: TelemetryRow | None = None) -> str:
        return words((row.quantity if row else None) or table.quantity)

    def _when(self, table: Telemetry, index: int = 0) -> str:
        spans = [span for span in self.intent.times if span.kind in ("window", "at")]
        span = next(
            (
                s
                for s in spans
                if (table.window and s.start == table.window.start) or (table.at and s.start == table.at)
            ),
            None,
        )
        if span is not None:
            label = span.label.strip()
            bare = label.lower().split()[0]
            lead = (
                ""
                if bare
                in (
                    "yesterday",
                    "today",
                    "on",
                    "in",
                    "at",
                    "last",
                    "this",
                    "since",
                    "between",
                    "from",
                    "over",
                    "for",
                    "during",
                    "after",
                    "before",
                    "until",
                    "within",
                    "overnight",
                    "throughout",
                    "of",
                )
                else "in the "
                if bare in ("past", "previous")
                else ""
            )
            return f" {lead}{label}"
        if table.window is not None:
            return f" from {clock(table.window.start, self.speaker.now)} to {clock(table.window.end, self.speaker.now)}"
        return ""

    def _owner(self, row: TelemetryRow) -> str:
        if row.entity is not None:
            return f" of {self.speaker.name(row.entity)}"
        return f" of {row.group}" if row.group else ""

    def _of_things(self) -> str:
        things = self.intent.things
        if things is None:
            return ""
        if things.ids:
            return f" of {self.speaker.called(things.ids)}"
        return f" of {self.speaker.described(things.query)}"

    # -- tables ------------------------------------------------------------------------------------------------------

    def _table(self, table: Telemetry) -> str:
        rows = [row for row in table.rows if row.value is not None or row.text]
        if table.group_by in ("hour", "day"):
            return self._buckets(table, rows)
        if len(rows) == 1:
            return self._one(table, rows[0])
        return self._several(table, rows)

    def _one(self, table: Telemetry, row: TelemetryRow) -> str:
        owner = self._owner(row) or self._of_things()
        name = self._quantity(table, row)
        if table.aggregate in ("latest", "at"):
            across = self._across()
            if across and row.entity is None:
                return f"The {across}{name}{owner} is {with_unit(row.value, row.text, row.unit)}."
            verb = "was" if table.aggregate == "at" else "is"
            return f"{self._occupied(row)}The {name}{owner} {verb} {self._read(table, row)}."
        value = self._value(row)
        if table.aggregate == "use":
            if row.rule == "integral":
                return f"The energy{owner}{self._when(table)} was {value}."
            return f"{(owner.removeprefix(' of ') or 'It').strip()} used {value}{self._when(table)} ({name})."
        if table.aggregate == "change":
            return f"The {name}{owner} changed by {value}{self._when(table)}."
        return f"The {_CALLED.get(table.aggregate, table.aggregate)} {name}{owner}{self._when(table)} was {value}."

    def _occupied(self, row: TelemetryRow) -> str:
        """“was it occupied”: yes where anything is counted or reported."""
        if not self.intent.yes_no or self.intent.tests or row.value is None or "occupancy" not in row.quantity:
            return ""
        return "Yes. " if row.value > 0 else "No. "

    def _read(self, table: Telemetry, row: TelemetryRow) -> str:
        if table.aggregate == "at":
            stamp = f" (reading of {clock(row.at, self.speaker.now)})" if row.at else ""
            return f"{with_unit(row.value, row.text, row.unit)}{self._when(table)}{stamp}"
        plain = with_unit(row.value, row.text, row.unit)
        return self.speaker.reading(row).replace(plain, self._value(row), 1)

    def _across(self) -> str:
        return {"mean": "average ", "sum": "total ", "min": "lowest ", "max": "highest "}.get(
            self.intent.aggregate or "", ""
        )

    def _several(self, table: Telemetry, rows: Sequence[TelemetryRow]) -> str:
        same = len({row.quantity for row in rows}) == 1
        entities = {row.entity.id for row in rows if row.entity}
        parts = [self._part(row, same, len(entities) > 1 or not same) for row in rows]
        lead = f"{_CALLED[table.aggregate].capitalize()} " if table.aggregate in ("mean", "min", "max") else ""
        name = self._quantity(table, rows[0] if same else None)
        owner = f" of {self.speaker.name(rows[0].entity)}" if len(entities) == 1 and rows[0].entity else ""
        head = f"{lead}{name if lead else name[:1].upper() + name[1:]}{owner}{self._when(table)}"
        stale = [row for row in rows if row.stale]
        note = (
            f" Stale: {joined([self.speaker.name(r.entity) for r in stale[:12] if r.entity])}."
            if stale and len(stale) < len(rows)
            else ""
        )
        if stale and len(stale) == len(rows):
            note = f" All these readings are stale; the newest is of {clock(max((r.at for r in rows if r.at), default=None), self.speaker.now)}."
        shown = parts[:20]
        more = f" and {len(parts) - 20} more" if len(parts) > 20 else ""
        return f"{head}: {'; '.join(shown)}{more}.{note}"

    def _value(self, row: TelemetryRow) -> str:
        """A value, also on the scale it was asked for."""
        said = with_unit(row.value, row.text, row.unit)
        wanted = self.intent.unit
        if row.value is None or wanted == row.unit or {wanted, row.unit} != {"°C", "°F"}:
            return said
        other = row.value * 9 / 5 + 32 if wanted == "°F" else (row.value - 32) * 5 / 9
        return f"{with_unit(round(other, 1), None, wanted)} ({said})"

    def _part(self, row: TelemetryRow, same: bool, named: bool) -> str:
        value = self._value(row)
        who = (self.speaker.name(row.entity) if row.entity else row.group or "") if named or row.entity is None else ""
        what = "" if same else words(row.quantity)
        return f"{' '.join(part for part in (who, what) if part)} {value}".strip()

    def _buckets(self, table: Telemetry, rows: Sequence[TelemetryRow]) -> str:
        owners = {row.entity.id: row.entity for row in rows if row.entity}
        said: list[str] = []
        for id, entity in owners.items() or [("", None)]:
            mine = [row for row in rows if (row.entity.id if row.entity else "") == id]
            cells = [f"{self._bucket(table, row)} {with_unit(row.value, row.text, row.unit)}" for row in mine[:31]]
            more = f" and {len(mine) - 31} more" if len(mine) > 31 else ""
            name = f" of {self.speaker.name(entity)}" if entity else self._of_things()
            said.append(
                f"{_CALLED.get(table.aggregate, table.aggregate).capitalize()} {self._quantity(table)}{name} by {table.group_by}: {'; '.join(cells)}{more}."
            )
        return " ".join(said[:6])

    def _bucket(self, table: Telemetry, row: TelemetryRow) -> str:
        if row.bucket is None:
            return row.group or ""
        local = row.bucket.astimezone(self.speaker.now.tzinfo)
        return f"{local.day} {local.strftime('%b')}" + (
            f" {local.strftime('%H:%M')}" if table.group_by == "hour" else ""
        )

    def _apart(self, tables: Sequence[Telemetry]) -> str:
        """What two values differ by; for a yes-or-no question, which way."""
        rows = [row for t in tables for row in t.rows if row.value is not None]
        if len(rows) != 2 or rows[0].unit != rows[1].unit:
            return ""
        first, second = rows[0].value or 0.0, rows[1].value or 0.0
        if self.intent.difference:
            return f"The difference is {with_unit(abs(first - second), None, rows[0].unit)}."
        holds = first < second if self.intent.order == "asc" else first > second
        return "Yes." if holds else "No."

    def _best_bucket(self, table: Telemetry) -> str:
        """“on which day was it highest”."""
        rows = [row for row in table.rows if row.value is not None and row.bucket is not None]
        if not rows:
            return self._nothing([table])
        low = self.intent.order == "asc"
        best = (min if low else max)(rows, key=lambda row: row.value or 0.0)
        owner = self._owner(best) or self._of_things()
        kind = "average " if table.aggregate == "mean" else ""
        when = (
            f"on {self._bucket(table, best)}"
            if table.group_by == "day"
            else f"in the hour from {self._bucket(table, best)}"
        )
        return f"The {kind}{self._quantity(table, best)}{owner}{self._when(table)} was {'lowest' if low else 'highest'} {when}: {with_unit(best.value, None, best.unit)}."

    # -- rankings, comparisons, tests --------------------------------------------------------------------------------

    def _rank(self, table: Telemetry) -> str:
        rows = [row for row in table.rows if row.value is not None]
        if not rows:
            return self._nothing([table])
        things = self.intent.things
        single = self.intent.limit in (None, 1) and things is not None and not things.plural
        asked_one = self.intent.limit == 1 or (self.intent.limit is None and (things is None or single))
        superlative = "highest" if self.intent.order != "asc" else "lowest"
        kind = {"mean": "average ", "use": "use of ", "max": "", "min": ""}.get(table.aggregate, "")
        if asked_one:
            best = [row for row in rows if row.value == rows[0].value][:6]
            who = joined([self._who(row) for row in best])
            verb = "has" if table.aggregate == "latest" else "had"
            value = (
                self.speaker.reading(best[0])
                if table.aggregate == "latest"
                else with_unit(best[0].value, None, best[0].unit)
            )
            return f"{who} {verb} the {superlative} {kind}{self._quantity(table, rows[0])}{self._when(table)}: {value}.{self._unanswered([table])}"
        shown = rows[: self.intent.limit or 12]
        cells = [f"{self._who(row)} {with_unit(row.value, None, row.unit)}" for row in shown]
        more = f" and {table.total - len(shown)} more" if table.total > len(shown) and self.intent.limit is None else ""
        return f"By {kind}{self._quantity(table, rows[0])}{self._when(table)}, {superlative} first: {'; '.join(cells)}{more}.{self._unanswered([table])}"

    def _who(self, row: TelemetryRow) -> str:
        if row.entity is None:
            return row.group or "it"
        return f"{self.speaker.name(row.entity)}{self._inside(row.entity)}"

    def _inside(self, entity: EntityRef) -> str:
        """The room, where rooms were asked for and the box that serves them measures."""
        things = self.intent.things
        class_ = things.class_ if things is not None and not things.ids else None
        asked = class_ is not None and self.lexicon.kind_of(class_) == "place"
        return f" in {entity.place}" if asked and entity.kind == "Asset" and entity.place else ""

    def _spread(self, tables: Sequence[Telemetry]) -> str:
        by = {table.aggregate: table.rows[0] for table in tables}
        main = tables[0]
        row = main.rows[0]
        said = f"The {_CALLED.get(main.aggregate, main.aggregate)} {self._quantity(main, row)}{self._owner(row)}{self._when(main)} was {with_unit(row.value, row.text, row.unit)}"
        low, high = by.get("min"), by.get("max")
        if low is not None and high is not None and main.aggregate == "mean":
            return f"{said} (lowest {with_unit(low.value, low.text, low.unit)}, highest {with_unit(high.value, high.text, high.unit)})."
        rest = [
            f"the {_CALLED.get(t.aggregate, t.aggregate)} {with_unit(t.rows[0].value, t.rows[0].text, t.rows[0].unit)}"
            for t in tables[1:]
        ]
        return f"{said}, {', '.join(rest)}."

    def _verdict(self, rows: Sequence[TelemetryRow]) -> str:
        compared = [row for row in rows if row.value is not None and (row.entity or row.group)]
        if (
            len(compared) < 2
            or len({row.quantity for row in compared}) != 1
            or len({row.entity.id for row in compared if row.entity}) < 2
        ):
            return ""
        low = self.intent.order == "asc"
        best = (min if low else max)(compared, key=lambda row: row.value or 0.0)
        if all(row.value == best.value for row in compared):
            return "They are equal."
        return (
            f"{self._who(best)} is {'lower' if low else 'higher'}."
            if len(compared) == 2
            else f"{self._who(best)} is the {'lowest' if low else 'highest'}."
        )

    def _beside(self, test: Test, value: float, setpoint: float) -> str:
        """“is the library warmer than its setpoint”."""
        if test.comparison == "!=":
            return "Yes." if abs(value - setpoint) > test.offset else "No."
        return "Yes." if HOLDS[test.comparison](value, setpoint + test.offset) else "No."

    def _beside_setpoint(self, tables: Sequence[Telemetry]) -> str | None:
        """A reading and its setpoint in one sentence, with what they differ by."""
        if len(tables) != 2 or any(len(t.rows) != 1 or t.aggregate != "latest" for t in tables):
            return None
        row, setpoint = tables[0].rows[0], tables[1].rows[0]
        if row.entity is None or setpoint.entity != row.entity or row.value is None or setpoint.value is None:
            return None
        if not setpoint.quantity.endswith("_setpoint") or row.unit != setpoint.unit or self.intent.unit:
            return None
        lead = f"The {self._quantity(tables[0], row)}{self._owner(row)} is {self.speaker.reading(row)}"
        shown = round(float(number(row.value)) - float(number(setpoint.value)), 2)  # of what is told, not of its tail
        where = f"{with_unit(abs(shown), None, row.unit)} {'above' if shown > 0 else 'below'}" if shown else "at"
        return f"{lead}: {where} its setpoint of {self._value(setpoint)}."

    def _judged(self, table: Telemetry, other: Telemetry | None = None) -> str:
        values = [row.value for row in table.rows if row.value is not None]
        beside = next((t for t in self.intent.tests if t.value is None), None)
        if beside is not None and self.intent.yes_no and len(values) == 1 and other is not None:
            against = [row.value for row in other.rows if row.value is not None]
            return "" if len(against) != 1 else self._beside(beside, values[0], against[0])
        test = next((t for t in self.intent.tests if t.value is not None), None)
        if test is None or not isinstance(test.value, float) or not values or not self.intent.yes_no:
            return ""
        holds = HOLDS[test.comparison]
        limit = test.value
        return "Yes." if any(holds(value, limit) for value in values) else "No."

    def _durations(self, tables: Sequence[Telemetry]) -> list[str]:
        said: list[str] = []
        time = next((t for t in tables if t.aggregate.startswith("duration")), None)
        extreme = next((t for t in tables if t.aggregate in ("max", "min")), None)
        if time is None:
            return [self._table(t) for t in tables]
        side = "above" if time.aggregate == "duration_above" else "below"
        for row in time.rows[:20]:
            limit = with_unit(time.threshold, None, self._unit(row, extreme))
            hours = row.value or 0.0
            lead = ("Yes: " if hours > 0 else "No: ") if self.intent.yes_no else ""
            spent = (
                f"was {side} {limit} for {with_unit(hours, None, 'h')}" if hours > 0 else f"was never {side} {limit}"
            )
            said.append(f"{lead}the {self._quantity(time, row)}{self._owner(row)} {spent}{self._when(time)}.")
        if extreme is not None and len(extreme.rows) == 1:
            said.append(
                f"The {_CALLED[extreme.aggregate]} value was {with_unit(extreme.rows[0].value, None, extreme.rows[0].unit)}."
            )
        first = said[0]
        return [first[:1].upper() + first[1:], *said[1:]]

    def _unit(self, row: TelemetryRow, extreme: Telemetry | None) -> str | None:
        unit = next((r.unit for r in (extreme.rows if extreme else []) if r.unit), None)
        test = next((t for t in self.intent.tests if t.unit), None)
        return unit or (test.unit if test else None)

    # -- what is missing ---------------------------------------------------------------------------------------------

    def _nothing(self, tables: Sequence[Telemetry]) -> str:
        table = tables[0]
        name = words(table.quantity)
        if table.no_data:
            many = len({ref.id for ref in table.no_data}) > 12  # no count: nothing is known
            who = f"any of the {self.speaker.kinds(table.no_data)}" if many else self._refs(table.no_data)
            return f"There are no readings of {name} for {who}{self._when(table)}."
        if table.missing and len(table.missing) <= 12:
            return f"{self._refs(table.missing)} {'has' if len(table.missing) == 1 else 'have'} no {name} sensor in the plant model, so I cannot know it."
        things = self.intent.things
        who = (
            f" for {self.speaker.described(things.query) if not things.ids else self.speaker.called(things.ids)}"
            if things
            else ""
        )
        return f"There is no {name} sensor in the plant model{who}, so I cannot know it."

    def _refs(self, refs: Sequence[EntityRef]) -> str:
        return listed(self.speaker.names(refs), len(refs), 6)

    def _unanswered(self, tables: Sequence[Telemetry]) -> str:
        silent = [ref for table in tables for ref in table.no_data]
        if not silent:
            return ""
        return f" No readings from {self._refs(list({ref.id: ref for ref in silent}.values()))}."
