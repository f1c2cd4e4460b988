"""cli: the command line, one file a command. It reads arguments, calls ``app``, and prints what came of it."""
