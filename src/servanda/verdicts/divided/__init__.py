"""Verdicts where findings lie elsewhere: incidents are looked up where their findings are, and a machine holds a share of them.

* ``incidents``  a share of incidents: their reports, their names, which of them weigh most
* ``unsure``     which incidents may be one, and which may be several: each share has what is about its own
* ``watching``   what others saw of each watch, by the source that watches
* ``groups``     terms that are concluded together, and by which queries
* ``brief``      what a share tells of terms and events that do not follow from sums: a row of each incident
* ``terms``      what terms are concluded with; those that do not follow from sums, and events
* ``shared``     terms that are concluded by shares: what each share tells of them, and what follows from all
* ``slices``     verdicts of days, weeks or months
* ``tables``     the tables of findings and acts, cut into ranges
* ``whole``      the verification that comes of it; here arrive verdicts, what is shown of incidents, and tables one after another
"""
