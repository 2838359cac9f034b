"""The models of one plant, in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import version as package_version
from typing import Any

from forecasting.registry.versions import Scored, Trained, Version, check_promotion
from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.history.history import History

_SQL = statements("forecasting", "registry/store.sql")
CODE_VERSION = package_version("plantroom")


@dataclass(frozen=True, slots=True)
class ModelRegistry:
    """Keeps models, and decides which one of a name is live. ``migrate(dsn, "forecasting")`` has run before."""

    history: History

    async def add(self, model: Trained, *, may_lead: bool = True) -> Version:
        """Keep a model as the next version of its name: a shadow, or live where ``may_lead`` and there is none yet."""
        rows = await self.history.fetch(
            _SQL["add"],
            {
                "name": model.name,
                "kind": model.kind,
                "data_from": model.data_from,
                "data_to": model.data_to,
                "metrics": json.dumps(dict(model.metrics)),
                "code_version": CODE_VERSION,
                "artifact": model.artifact,
                "sha256": sha256(model.artifact).hexdigest(),
                "own": model.own,
                "may_lead": may_lead,
            },
        )
        return await self.version(model.name, rows[0]["version"])

    async def versions(self, name: str | None = None) -> list[Version]:
        """Of one name or of all, the newest of each name first."""
        return [Version(**row) for row in await self.history.fetch(_SQL["versions"], {"name": name})]

    async def version(self, name: str, number: int) -> Version:
        """Raises ``NotFound`` with the versions there are."""
        known = await self.versions(name)
        for one in known:
            if one.version == number:
                return one
        if not known:
            raise NotFound(f"There is no model “{name}”. `plantroom models list` shows those that exist.")
        raise NotFound(f"“{name}” has no version {number}; there are {', '.join(str(v.version) for v in known)}.")

    async def running(self, name: str) -> tuple[Version | None, list[Version]]:
        """The live version and the shadows."""
        known = await self.versions(name)
        live = next((one for one in known if one.state == "live"), None)
        return live, [one for one in known if one.state == "shadow"]

    async def artifact(self, version: Version) -> bytes:
        """What ``forecasting.registry.artifacts`` reads. Raises ``InvalidInput`` where it is not what was stored."""
        rows = await self.history.fetch(_SQL["artifact"], {"name": version.name, "version": version.version})
        if not rows:
            raise NotFound(f"{version.label} is gone.")
        found = bytes(rows[0]["artifact"])
        if rows[0]["sha256"] not in (None, sha256(found).hexdigest()):
            raise InvalidInput(f"{version.label} is not what was stored: its checksum differs. It is not used.")
        return found

    async def promote(self, name: str, number: int) -> Version:
        """Make a shadow live. Raises ``NotBetter`` unless it was better side by side or in the backtest."""
        candidate = await self.version(name, number)
        if candidate.state == "live":
            return candidate
        if candidate.state == "retired":
            raise InvalidInput(f"{candidate.label} is retired. Train a new version instead.")
        live, _ = await self.running(name)
        check_promotion(candidate, live, await self.scores(name))
        return await self._switch(candidate, "shadow")

    async def rollback(self, name: str) -> Version:
        """Make the version live that was live before; the present one is retired."""
        before = await self._before(name)
        if before is None:
            raise InvalidInput(f"“{name}” has no earlier version that was live.")
        return await self._switch(before, "retired")

    async def step_down(self, name: str) -> Version | None:
        """The version that was live before takes over from one that failed, which is a shadow until it is promoted again.

        None where there is no such version, or where it failed as well.
        """
        before = await self._before(name)
        return None if before is None or before.failure else await self._switch(before, "shadow")

    async def own(self, own: str) -> list[Version]:
        """The versions of an engineer's model, over all classes, without those that are retired."""
        return [one for one in await self.versions() if one.own == own and one.state != "retired"]

    async def failed(self, version: Version, failure: str) -> None:
        """Record why a run goes without this version."""
        await self.history.fetch(
            _SQL["failed"], {"name": version.name, "version": version.version, "failure": failure[:1_000]}
        )

    async def worked(self, version: Version) -> None:
        """What it failed of before is over."""
        await self.history.fetch(_SQL["worked"], {"name": version.name, "version": version.version})

    async def put_metrics(self, version: Version, metrics: Mapping[str, float]) -> Version:
        """Record what a backtest says of it now."""
        given = {"name": version.name, "version": version.version, "metrics": json.dumps(dict(metrics))}
        await self.history.fetch(_SQL["put_metrics"], given)
        return await self.version(version.name, version.version)

    async def retire(self, name: str, number: int) -> Version:
        """A shadow is neither used nor scored any more. Raises ``InvalidInput`` for the live version."""
        candidate = await self.version(name, number)
        if candidate.state == "live":
            raise InvalidInput(f"{candidate.label} is live. Promote another version or roll back first.")
        await self.history.fetch(_SQL["retire"], {"name": name, "version": number})
        return await self.version(name, number)

    async def put_scores(self, name: str, day: date, scores: Sequence[Mapping[str, Any]]) -> None:
        """Record how versions foresaw a day: ``version``, ``subjects``, ``loss`` relative to naive, ``coverage`` or None."""
        for score in scores:
            await self.history.fetch(_SQL["put_score"], {"name": name, "day": day, **score})

    async def scores(self, name: str) -> dict[int, Scored]:
        """By version that runs, over the days on which the live one was scored as well."""
        rows = await self.history.fetch(_SQL["scores"], {"name": name})
        return {row["version"]: Scored(**row) for row in rows}

    async def recent_losses(self, version: Version) -> list[float]:
        """The loss of each scored day, oldest first."""
        rows = await self.history.fetch(_SQL["recent_losses"], {"name": version.name, "version": version.version})
        return [row["loss"] for row in rows]

    async def _before(self, name: str) -> Version | None:
        """The version that was live last before the live one."""
        live, shadows = await self.running(name)
        earlier = [one for one in shadows if one.live_since is not None]
        if not earlier or live is None:
            return None
        return max(earlier, key=lambda v: (v.live_since is not None and v.live_since, v.version))

    async def _switch(self, to: Version, old_state: str) -> Version:
        await self.history.fetch(_SQL["switch"], {"name": to.name, "version": to.version, "old_state": old_state})
        return await self.version(to.name, to.version)
