"""kinds: one file for each kind of report, which says of what sections it consists. They say nothing of how sections are made or look."""
