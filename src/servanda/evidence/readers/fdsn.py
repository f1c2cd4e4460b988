"""FDSN event text: what seismic and infrasound arrays located, as every data centre of the FDSN gives it (fields parted by bars).

Taken: explosions, and events of which nobody says what they were (their act stays unknown). Left, and told: earthquakes, quarry and mining blasts,
and whatever else is known to be none of an armed force's. An array hears that something went off, never by whom. Times are UTC.
"""

import polars as pl

from servanda.evidence.model import NO_SIDE, Context, Reader, Tables

_EXPLOSIONS = (
    "explosion",
    "chemical explosion",
    "accidental explosion",
    "controlled explosion",
    "experimental explosion",
)
_UNSAID = ("not reported", "other event", "unknown", "not existing", "anthropogenic event")


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    kind = pl.col("EventType").str.to_lowercase()
    exploded = kind.is_in(list(_EXPLOSIONS))
    open_ = kind.is_null() | kind.is_in(list(_UNSAID))
    network = pl.coalesce("Author", "Contributor", "Catalog", pl.lit("seismic network"))
    table = raw.with_columns(
        report_id=pl.concat_str(pl.lit("FDSN-"), pl.coalesce("#EventID", "EventID", pl.col("row").cast(pl.String))),
        source=network,
        side=pl.lit(NO_SIDE),
        means=pl.lit("seismic"),
        kind=pl.lit("observation"),
        start=pl.concat_str(pl.col("Time").str.replace(r"(Z|\+00:?00)$", ""), pl.lit("Z")),
        lat=pl.col("Latitude"),
        lon=pl.col("Longitude"),
        act=pl.when(exploded).then(pl.lit("explosion")),
        place_name=pl.col("EventLocationName"),
        effect=pl.concat_str(pl.lit("magnitude: "), "Magnitude", pl.lit(" "), "MagType", ignore_nulls=True),
        left_out=pl.when(~(exploded | open_)).then(pl.concat_str(pl.lit("left out: "), kind)),
    )
    return {"reports": table}


READER = Reader(
    "fdsn",
    "FDSN event text (seismic and infrasound)",
    "Columns EventID, Time, Latitude, Longitude, MagType, Magnitude and so on, parted by bars.",
    frozenset({"Time", "Latitude", "Longitude", "MagType", "Magnitude"}),
    translate,
    knows_its_sources=True,
    lenient_actors=True,
    optional=frozenset({"#EventID", "EventID", "Author", "Contributor", "Catalog", "EventLocationName", "EventType"}),
)
