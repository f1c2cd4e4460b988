"""Verdicts where findings lie elsewhere: incidents are looked up where their findings are, and each term is concluded on one machine.

* ``incidents``  a share of incidents: their reports, their names, which of them weigh most
* ``watching``   what others saw of each watch, by the source that watches
* ``groups``     terms that are concluded together, and what of the findings they follow from
* ``terms``      a group of terms concluded: verdicts, coverage, tables
* ``whole``      the verification that comes of it; here arrive verdicts, what is shown of incidents, and tables one after another
"""
