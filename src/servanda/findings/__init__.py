"""findings: what was looked for and what was found, as tables: queries, matching, confirmation, exceptions. Pure: no threads, no files."""
