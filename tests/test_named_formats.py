"""Formats of others, read as they come; every sample is of our own making, after the documentation of its format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import shapely

from servanda.app.importing import import_tables
from servanda.app.provisions import read_provisions
from servanda.cli.main import main
from servanda.errors import EvidenceError
from servanda.evidence import IngestResult, read_evidence
from servanda.evidence.model import Context
from servanda.values.files import NamedBytes

KYIV = Context(ZoneInfo("Europe/Kyiv"), {"North": "North"})


def read(text: str, name: str = "table.csv") -> tuple[pl.DataFrame, IngestResult]:
    """The reports of a table, and everything else."""
    source = read_evidence([NamedBytes(name, text.encode())], KYIV)
    return pl.concat(list(source.batches())), source.ingest


def gdelt(code: str, *, version: int = 2) -> str:
    """One row of GDELT's events."""
    from servanda.evidence.importing.containers.text import _GDELT

    names = [name for name in _GDELT if version == 2 or not name.endswith("ADM2Code")]
    values: dict[str, Any] = {
        "GLOBALEVENTID": f"900{code}",
        "SQLDATE": "20250325",
        "MonthYear": "202503",
        "Year": "2025",
        "EventCode": code,
        "ActionGeo_Type": "4",
        "ActionGeo_FullName": "Alder",
        "ActionGeo_Lat": "48.1",
        "ActionGeo_Long": "37.7",
        "DATEADDED": "20250325141500" if version == 2 else "20250325",
        "SOURCEURL": "https://www.example.org/a",
    }
    return "\t".join(values.get(name, "") for name in names)


@pytest.mark.parametrize("version", [1, 2])
def test_gdelt_has_no_header_and_gives_acts_of_force_with_the_page_they_were_found_on(version: int) -> None:
    reports, ingest = read("\n".join(gdelt(code, version=version) for code in ("194", "040", "1952")) + "\n")
    assert reports.select("act", "origin", "precision_m", "actor").rows() == [
        ("shelling", "example.org", 10_000.0, None),
        ("strike_drone", "example.org", 10_000.0, None),
    ]
    assert ingest.quarantine["reason"].to_list() == ["neither an act of force nor a protest"]


def test_an_acled_export_of_2018_in_capitals_without_sub_events_is_read() -> None:
    names = "EVENT_ID_CNTY,EVENT_ID_NO_CNTY,EVENT_DATE,YEAR,TIME_PRECISION,EVENT_TYPE,ACTOR1,ASSOC_ACTOR_1,COUNTRY,LOCATION,LATITUDE,LONGITUDE,GEO_PRECISION,SOURCE,NOTES,FATALITIES"
    rows = (
        "A1,1,01-January-2018,2018,1,Remote violence,North,,X,Alder,48.1,37.7,1,desk,n,0\n"
        "A2,2,02-January-2018,2018,1,Battle-No change of territory,North,,X,Alder,48.1,37.7,1,desk,n,0\n"
    )
    reports, ingest = read(f"{names}\n{rows}")
    assert reports.select("act", "actor").rows() == [("attack", "North"), ("armed_clash", None)]
    assert ingest.quarantined == 0


def test_air_raids_of_the_yemen_data_project_give_day_target_and_the_least_number() -> None:
    header = "Incident ID,Date,Governorate,District,Area,Target,Main category,Sub-category,Min Air Raids,Max Air Raids,Fatalities ,Confirmed Time,Time of Day,,"
    reports, _ = read(
        f"{header}\n7,26/03/2015,Alder,Birch,-,Cedar School,Educational_Facility,School,1,2,0,unkn,Afternoon,,\n"
    )
    assert reports.select("report_id", "act", "target", "quantity", "place_name").rows() == [
        ("YDP-7", "airstrike", "school", 1.0, "Cedar School, Birch")
    ]
    assert reports["start"].dt.convert_time_zone("Europe/Kyiv").dt.strftime("%Y-%m-%d %H:%M").to_list() == [
        "2015-03-26 00:00"
    ]


def test_event_text_of_the_fdsn_gives_explosions_and_leaves_earthquakes_out() -> None:
    text = (
        "#EventID | Time | Latitude | Longitude | Depth/km | Author | Catalog | Contributor | ContributorID | MagType | Magnitude | MagAuthor | EventLocationName | EventType\n"
        "1|2025-03-25T12:05:00.5|48.1|37.7|0|array N|||| ML|1.2||Alder|explosion\n"
        "2|2025-03-25T13:05:00|48.2|37.8|10|array N||||ML|3.2||Birch|earthquake\n"
        "3|2025-03-25T14:05:00|48.2|37.8|0|array N||||ML|1.0||Birch|\n"
    )
    reports, ingest = read(text.replace("| ", "|").replace(" |", "|"))
    assert reports.select("report_id", "act", "means", "kind").rows() == [
        ("FDSN-1", "explosion", "seismic", "observation"),
        ("FDSN-3", None, "seismic", "observation"),
    ]
    assert ingest.quarantine["reason"].to_list() == ["earthquake"]


def test_viina_as_published_has_day_and_time_apart() -> None:
    text = "viinaid,date,time,geonameid,asciiname,ADM1_NAME,longitude,latitude,GEO_PRECISION,source,text,t_artillery_b\n1,20240325,14:05,1,Alder,N,37.7,48.1,ADM1,paper,words,1\n2,20250325,NA,1,Alder,N,37.7,48.1,PPL,paper,words,1\n"
    reports, _ = read(text)
    assert reports.select("act", "precision_m", "source").rows() == [
        ("shelling", 120_000.0, "paper"),
        (None, 10_000.0, "paper"),
    ]
    local = reports.select(pl.col("start", "end").dt.convert_time_zone("Europe/Kyiv").dt.strftime("%d %H:%M"))
    assert local.rows() == [("25 14:05", "25 14:05"), ("25 00:00", "26 00:00")]


def test_viina_as_published_in_two_files_is_joined_when_both_are_given_in_any_order() -> None:
    info = "viinaid,date,time,asciiname,longitude,latitude,GEO_PRECISION,source,text\n1,20240325,14:05,Alder,37.7,48.1,ADM1,paper,w\n2,20240326,NA,Alder,37.7,48.1,PPL,paper,w\n"
    labels = "viinaid,t_mil_b,t_artillery_b,t_airstrike_b\n2,1,0,1\n1,1,1,0\n"
    files = [NamedBytes("event_labels.csv", labels.encode()), NamedBytes("event_info.csv", info.encode())]
    source = read_evidence(files, KYIV)
    assert pl.concat(list(source.batches()))["act"].to_list() == ["shelling", "airstrike"]
    assert {file.file: file.reader for file in source.ingest.files}["event_labels.csv"] == "joined by viinaid"
    result = import_tables(files, answers={("zone",): "Europe/Kyiv"})
    assert result.reports["act"].to_list() == ["shelling", "airstrike"]
    assert any("joined by 'viinaid': 2 of 2 rows" in told for told in result.told)
    for alone in (lambda: read_evidence(files[:1], KYIV), lambda: import_tables(files[:1])):
        with pytest.raises(EvidenceError, match="holds no report itself"):
            alone()


def test_incidents_of_airwars_accuse_nobody_and_have_an_act_only_where_one_kind_of_strike_is_named() -> None:
    names = "post_id,code,permalink,date,location_name,region,strike_status_slug,strike_type_slug,latitude,longitude,geolocation_accuracy_slug,civilian_non_combatants_killed_min,civilian_non_combatants_killed_max,summary,belligerent_1_belligerent_name,belligerent_2_belligerent_name"
    rows = (
        "1,AL001,https://example.org/1,2025-03-12,Alder,N,declared-strike,airstrike,48.1,37.7,village,2,3,Words,North,South\n"
        'x,AL002,,2025-03-13,Birch,N,alleged,"airstrike,artillery",48.2,37.8,province_governorate,0,0,,,\n'
    )
    reports, ingest = read(f"{names}\n{rows}")
    assert reports.select("report_id", "act", "precision_m", "actor", "effect", "summary").rows() == [
        (
            "Airwars-AL001",
            "airstrike",
            5_000.0,
            None,
            "civilians killed, reported: 2 to 3",
            "Words | named: North, South",
        ),
        ("Airwars-AL002", None, 120_000.0, None, "civilians killed, reported: 0 to 0", None),
    ]
    assert ingest.quarantined == 0


def test_events_of_a_timemap_are_read_as_any_other_table() -> None:
    events = [
        {
            "id": f"CIV{n}",
            "date": day,
            "time": "14:00",
            "location": "Alder",
            "latitude": "48.1",
            "longitude": "37.7",
            "description": "Words",
            "category": "Shelling",
            "sources": [{"id": "s", "path": "https://example.org/1"}],
        }
        for n, day in enumerate(("02/24/2022", "03/05/2022"), 1)
    ]
    answers = {("zone",): "Europe/Kyiv", ("values", "source"): "Map of Alder"}
    result = import_tables([NamedBytes("events.json", json.dumps(events).encode())], answers=answers)
    assert result.reports.select("start", "act", "source").rows() == [
        ("2022-02-24T14:00:00+02:00", "shelling", "Map of Alder"),
        ("2022-03-05T14:00:00+02:00", "shelling", "Map of Alder"),
    ]


FIRMS = {
    "Landsat": "latitude,longitude,path,row,scan,track,acq_date,acq_time,satellite,confidence,daynight\n48.1,37.7,177,26,756,2664,2025-03-12,232,L9,M,D\n",
    "VIIRS archive": "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_t31,frp,daynight,type\n48.1,37.7,330.1,0.4,0.4,2025-03-12,232,N,VIIRS,n,2,290,3.1,N,0\n",
    "VIIRS of the last days": "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,confidence,version,bright_ti5,frp,daynight\n48.1,37.7,330.1,0.4,0.4,2025-03-12,0232,1,nominal,2.0NRT,290,3.1,N\n",
    "MODIS": "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,confidence,version,bright_t31,frp,daynight\n48.1,37.7,330.1,1.4,1.1,2025-03-12,02:32,A,60,6.1NRT,290,3.1,D\n",
}


@pytest.mark.parametrize(
    ("product", "radius"),
    [("Landsat", 100.0), ("VIIRS archive", 400.0), ("VIIRS of the last days", 400.0), ("MODIS", 1_400.0)],
)
def test_every_download_of_firms_gives_its_minute_its_radius_and_the_digit_of_its_confidence(
    product: str, radius: float
) -> None:
    reports, _ = read(FIRMS[product])
    assert reports.select("act", "precision_m", "credibility").rows() == [("fire", radius, "3")]
    assert reports["start"].dt.strftime("%Y-%m-%d %H:%M").to_list() == ["2025-03-12 02:32"]


def test_a_candidate_set_of_ucdp_that_was_published_without_a_header_is_known_by_its_shape() -> None:
    from servanda.evidence.importing.containers.text import _GED

    values = dict.fromkeys(_GED, "") | {
        "id": "5",
        "year": "2025",
        "type_of_violence": "1",
        "where_prec": "1",
        "latitude": "48.1",
        "longitude": "37.7",
        "date_start": "2025-03-12 00:00:00.000",
        "date_end": "2025-03-12 00:00:00.000",
        "source_office": "desk",
        "best": "1",
        "gwnoa": "369",
    }
    header, row = ",".join(_GED), ",".join(values.values())
    named, bare = (read(text)[0].drop("row", "file") for text in (f"{header}\n{row}\n", f"{row}\n"))
    assert named.rows() == bare.rows()
    assert bare["act"].to_list() == ["armed_clash"]


def test_pa_x_and_the_peace_accords_matrix_are_no_reports_and_are_listed_as_provisions() -> None:
    pax = (
        "Con,PP,PPName,Reg,AgtId,Ver,Agt,Dat,Status,Lgt,N_characters,Agtp,Stage,StageSub,Part,GCh,Ce,CeProv,SsrDdr\n"
        'Alderland,2,p,r,17,3,"Agreement of Birch",2019-07-08,Multiparty,2,5235,Intra,Cea,Ceas,x,0,3,1,2\n'
    )
    matrix = "caseid,year,year_count,cease_prov,cease_implem,civadm_prov,civadm_impem,arbdamprov,arbdam_implem\n3,1998,1,1,3,0,0,1,0\n"
    files = [NamedBytes("pax.csv", pax.encode()), NamedBytes("pam.csv", matrix.encode())]
    for file in files:
        with pytest.raises(EvidenceError) as refused:
            import_tables([file])
        assert refused.value.faults[0].code == "EVD204"
    listed = read_provisions(files).table
    assert listed.select(
        "dataset", "agreement_id", "agreement", "day", "year", "provision", "grade", "implemented"
    ).rows() == [
        ("PA-X", "17", "Agreement of Birch", "2019-07-08", None, "Ce", 3, None),
        ("PA-X", "17", "Agreement of Birch", "2019-07-08", None, "CeProv", 1, None),
        ("PA-X", "17", "Agreement of Birch", "2019-07-08", None, "SsrDdr", 2, None),
        ("Peace Accords Matrix", "3", None, None, "1998", "cease", 1, 3),
        ("Peace Accords Matrix", "3", None, None, "1998", "arbdam", 1, 0),
    ]
    with pytest.raises(EvidenceError, match="neither PA-X nor"):
        read_provisions([NamedBytes("a.csv", b"day,place\n2025-03-12,Alder\n2025-03-13,Birch\n")])


# tracks

SMART = (
    '<?xml version="1.0"?><ns2:patrol xmlns:ns2="http://www.smartconservationsoftware.org/xml/1.3/patrol" id="P-1"><ns2:team value="Team 1"/>'
    '<ns2:legs id="1"><ns2:days date="2025-03-12"><ns2:waypoints id="1" x="37.7" y="48.1" time="06:00:00"/>'
    '<ns2:track geom="{}"/></ns2:days></ns2:legs></ns2:patrol>'
)
GPX = (
    '<gpx xmlns="http://www.topografix.com/GPX/1/1"><metadata><author><name>Patrol 3</name></author></metadata><wpt lat="48.1" lon="37.7"><time>2025-03-12T06:05:00Z</time><type>shelling</type></wpt>'
    '<trk><name>Morning</name><trkseg><trkpt lat="48.1" lon="37.7"><time>2025-03-12T06:00:00Z</time></trkpt><trkpt lat="48.2" lon="37.7"><time>2025-03-12T06:10:00Z</time></trkpt></trkseg>'
    '<trkseg><trkpt lat="48.3" lon="37.7"/></trkseg></trk></gpx>'
)


def earthranger() -> bytes:
    """Tracks and positions as EarthRanger answers them."""
    line = {"type": "LineString", "coordinates": [[37.7, 48.1], [37.7, 48.2]]}
    times = ["2025-03-12T06:10:00+00:00", "2025-03-12T06:00:00+00:00"]
    features = [
        {
            "type": "Feature",
            "geometry": line,
            "properties": {"title": "Ranger 4", "coordinateProperties": {"times": times}},
        }
    ]
    for lat, time in ((48.2, times[0]), (48.1, times[1])):
        properties = {"title": "Ranger 5", "id": "a", "subject_type": "person", "coordinateProperties": {"time": time}}
        at = {"type": "Point", "coordinates": [37.7, lat]}
        features.append({"type": "Feature", "geometry": at, "properties": properties})
    return json.dumps({"data": {"type": "FeatureCollection", "features": features}, "status": {"code": 200}}).encode()


def test_tracks_of_gpx_are_kept_as_tracks_and_its_waypoints_stay_rows() -> None:
    result = import_tables([NamedBytes("day.gpx", GPX.encode())], answers={("values", "source"): "Patrol 3"})
    assert result.reports["act"].to_list() == ["shelling"]
    assert result.tracks.select("who", "name", "start", "end", "points", "timed").rows() == [
        ("Patrol 3", "Morning", "2025-03-12T06:00:00Z", "2025-03-12T06:10:00Z", 2, 2),
        ("Patrol 3", "Morning", None, None, 1, 0),
    ]
    line = json.loads(result.tracks["geojson"][0])
    assert line["geometry"]["coordinates"] == [[37.7, 48.1], [37.7, 48.2]]
    assert line["properties"]["coordinateProperties"]["times"] == ["2025-03-12T06:00:00Z", "2025-03-12T06:10:00Z"]


def test_tracks_and_positions_of_earthranger_are_tracks_and_no_reports() -> None:
    result = import_tables([NamedBytes("tracks.json", earthranger())])
    assert result.reports.is_empty()
    assert result.tracks.select("who", "start", "end", "points").rows() == [
        ("Ranger 4", "2025-03-12T06:00:00Z", "2025-03-12T06:10:00Z", 2),
        ("Ranger 5", "2025-03-12T06:00:00Z", "2025-03-12T06:10:00Z", 2),
    ]


def test_the_track_of_a_smart_patrol_has_the_clock_of_its_device() -> None:
    points = [(37.7, 48.1, 1741759200000.0), (37.7, 48.2, 1741759800000.0)]
    line = shapely.to_wkb(
        shapely.MultiLineString([points]), hex=True, byte_order=0, output_dimension=3, flavor="extended"
    )
    file = NamedBytes("patrol.xml", SMART.format(line).encode())
    bare, zoned = import_tables([file]), import_tables([file], answers={("zone",): "Africa/Nairobi"})
    assert bare.tracks.select("who", "name", "start", "end").rows() == [
        ("Team 1", "P-1, leg 1", "2025-03-12T06:00:00", "2025-03-12T06:10:00")
    ]
    assert zoned.tracks.select("start", "end").rows() == [("2025-03-12T03:00:00Z", "2025-03-12T03:10:00Z")]
    assert any("1 waypoint" in told for told in bare.told)


def test_tracks_are_written_beside_the_reports(tmp_path: Path) -> None:
    (tmp_path / "tracks.json").write_bytes(earthranger())
    assert main(["import", str(tmp_path / "tracks.json"), "--out", str(tmp_path / "reports.csv")]) == 0
    assert pl.read_csv(tmp_path / "reports.tracks.csv").height == 2
    assert pl.read_csv(tmp_path / "reports.csv").is_empty()
