"""chances: of several incidents together, with errors that are independent, and with one common error.

* ``sums``     the chance of so many or more, and what is shown at both ends
* ``amounts``  how much of some occurrences is shown
* ``small``    many that are too small for a finding, and what answered allegations leave
"""
