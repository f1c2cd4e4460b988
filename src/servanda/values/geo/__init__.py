"""Places on the earth.

* ``shapes``        areas, lines, sides and distances from them
* ``projection``    the projected system of one agreement, and points in it
* ``containment``   how probable it is that a report lies in a place
* ``nearest_edge``  the nearest edge of an outline for many points at once
"""
