"""containers: files as they come, to sheets of raw cells. What a file is, is told by its first bytes, never by its name.

* ``strangers``  archives and XML, opened without trust
* ``xlsx``       workbooks of Excel; ``ods``: spreadsheets of LibreOffice; ``spreadsheetml``: workbooks as one XML document
* ``xls``        workbooks of Excel 5 to 2003, by xlrd
* ``papers``     tables in web pages and in documents of Word
* ``text``       CSV of every habit; ``aligned``: columns that only blanks part; ``encodings``: in which encoding a text is written
* ``records``    JSON and GeoJSON; ``nested``: objects within objects; ``shapes``: tables that are no lists of objects; ``maps``: KML and GPX
* ``layers``     shapefiles, GeoPackage, SQLite; ``columnar``: Parquet
* ``track_features``  tracks in GeoJSON; ``patrols``: those of SMART
* ``chats``      messages that have the form of a row; ``letters``: what is attached to an e-mail
* ``opening``    which of them a file is
"""

from servanda.evidence.importing.containers.opening import kind_of, open_sheets

__all__ = ["kind_of", "open_sheets"]
