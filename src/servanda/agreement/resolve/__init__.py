"""From what is written to what can be judged: names become codes, places, actors and instants, each fault with its line.

* ``resolver``  parties, mandate, events and terms of one text; ``clause``: one clause while it is resolved;
  ``chosen``: what of it is not the text's; ``watching``: what the mandate asks of who watches
* ``actors``    those who act: names that can stand in evidence, none to be taken for another
* ``kinds``     which kind of term a clause is; ``exemptions``: its exceptions
* ``names``     codes, weapons and actors by their names
* ``places``    places that can be measured; ``beside``: the files beside an agreement; ``geofile``: geometries out of maps
* ``which_feature``  which features of a map a place is; ``map_names``: what they go by; ``map_dates``: of which day they are
"""
