"""The assets that a caller means, by name or by query."""

from __future__ import annotations

from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery
from graph_schema.store.graph import GraphStore
from tools.query.names import resolve_all


async def named_or_queried(graph: GraphStore, asset: str | list[str] | None, assets: AssetQuery | None) -> AssetQuery:
    """One of the two as a query. Raises ``InvalidInput`` for both or neither, ``NotFound`` for a name that nothing has."""
    if asset is not None and assets is not None:
        raise InvalidInput("Name the assets either by asset or by assets, not both.")
    if asset is not None:
        return AssetQuery(ids=await resolve_all(graph, [asset] if isinstance(asset, str) else asset))
    if assets is None:
        raise InvalidInput("Say which assets: asset (an id or a name) or assets (a query).")
    return assets
