"""Verdicts where findings lie elsewhere: incidents are looked up where their findings are, and a machine holds a share of them.

* ``incidents``  a share of incidents: their reports, their names, which of them weigh most
* ``watching``   what others saw of each watch, by the source that watches
* ``groups``     terms that are concluded together, and what of the findings they follow from
* ``shared``     terms that are concluded by shares: what each share tells of them, and what follows from all
* ``terms``      all other terms, concluded where what they need was sent
* ``tables``     the tables of findings and acts, cut into ranges
* ``whole``      the verification that comes of it; here arrive verdicts, what is shown of incidents, and tables one after another
"""
