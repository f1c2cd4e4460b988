"""Nouns for people and bodies, by what they can be: offices, organs of a state, missions, groups in arms."""

from __future__ import annotations

from servanda.statements.cues import PRIVATE

RANKS = frozenset(
    """
    general gen brigadier brig colonel col major maj captain capt lieutenant lt sergeant sgt admiral adm commander cmdr
    marshal corporal cpl commodore
    """.split()
)
"""Ranks, in full and as they are shortened."""
RULERS = frozenset(
    """
    president premier chancellor minister minister-president king queen prince princess emir sultan monarch ayatollah leader chief head chairman
    chairwoman chairperson chair vice-president pm taoiseach
    """.split()
)
OFFICES = (
    RANKS
    | RULERS
    | frozenset(
        """
        official spokesman spokeswoman spokesperson envoy ambassador diplomat negotiator mediator delegate secretary undersecretary
        representative governor mayor senator lawmaker legislator parliamentarian deputy mp speaker adviser advisor aide
        director commissioner coordinator officer attache attaché consul judge prosecutor ombudsman ombudswoman sheikh emissary
        justice co-chair rapporteur monitor observer inspector peacekeeper staffer lead secretary-general superintendent warlord archbishop
        politician boss strongman plenipotentiary counsel go-between under-secretary-general interlocutor
        """.split()
    )
)
"""Offices that somebody holds, in the singular."""
PERSONS = frozenset(
    """
    man woman boy girl soldier fighter militant rebel gunman insurgent guerrilla farmer resident driver teacher nurse doctor lawyer
    activist analyst expert scholar professor economist blogger journalist reporter businessman businesswoman cousin friend mother father son daughter
    brother sister widow witness neighbour neighbor villager prisoner refugee veteran conscript recruit historian priest
    writer author student shopkeeper worker engineer volunteer critic campaigner colleague counterpart member figure person participant listener rival source opposite
    """.split()
)
"""Other nouns for one person; whether he speaks for somebody hangs on whom he belongs to."""
ARMED = frozenset(
    "source participant soldier fighter militant rebel gunman insurgent guerrilla volunteer member figure conscript colleague counterpart opposite lawyer".split()
)
"""Those of them who may speak for a side where a word tells it."""
ORGANS = frozenset(
    """
    ministry government army military navy police parliament cabinet council presidency embassy chancellery command staff forces troops
    authorities administration office delegation side service regime junta headquarters senate congress intelligence guard guards corps
    department directorate premiership palace camp leadership team soldiers artillery drones military-council knesset rada duma chamber assembly majlis
    """.split()
)
"""Organs of a state or of a side."""
MISSIONS = frozenset(
    """
    mission monitors observers inspectors peacekeepers force agency commission committee mechanism organisation organization alliance bloc
    union secretariat patrol patrols contingent mediators team watchdog
    """.split()
)
"""What a body that watches or mediates is called once it was named."""
OUTSIDE = (MISSIONS - {"force", "team", "contingent", "patrol", "patrols"}) | frozenset(
    "envoy mediator monitor observer inspector peacekeeper rapporteur coordinator go-between facilitator society association company charity".split()
)
"""Those who watch, mediate or help, and are on neither side unless a word tells it."""
GROUPS = frozenset(
    """
    group movement militia militias faction front organisation organization insurgents insurgency rebels guerrillas paramilitaries
    separatists militants fighters gunmen party formation formations rebellion paramilitary
    """.split()
)
"""What irregulars are called once they were named."""
IRREGULAR = frozenset(
    """
    rebel rebels insurgent insurgents paramilitary separatist militant guerrilla self-proclaimed self-styled self-declared breakaway unrecognised unrecognized
    facto secessionist
    """.split()
)
"""Words that tell of an organ or an officer that he is one of irregulars."""
TO = frozenset("adviser advisor aide counsel deputy assistant".split())
"""Whoever is one *to* somebody is of his side; an envoy to somebody is not."""
MAN = frozenset("man woman voice number pick nominee choice".split())
"""Whoever is *Kyiv's man* or *the group's number two* is of that side."""
ABROAD = frozenset(
    "ambassador envoy diplomat representative coordinator consul attache attaché emissary correspondent mediator".split()
)
"""Where they are is not whom they serve."""
SPOKES = frozenset("spokesman spokeswoman spokesperson".split())
WOMEN = frozenset(
    "spokeswoman chairwoman queen princess woman mother daughter sister widow businesswoman ombudswoman girl".split()
)
MEN = frozenset("spokesman chairman king prince man father son brother businessman boy emir sultan strongman".split())
FORMER = frozenset("former ex ousted deposed late retired fugitive".split())
NOBODYS = (PRIVATE - {"counterpart"}) | frozenset(
    "refugee church orthodox university institute foundation bank observatory airlines born-again dissident newspaper daily columnist editor correspondent reporter presenter commentator".split()
)
"""Words in a description of somebody who speaks for no side."""

STATE_OFFICES = frozenset(
    "minister president premier pm chancellor king parliament government ministry cabinet secretary ambassador".split()
)
"""Offices and organs that a state has, and hardly anybody else."""

UNDER = {
    "officer": RANKS,
    "general": frozenset(["gen", "brigadier", "brig", "commander", "chief"]),
    "colonel": frozenset(["col"]),
    "major": frozenset(["maj"]),
    "captain": frozenset(["capt"]),
    "lieutenant": frozenset(["lt"]),
    "sergeant": frozenset(["sgt"]),
    "admiral": frozenset(["adm"]),
    "commander": RANKS | {"chief", "head"},
    "spokesman": frozenset(["spokesperson"]),
    "spokeswoman": frozenset(["spokesperson"]),
    "spokesperson": SPOKES,
    "diplomat": frozenset(
        "consul ambassador envoy minister negotiator representative delegate secretary emissary mediator director".split()
    ),
    "envoy": frozenset("ambassador representative negotiator mediator emissary coordinator".split()),
    "mediator": frozenset("envoy negotiator ambassador".split()),
    "negotiator": frozenset("envoy head chief delegate minister representative lead".split()),
    "delegate": frozenset("negotiator head chief representative envoy general admiral".split()),
    "politician": RULERS | frozenset("senator lawmaker mp deputy speaker mayor governor".split()),
    "lawmaker": frozenset("senator mp deputy legislator parliamentarian speaker".split()),
    "leader": RULERS | frozenset(["commander", "warlord"]),
    "premier": frozenset(["minister", "pm"]),
    "chief": frozenset("head director commander secretary-general commissioner leader chair chairman".split()),
    "head": frozenset("chief director chair chairman leader".split()),
    "monitor": frozenset(["head", "chief", "observer"]),
    "aide": frozenset(["adviser", "advisor", "assistant"]),
    "adviser": frozenset(["advisor", "aide", "counsel"]),
    "secretary": frozenset(["secretary-general"]),
    "chairman": frozenset(["chair", "head"]),
    "chair": frozenset(["chairman", "chairwoman", "chairperson", "head"]),
}
"""What else somebody may have been called before who is now called so."""
ANYBODY = frozenset("official man woman politician veteran figure".split())
"""Nouns by which anybody may be called who was named."""
FACING = frozenset("counterpart opposite opponent rival adversary enemy rivals enemies".split())
"""Whoever is one of somebody is of another side."""
SORTS = frozenset(
    """
    foreign defence defense interior prime deputy vice energy finance information justice economy health security police army naval
    former acting special field northern southern eastern western parliamentary presidential
    """.split()
)
"""Words that tell one minister, deputy or commander from another."""
