"""The agreement file as it is written: names, shapes and defaults, and where a mistake in them stands.

* ``file``      the file as a whole; ``term``: a clause of any kind; ``event``: ``events:``
* ``forbid``, ``limit``, ``require``, ``respond``, ``declare``, ``guarantee``   what a clause of some kind has
* ``base``      what they share
* ``validate``  every mistake in plain words
"""
