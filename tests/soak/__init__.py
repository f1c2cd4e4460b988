"""The soak: many mutated inputs of every kind that Servanda reads; ``python -m tests.soak --help``.

From small sound files (``seeds``) come mutated ones (``mutate``); commands read them in worker processes (``attempts``); a traceback, a
hang, a row that nobody counted, or an exit code that is not documented is a failure, and is kept with what is needed to repeat it.
"""
