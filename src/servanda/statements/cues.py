"""The words by which a text says that somebody said, wrote, thought or wanted something."""

from __future__ import annotations

SAYING = frozenset(
    """
    accept accuse acknowledge add admit advise advocate affirm agree allege announce appeal argue articulate ask
    assert assure attest banish bemoan blame blast boast brag caution challenge charge cite claim clarify comment
    complain concede conclude condemn confess continue confide confirm contend contradict convey counsel counter
    criticize criticise declare decry defend demand denounce deny deride describe detail disagree disavow disclose
    discuss dismiss dispute echo elaborate emphasize emphasise endorse exclaim explain express forecast foresee
    gripe hail hint highlight imply indicate inform inquire insist instruct interject joke label lament laud
    maintain mention mock mutter note notify object observe offer opine order outline pledge plead point portray
    posit praise predict preach proclaim profess promise propose protest publish question quip quote read reaffirm
    reason reassure rebuff rebuke rebut recall recite recommend recount refuse refute reiterate reject relate remark
    remind repeat reply report request respond restate retort reveal ridicule rule say scoff shout show sigh signal
    slam speak specify speculate state stipulate stress suggest summarize summarise swear talk tease tell testify
    thank threaten tout trumpet tweet underline underscore urge utter venture voice vow warn whisper write yell post
    retweet caption chant mouth document commend applaud dub characterize characterise depict call chide assail
    bash berate lambaste scold concur welcome answer thunder storm snap fume rage growl sneer murmur pronounce reassert rejoin volunteer undertake reckon
    consent commit disclaim beg implore table float spurn scorn shun balk repudiate deride scoff veto back
    lobby prod pressure exhort entreat beseech petition embrace approve
    jeer recap signal divulge intimate moan guarantee
    """.split()
)
"""Verbs of saying."""

THINKING = frozenset(
    """
    anticipate assume believe calculate conceive consider contemplate contend decide decline deem determine discover
    doubt dream envision estimate expect favor fear figure find forget guess hear hope imagine intend know learn
    oppose perceive plan ponder prefer presume realize realise recognize recognise reckon regard regret remember
    resent seek support suppose surmise suspect think trust understand view want weigh wish wonder worry agree aim
    respect desire reconsider
    """.split()
)
"""Verbs of thinking, wanting and perceiving: their content counts where it is a clause."""

NOUNS = frozenset(
    """
    accusation acknowledgement admission advice allegation announcement answer appeal argument assertion assessment
    assumption assurance belief call charge claim comment complaint concern conclusion confession conviction criticism
    decision declaration demand denial description desire doubt evidence expectation explanation fear feeling
    finding forecast guess hint hope idea impression insistence intention message notion objection offer opinion
    order perception pledge plea poll prediction promise proposal question recommendation refusal report request
    revelation rumor sense sign speculation statement suggestion suspicion theory thought threat understanding view
    vow warning wish word indication testimony
    """.split()
)
"""Nouns that stand for a saying or a thought: *his claim that*."""

HELD = frozenset("position line stance view policy contention conviction".split())
"""Nouns for what somebody holds: *the Government's position remains that*."""

DEMANDS = frozenset("demand condition precondition requirement offer proposal".split())
"""Nouns for what somebody asks or offers: *Moscow's demands include*."""

GIVEN = {
    "offer": "offer",
    "proposal": "propose",
    "call": "demand",
    "appeal": "demand",
    "demand": "demand",
    "rejection": "reject",
}
"""Nouns whose object behind *of* or *for* is the matter of a stand, and the verb of that stand: *Moscow's offer of a truce*."""

INVERTED = frozenset(
    """
    say add ask reply answer explain write note continue quip joke argue insist observe remark recall declare
    conclude warn respond announce claim exclaim state concede admit tweet agree
    """.split()
)
"""Verbs that may stand before their speaker: *... , said the minister*."""

HEDGES = frozenset("reportedly allegedly apparently supposedly purportedly presumably ostensibly".split())
"""Adverbs that say that somebody says so, and not who."""

ADDRESSED = frozenset(
    "tell inform remind assure warn notify ask urge advise instruct order invite thank request press pressure lobby prod".split()
)
"""Verbs whose first object is the hearer."""

TIMES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december today yesterday tonight tomorrow
    """.split()
)

NAMED_AFTER_DAYS = frozenset(
    "movement front army group brigade brigades alliance coalition forces party agreement accord truce declaration protocol".split()
)
"""What bears a day in its name: *the March 23 Movement*, *the April Agreement*."""

PARTICLES = {
    "call": {"for", "on", "upon"},
    "point": {"to", "out"},
    "speak": {"of", "about", "out"},
    "talk": {"about", "of"},
    "complain": {"about", "of"},
    "push": {"back", "for"},
    "agree": {"to", "with", "on"},
    "hint": {"at"},
    "allude": {"to"},
    "refer": {"to"},
    "lash": {"out"},
    "hit": {"back"},
    "fire": {"back"},
    "shoot": {"back"},
    "rail": {"against"},
    "argue": {"for", "against"},
    "object": {"to"},
    "respond": {"to", "with"},
    "rule": {"out"},
    "set": {"out"},
    "spell": {"out"},
    "wonder": {"about"},
    "warn": {"of", "against", "about"},
    "worry": {"about"},
    "know": {"about"},
    "think": {"of", "about"},
    "hear": {"about"},
    "testify": {"about"},
    "comment": {"on"},
    "learn": {"of"},
    "boast": {"of", "about"},
    "joke": {"about"},
    "ask": {"about", "for"},
    "vote": {"against"},
    "campaign": {"against", "for"},
    "advocate": {"for"},
    "insist": {"on"},
    "consent": {"to"},
    "commit": {"to"},
    "put": {"forward"},
    "press": {"for"},
    "double": {"down"},
    "balk": {"at"},
    "scoff": {"at"},
    "brush": {"off", "aside"},
    "shrug": {"off"},
    "wave": {"away", "off"},
    "turn": {"down"},
}
"""Verbs with the particles that belong to them."""
PARTICLE_ONLY = frozenset(
    "commit put press refer allude lash rail set spell rule point call push campaign vote double brush shrug wave turn shoot".split()
)
"""Verbs that are a cue only with their particle."""
CLAUSAL = frozenset("show continue see find talk report shoot maintain".split())
"""Verbs that are a cue only where a clause or a quotation follows."""
ENVOYS = frozenset("envoy ambassador adviser advisor representative delegate aide".split())
"""Offices that are held *to* somewhere."""
STANDS = frozenset("opposed ready willing open prepared reluctant unwilling against committed".split())
"""Adjectives that tell where somebody stands: *is opposed to*."""
DESCRIBING = frozenset(
    "see find feel mean consider know hear learn like love watch remember forget seek show state mind".split()
)
"""Verbs whose participle alone describes: *seen from here*, *known for*."""
ATTITUDES = frozenset("support oppose favor want expect seek know doubt fear agree reject regret".split())
"""Verbs of thinking that are cues without a clause: *supports the plan*."""
ANSWERS = frozenset("agree object complain comment respond lecture protest".split())
"""Verbs that are cues with a mere adverb or preposition behind them: *agreed with the plan*."""
CATENATIVE = frozenset(
    "appear seem continue begin start go decline refuse try want need plan fail come happen use have be".split()
)
"""Verbs that only lead to the next: *continue to call*."""
MEANS = frozenset(
    "phone telephone text email e-mail mail message fax radio satellite video letter whatsapp telegram".split()
)
"""What somebody says something *by*, which is nobody."""
BETWEEN = frozenset(
    "think believe know shoot allow reason sniff grin laugh shrug smile spit sigh nod wink cough".split()
)
"""Other verbs that tell, behind a comma, whose the clause before it is."""
JOINING = frozenset("and but or while whereas as".split())
"""Words that join one clause to the next."""
REFUSING = frozenset("allow permit tolerate countenance entertain condone".split())
"""Verbs whose negation behind a modal verb refuses: *will not allow*."""
TOLD_OF = frozenset(
    "reject dismiss welcome condemn accept deny refuse endorse oppose support propose denounce demand criticise criticize suggest rebuff confirm dispute".split()
)
"""Verbs whose passive tells who took the stand: *was rejected by the movement*."""
ROLES = frozenset("president minister chancellor king premier spokesman spokeswoman envoy secretary".split())
"""Offices that one person holds."""
OFFICES = ROLES | frozenset(
    """
    official officials ministry government ambassador commander general admiral governor mayor parliament army military forces navy police delegation
    negotiator negotiators diplomat diplomats spokesperson foreign defence defense vice side command embassy leader leaders adviser advisor
    representative senator lawmaker lawmakers director chief head deputy chairman chairwoman speaker colonel major captain sheikh hardliners fighters
    militants authorities rebels troops lead staff monitor headquarters office officer member aide lawyer ombudsman fighter delegate delegates
    """.split()
)
"""Words of offices and bodies: who has one speaks for whom it belongs to."""
PRIVATE = frozenset(
    "opposition former ex analyst driver activist worker journalist expert scholar professor economist blogger resident residents counterpart exiled".split()
)
"""Words of people who speak for nobody but themselves."""
ASKING = frozenset(
    "q question interviewer reporter moderator host presenter anchor correspondent journalist studio".split()
)
"""Labels of those who ask: what they say takes no stand."""
