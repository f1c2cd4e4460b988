"""The agreement file as it is written: names, shapes and defaults, and where a mistake in them stands."""
