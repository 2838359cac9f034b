"""Records of other systems that a table brings in by a map: work orders, events, names of codes, failure modes."""
