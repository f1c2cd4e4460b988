"""Maps that people draw and download, as layers of features in degrees (WGS 84). They may come from anybody: nothing is unpacked to the disk
or fetched, and what cannot be placed on the earth is refused.

* ``opening``     which kind of file it is, by its first bytes
* ``geojson``     GeoJSON; ``geopackage``: GeoPackage; ``kml_file``: KML; ``shapefile``: shapefiles; ``flatgeobuf``: FlatGeobuf
* ``systems``     coordinate systems
* ``features``    what they all come down to; ``writing``: GeoJSON and GeoPackage for others
"""

from servanda.values.maps.features import FEATURE_ID, NOWHERE, Feature, Layer, Sibling, no_sibling, plain_geometry
from servanda.values.maps.geojson import in_degrees
from servanda.values.maps.geopackage import refuse_unwritten, tables_without_places
from servanda.values.maps.opening import READ, SIDE_FILES, is_beside_a_shapefile, map_layers
from servanda.values.maps.shapefile import dbase_rows, is_dbase
from servanda.values.maps.systems import System, system_named

__all__ = [
    "FEATURE_ID",
    "NOWHERE",
    "READ",
    "SIDE_FILES",
    "Feature",
    "Layer",
    "Sibling",
    "System",
    "dbase_rows",
    "in_degrees",
    "is_beside_a_shapefile",
    "is_dbase",
    "map_layers",
    "no_sibling",
    "plain_geometry",
    "refuse_unwritten",
    "system_named",
    "tables_without_places",
]
