"""Places on the earth.

* ``shapes``        areas, lines, sides and distances from them
* ``projection``    the projected system of one agreement, and points in it
* ``region``        places drawn in the projection, with round edges known to be round
* ``gaussian``      how much of a Gaussian lies in a region
* ``containment``   how probable it is that a report lies in a place
* ``meridian``      shapes across the 180th meridian
* ``reach``         how far places reach, and whether anything lies in them
* ``shares``        how much of one place lies in another
* ``nearest_edge``  the nearest edge of an outline for many points at once
"""
