"""cli: the command line, one file a command. It reads arguments, calls ``app``, and prints what came of it.

A command's file has its name, with ``register(commands)`` and ``run(args)``; those of ``servanda record`` stand in ``record``.

* ``main``      the parser of all commands, and faults as messages with exit codes
* ``loading``   loads what a command needs, once and quickly
* ``options``   options that several commands share
* ``progress``  how far the work is, on standard error; ``shown``: what is printed, without commands to the terminal; ``quarantine``: rows that could not be read
"""
