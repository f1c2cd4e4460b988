"""Rows as a reader gives them become reports: instants, positions, sources and their sides, each bad row with its reason."""
