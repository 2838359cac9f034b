"""Results of whole jobs: how an asset is doing, what happened, when equipment ran."""
