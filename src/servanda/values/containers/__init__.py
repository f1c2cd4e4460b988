"""Containers of strangers, opened without trust; nothing is unpacked to the disk, and no address is fetched.

* ``archive``  ZIP, read in memory, without bombs
* ``xml``      XML without document types and entities
* ``kml``      the placemarks of a KML document
* ``refused``  why a container is not read
"""
