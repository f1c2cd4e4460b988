"""Short marked sayings about many matters, made from templates in our own words: what ``scripts/train_stances.py`` learns from beside the marked articles.

    python scripts/make_sayings.py > bench/speech/sayings/templates.tsv

Each line: stance, whether the term stops acts of war, whether it forbids or limits, whether the speaker's side is bound by it, the cue, the words. The same seed gives the same lines.
"""

from __future__ import annotations

import random
import sys

# a matter: what is done (infinitive; participle), by whom it is owed, as a noun, and what is done to what (passive subject; participle)
DUTIES = """
withdraw the guns|withdrawing the guns|the withdrawal of the guns|the guns|withdrawn
pull our units back to the old line|pulling the units back|the pull-back|the units|pulled back
release the prisoners|releasing the prisoners|the release of the prisoners|the prisoners|released
hand over the lists of detainees|handing over the lists|the handover of the lists|the lists|handed over
open the crossing|opening the crossing|the opening of the crossing|the crossing|opened
let the convoys through|letting the convoys through|the passage of aid convoys|the convoys|let through
clear the mines along the road|clearing the mines|the clearing of mines|the minefields|cleared
surrender the rifles|surrendering the rifles|the surrender of weapons|the rifles|surrendered
disband the militias|disbanding the militias|the disbandment of the militias|the militias|disbanded
hold the local elections|holding local elections|local elections|the elections|held
pass the amnesty law|passing the amnesty law|an amnesty|the amnesty law|passed
pay the salaries|paying the salaries|the payment of salaries|the salaries|paid
give back the houses|giving back the houses|the restitution of houses|the houses|given back
restore the power supply|restoring the power supply|the repair of the power lines|the electricity|restored
take the displaced back|taking the displaced back|the return of the displaced|the refugees|allowed home
admit the observers|admitting observers|access for the observers|the monitors|let in
set up the joint commission|setting up the commission|a joint commission|the commission|set up
hand back the bodies|handing back the bodies|the exchange of remains|the bodies|handed back
lift the siege|lifting the siege|an end to the siege|the siege|lifted
let ships be inspected|inspecting ships|the inspection of ships|the ships|inspected
remove the checkpoints|removing the checkpoints|the removal of checkpoints|the checkpoints|removed
leave the district|leaving the district|the evacuation of the district|the district|vacated
send the foreign fighters home|sending foreign fighters home|the departure of the mercenaries|the mercenaries|sent home
extend the agreement|extending the agreement|an extension of the deal|the deal|prolonged
guarantee the border|guaranteeing the border|security guarantees|the guarantees|written into the treaty
try the war criminals|trying the war criminals|a special court|the court|established
publish the inventory of tanks|publishing the inventory|the exchange of data|the inventory|published
discharge the minors|discharging the minors|the discharge of child soldiers|the minors|discharged
move the howitzers into storage|moving the howitzers into storage|the cantonment of artillery|the howitzers|stored
rebuild the bridges|rebuilding the bridges|reconstruction|the bridges|rebuilt
""".strip().splitlines()
THINGS = """
foreign contingents|foreign troops|deploy
NATO soldiers|NATO soldiers|station
a military base|bases|build
peacekeepers on our soil|peacekeepers|post
drones over the zone|drones|fly
new fortifications|fortifications|dig
arms deliveries|weapons shipments|send
tanks in the strip|tanks|keep
recruits under eighteen|child soldiers|recruit
fresh brigades at the front|reinforcements|bring in
""".strip().splitlines()
DEEDS = """
fire on the town|fired on the town|shelling|fire|shelled the town
strike the power plants|struck the power plants|strikes on the energy system|strikes|struck a substation
attack the positions|attacked the positions|attacks|attack|stormed a post
shell the villages|shelled the villages|bombardment|bombardment|shelled three villages
launch drones|launched drones|drone attacks|drone attacks|sent forty drones
break the ceasefire|broke the ceasefire|hostilities|hostilities|broke the truce
use force|used force|the use of force|fighting|opened fire
bomb the port|bombed the port|air raids|raids|bombed the docks
""".strip().splitlines()
WHEN = [
    "",
    "",
    "",
    " by Friday",
    " within ten days",
    " at once",
    " before the winter",
    " without delay",
    " next week",
    " this month",
    " in full",
    " in stages",
    " from Monday",
    " without exception",
]
SAY = "said says told added stated wrote noted explained declared argued insisted maintained remarked recalled stressed replied answered label label post".split()
THEY = [
    "the other side",
    "Otherside",
    "Otherside",
    "the Otherside army",
    "the rebels",
    "the enemy",
    "they",
    "Otherside forces",
    "the militia",
    "Otherside",
    "both sides",
    "the neighbours",
]
WE = [
    "we",
    "we",
    "we",
    "our side",
    "our forces",
    "the ministry",
    "the government",
    "his side",
    "Ownside",
    "Ownside",
    "his country",
    "my people",
    "the command",
    "it",
    "they",
    "he",
    "I",
]
FIRST = [
    "the sanctions are lifted",
    "the other side does the same",
    "the observers have arrived",
    "our prisoners come home",
    "they sign",
    "parliament agrees",
    "the guarantees are in writing",
    "the siege ends",
    "somebody pays for it",
    "the shooting has stopped for a week",
    "the lists are complete",
    "the elections have been held",
    "the roads are safe",
    "the last foreign soldier has left",
    "the United Nations has verified it",
    "both capitals approve",
    "the money arrives",
    "their guns are gone",
]
DUTY = {
    "demands": {
        "demanded|insisted|urged|requires|demands|called for it, saying": [
            "that {they} {inf}{when}",
            "that {obj} be {part}{when}",
        ],
        "urged|called on|asked|pressed|appealed to|implored|begged|ordered|told|pushes|exhorted": [
            "{they} to {inf}{when}"
        ],
        "called for|demanded|wants|sought|requested|pleaded for|insists on|is seeking|asked for|appealed for|clamoured for|pressed for|expects|lobbied for": [
            "{noun}{when}",
            "{obj} to be {part}{when}",
            "{obj} {part}{when}",
            "the full and immediate start of {noun}",
        ],
        "SAY": [
            "{they} must {inf}{when}",
            "{they} should {inf}{when}",
            "{they} have to {inf}{when}",
            "{obj} must be {part}{when}",
            "{obj} have to be {part}{when}",
            "{obj} should be {part}{when}",
            "it is time for {they} to {inf}",
            "we expect {they} to {inf}{when}",
            "we want {obj} {part}{when}",
            "we call on {they} to {inf}{when}",
            "we demand {noun}{when}",
            "we need {noun}{when}",
            "there can be no peace without {noun}",
            "{noun} cannot wait",
            "{noun} is overdue",
            "{they} ought to {inf}",
            "{they} are obliged to {inf}{when}",
            "let them {inf}{when}",
            "{noun} comes first",
            "nothing less than {noun} will do",
            "we insist on {noun}",
            "{they} had better {inf}{when}",
            "{noun} is a matter of days, not of months",
            "when will {they} finally {inf}",
            "I ask that {obj} be {part}{when}",
            "{they} needs to {inf}{when}",
            "{noun} has to begin{when}",
            "{noun} is indispensable",
            "we are waiting for {noun}",
        ],
    },
    "rejects": {
        "rejected|ruled out|refused|opposes|dismissed|turned down|objected to|spurned|vetoed|scorned|would not hear of|is against|condemned|resists|denounced|balked at|shot down|brushed aside|threw out|was having none of": [
            "{noun}",
            "any {bare}",
            "the idea of {ing}",
            "{ing}{when}",
            "calls for {noun}",
        ],
        "refused|declined|is unwilling|is not ready|had no intention|was not prepared|was in no position|does not intend|has no plans": [
            "to {inf}{when}"
        ],
        "SAY": [
            "{we} will not {inf}{when}",
            "{we} will never {inf}",
            "{we} are not going to {inf}{when}",
            "{we} cannot {inf}",
            "{we} cannot accept {noun}",
            "{noun} is out of the question",
            "{noun} is unacceptable",
            "{noun} is not on the table",
            "there will be no {bare}",
            "there can be no talk of {noun}",
            "nobody will {inf} here",
            "{noun} is a non-starter",
            "{obj} will not be {part}{when}",
            "{obj} would not be {part}{when}",
            "{obj} will stay where they are",
            "{we} see no reason to {inf}",
            "{we} would rather fight than {inf}",
            "under no circumstances will {we} {inf}",
            "not one of {obj} will be {part}",
            "{we} do not need {noun}",
            "{we} have no intention to {inf}",
            "over my dead body",
            "{we} did not sign up for {noun}",
            "{noun}? Never",
            "nobody can force {we} to {inf}",
            "{we} reject {noun}",
            "that is not what was signed and {we} shall not {inf}",
            "{noun} would be suicide",
            "{noun} would be a betrayal",
            "we shall not {inf}{when}",
            "forget {noun}",
            "{noun} is nobody's business",
            "it makes no sense to {inf}",
            "{noun} is premature",
        ],
    },
    "offers": {
        "offered|proposed|volunteered|suggested|is ready|was prepared|stands ready|signalled readiness|is willing|expressed willingness|declared itself ready|would be happy|has indicated willingness": [
            "to {inf}{when}"
        ],
        "proposed|suggested|floated|tabled|put forward|offered|mooted|advanced": [
            "{noun}{when}",
            "that {obj} be {part}{when}",
            "a plan for {noun}",
            "{ing}{when}",
        ],
        "SAY": [
            "{we} are ready to {inf}{when}",
            "{we} are prepared to {inf}{when}",
            "{we} are willing to {inf}{when}",
            "{we} could {inf}{when}",
            "{we} propose {noun}{when}",
            "{we} offer to {inf}{when}",
            "{we} are open to {noun}",
            "{we} would be glad to {inf}",
            "{we} have put {noun} on the table",
            "one could {inf}{when}",
            "why not {inf} together",
            "{we} stand ready to {inf}{when}",
            "{we} have offered {noun}",
            "{we} can talk about {noun}",
            "{we} might {inf}{when}",
            "{we} suggest that {obj} be {part}{when}",
            "my offer is {noun}{when}",
        ],
    },
    "accepts": {
        "accepted|agreed to|approved|welcomed|backed|endorsed|supports|consented to|embraced|is in favour of|favours|gave his blessing to|signed off on|bowed to|acquiesced in|did not object to|raised no objection to|would not oppose|committed itself to": [
            "{noun}{when}",
            "{ing}{when}",
            "the plan for {noun}",
        ],
        "agreed|consented|undertook|committed|assented": ["to {inf}{when}"],
        "SAY": [
            "{we} accept {noun}",
            "{we} agree to {inf}{when}",
            "{we} support {noun}",
            "{we} have nothing against {noun}",
            "{we} will honour our word and {inf}",
            "{we} stand by {noun}",
            "{we} welcome {noun}",
            "{noun} is fine with us",
            "{we} have no objection to {noun}",
            "{we} can live with {noun}",
            "yes, {we} will {inf} as agreed",
            "{we} remain committed to {noun}",
            "{we} will comply with {noun}",
            "{noun} is a good idea",
            "{noun}? By all means",
            "{they} may {inf} whenever they like",
            "{we} will keep to what was agreed on {noun}",
            "{we} back {noun}",
            "{we} are in favour of {noun}",
            "{we} signed it and {we} will {inf}",
            "{we} take the offer of {noun}",
            "{noun} is welcome",
        ],
    },
    "announces": {
        "announced|pledged|promised|vowed|confirmed|reported|ordered|decided on|is planning|plans|intends|scheduled": [
            "{noun}{when}",
            "to {inf}{when}",
            "that {obj} would be {part}{when}",
            "that {obj} had been {part}",
        ],
        "SAY": [
            "{we} will {inf}{when}",
            "{we} shall {inf}{when}",
            "{we} have {past}",
            "{obj} have been {part}{when}",
            "{obj} will be {part}{when}",
            "{obj} would be {part}{when}",
            "{we} are {ing}{when}",
            "{we} have begun {ing}",
            "{we} have finished {ing}",
            "{noun} will begin{when}",
            "{noun} is complete",
            "{noun} has started",
            "{noun} is under way",
            "{we} had already {past}",
            "tomorrow {we} {inf}",
            "half of {obj} are already {part}",
            "{we} will go on {ing}",
            "{we} are going to {inf}{when}",
            "{obj} had all been {part}",
            "{we} intend to {inf}{when}",
            "I have ordered {noun}",
            "{we} would {inf}{when}",
            "{noun} would take place{when}",
            "work on {noun} is proceeding",
        ],
    },
    "condition": {
        "SAY": [
            "{we} will {inf} only if {first}",
            "{we} will {inf} once {first}",
            "{we} will not {inf} until {first}",
            "{we} would {inf} if {first}",
            "{we} are ready to {inf} provided that {first}",
            "{obj} will be {part} as soon as {first}",
            "unless {first}, there will be no {bare}",
            "if {first}, {we} will {inf}",
            "{noun} is possible only after {first}",
            "{we} can {inf} on condition that {first}",
            "not before {first} will {we} {inf}",
            "{noun} depends on whether {first}",
            "first {first}, then {we} {inf}",
            "{obj} will stay until {first}",
            "{we} are prepared to {inf}, but only when {first}",
            "without that there will be no {bare}: {first}, and {we} {inf}",
            "when {first}, {we} will {inf} the same day",
            "so long as {first}, {we} have no problem with {noun}",
            "{we} will {inf} in return for one thing: {first}",
            "not a single one of {obj} will be {part} before {first}",
            "{we} would {inf}, but {first} has to come first",
            "{we} might {inf} if {first}",
            "{noun} hinges on one thing: {first}",
        ],
        "offered|agreed|is ready|is willing|promised|undertook|was prepared": [
            "to {inf} if {first}",
            "to {inf} provided that {first}",
            "to {inf} once {first}",
            "to {inf} in exchange, as soon as {first}",
        ],
        "refused|declined": ["to {inf} until {first}", "to {inf} unless {first}", "to {inf} before {first}"],
        "accepted|backed|supports": ["{noun} on condition that {first}", "{noun}, provided that {first}"],
    },
    "denies": {
        "denied|rejected|dismissed|refuted|disputed|brushed off": [
            "that {obj} had not been {part}",
            "reports that {they} had refused to {inf}",
            "the claim that {noun} had stalled",
            "that {noun} had been held up",
            "having blocked {noun}",
            "allegations that {we} obstructs {noun}",
            "any delay in {noun}",
        ],
        "SAY": [
            "nobody is holding up {noun}",
            "it is not true that {noun} has stopped",
            "{we} have not blocked {noun}",
            "there is no obstacle to {noun}",
            "{we} never stopped {ing}",
            "{we} have nothing left to {verb0}",
            "that is a lie: {obj} were {part} on time",
            "{we} do not hold any of {obj}",
            "no such thing happened, {obj} were {part}",
        ],
    },
    "speaks of": {
        "SAY": [
            "{they} has not {past}",
            "{they} are stalling {noun}",
            "{they} refuse to {inf}",
            "{they} promised to {inf} and did nothing",
            "only a third of {obj} had been {part}",
            "{noun} is going slowly",
            "{noun} is for others to decide",
            "{they} blocks {noun}",
            "{obj} are still not {part}",
            "nobody knows whether {they} will {inf}",
            "{noun} was discussed",
            "{noun} is a difficult subject",
            "{they} have so far {past} half of it",
            "I cannot say when {obj} will be {part}",
            "{noun} has taken longer than expected",
            "there were problems with {noun}",
            "{they} keeps talking of {noun}",
            "as for {noun}, ask the general",
            "{they} say they will {inf}",
            "{noun} costs money",
            "{obj} were counted again yesterday",
            "it is too early to speak of {noun}",
            "{they} would never {inf}",
            "we have no information on {noun}",
            "{they} are breaking the clause on {noun}",
        ],
        "accused|blamed": [
            "{they} of delaying {noun}",
            "{they} of refusing to {inf}",
            "{they} for the failure of {noun}",
        ],
        "wondered|asked|doubted|questioned|predicted|expects|believes|thinks|fears|complained|lamented|regretted": [
            "whether {they} would {inf}",
            "that {they} had not {past}",
            "that {noun} would fail",
            "that {noun} was slow",
        ],
        "declined|refused": ["to comment on {noun}", "to say when {obj} would be {part}"],
        "praised|commended|described": ["{noun} as a success", "the progress of {noun}"],
    },
}
THING = {
    "rejects": {
        "rejected|ruled out|opposes|objected to|banned|is against|will not tolerate|condemned": [
            "{noun}",
            "any {plural}",
            "the presence of {plural}",
        ],
        "SAY": [
            "there must be no {plural}",
            "we will not accept {noun}",
            "{plural} have no place here",
            "{plural} are inadmissible",
            "no {plural} will be allowed",
            "{they} must not {verb} {plural}",
            "not one more of the {plural}",
            "whoever sends {plural} is a target",
            "{plural} would mean war",
            "there will be no {plural}",
            "we are against {plural}",
            "the {plural} must go",
            "{they} must remove the {plural}",
            "{they} should stop sending {plural}",
        ],
        "demanded|insisted|called for": [
            "an end to {plural}",
            "the removal of {plural}",
            "that no {plural} be allowed",
            "a ban on {plural}",
        ],
    },
    "demands": {
        "demanded|called for|wants|asked for|requested": ["{noun}", "more {plural}"],
        "SAY": [
            "we need {plural}",
            "{plural} must come{when}",
            "{they} should {verb} {plural} here{when}",
            "without {plural} the truce will not hold",
            "we want {plural}{when}",
        ],
    },
    "denies": {
        "denied|dismissed|rejected|refuted": [
            "having any {plural}",
            "reports of {plural}",
            "that there were {plural}",
            "that {we} had sent {plural}",
            "as false the claim that {plural} were there",
        ],
        "SAY": [
            "we have no {plural} there",
            "there are no {plural}",
            "there is not a single one of these {plural}",
            "we have never had {plural}",
            "there were no {plural} of ours",
            "nobody has seen {plural}",
            "we sent no {plural}",
            "not one of our {plural} is left",
            "the story about {plural} is invented",
            "{plural}? What nonsense, there are none",
        ],
    },
    "offers": {
        "offered|proposed|is ready|stands ready": ["to {verb} {plural}{when}"],
        "SAY": [
            "we are ready to {verb} {plural}",
            "we could {verb} {plural}{when}",
            "we are willing to {verb} {plural} if asked",
        ],
    },
    "announces": {
        "announced|confirmed|pledged|promised": ["{noun}", "to {verb} {plural}{when}"],
        "SAY": [
            "we will {verb} {plural}{when}",
            "our {plural} will stay",
            "we have sent {plural}",
            "the {plural} arrive{when}",
            "we go on with {plural}",
        ],
    },
    "accepts": {
        "accepted|agreed to|backed|supports|welcomed": ["{noun}", "{plural}"],
        "SAY": [
            "we accept {plural}",
            "we have no objection to {plural}",
            "{plural} are welcome",
            "let the {plural} come",
            "we support {noun}",
        ],
    },
    "condition": {
        "SAY": [
            "we accept {plural} only if {first}",
            "there will be no {plural} until {first}",
            "{plural} could come once {first}",
            "we will {verb} {plural} if {first}",
            "{plural} are conceivable, provided that {first}",
        ]
    },
    "speaks of": {
        "SAY": [
            "{they} have {plural} there",
            "{they} brought in {plural}",
            "{they} keep sending {plural}",
            "{plural} were seen again",
            "{plural} are massing",
            "we see {plural} every day",
            "it is not for us to decide about {plural}",
            "{they} is hiding {plural}",
            "{they} want {plural}",
        ],
        "accused": ["{they} of sending {plural}", "{they} of hiding {plural}"],
    },
}
WAR = {
    "speaks of": {
        "SAY": [
            "{they} {past}",
            "{they} {did} last night",
            "{they} {did} again, killing two",
            "{they} {past} in breach of the agreement",
            "there was {noun} all night",
            "{n} cases of {bare} were recorded",
            "{they} are preparing to {inf}",
            "{they} have {past}",
            "{noun} goes on",
            "residents heard {bare}",
            "since midnight {they} {past} nine times",
            "it was they who {past}",
            "the truce was holding",
            "{they} would {inf} again",
            "two people died of {bare}",
            "{they} continue to {inf}",
            "we answer when {they} {inf}",
        ],
        "accused|blamed|charged": ["{they} of {noun}", "{they}, which had {past}"],
        "condemned|denounced|deplored": ["{noun} by {they}", "last night's {bare}"],
        "reported|recorded|counted|registered|observed": [
            "{bare} near the front",
            "{n} violations",
            "that {they} had {past}",
        ],
    },
    "denies": {
        "denied|rejected|dismissed|refuted|disputed": [
            "that {we} had {past}",
            "having {past}",
            "any {bare}",
            "accusations of {noun}",
            "the claim that its troops {past}",
            "the report of {bare} as invented",
            "involvement in {noun}",
        ],
        "SAY": [
            "{we} did not {inf}",
            "{we} have not {past}",
            "none of our men {past}",
            "nobody {past}",
            "{we} never {past}",
            "not a single shot was fired by us",
            "it was not us who {past}",
            "reports of {noun} are false",
            "{we} only returned fire",
            "there was no {bare} on our part",
            "all our guns were silent",
            "{we} had nothing to do with {noun}",
            "that is untrue, {we} {past} nothing",
            "{they} staged {noun} themselves",
            "the claim that {we} {past} does not correspond to reality",
        ],
    },
    "accepts": {
        "agreed|undertook|promised|pledged|committed": [
            "not to {inf}",
            "to stop {noun}",
            "to refrain from {noun}",
            "to observe the ceasefire",
            "to hold fire",
        ],
        "accepted|backed|welcomed|supports|endorsed": [
            "the ceasefire",
            "a halt to {noun}",
            "an extension of the truce",
            "the end of {noun}",
        ],
        "SAY": [
            "{we} will not {inf}",
            "{we} shall not {inf} first",
            "{we} are keeping the ceasefire",
            "{we} hold fast to the truce",
            "{we} observe the truce to the letter",
            "{we} have no plans to {inf}",
            "{we} accept the ceasefire",
            "{we} agree to a halt of {noun}",
            "{we} reaffirm our commitment to the ceasefire",
            "no one on our side will {inf}",
            "{we} support the truce",
            "{we} stick to the ceasefire",
        ],
    },
    "announces": {
        "announced|declared|ordered|proclaimed": [
            "a ceasefire{when}",
            "a halt to {noun}{when}",
            "that {noun} would stop{when}",
        ],
        "SAY": [
            "{we} have stopped {noun}",
            "all {bare} has stopped on our side",
            "{we} cease fire{when}",
            "the order to cease fire has been given",
            "as of midnight {we} will stop {noun}",
            "the war is over for us",
            "{we} have laid down our arms",
        ],
    },
    "demands": {
        "demanded|insisted|urged|called for|wants|appealed for|sought|requested": [
            "an end to {noun}",
            "that {they} stop {noun}",
            "a ceasefire{when}",
            "an immediate halt to {noun}",
            "that {noun} stop{when}",
            "restraint and an end to {noun}",
            "a pledge not to {inf}",
            "guarantees that nobody would {inf}",
        ],
        "urged|called on|asked|warned|ordered|implored": [
            "{they} not to {inf}",
            "{they} to stop {noun}",
            "{they} to hold fire",
            "{they} to respect the truce",
        ],
        "SAY": [
            "{they} must stop {noun}",
            "{noun} must stop{when}",
            "{they} must not {inf}",
            "the truce must be respected",
            "there must be no {bare}",
            "stop {noun}",
            "we demand that {noun} end",
            "we want the guns to fall silent{when}",
            "{they} have to hold fire",
            "nobody may {inf}",
            "let them stop {noun}",
            "the ceasefire needs to be kept",
        ],
    },
    "rejects": {
        "rejected|ruled out|refused|opposes|dismissed|turned down|spurned": [
            "a ceasefire",
            "any truce",
            "the truce",
            "a halt to {noun}",
            "calls for a ceasefire",
            "an end to {noun}",
        ],
        "SAY": [
            "{we} will go on {noun2}",
            "there will be no ceasefire",
            "{we} will {inf} whenever {we} like",
            "{we} shall not stop",
            "{we} do not accept a truce",
            "a truce is out of the question",
            "a pause would only help {they}",
            "{we} will not be bound by the ceasefire",
            "{we} are not bound by any truce",
            "there is nothing to talk about, {noun2} goes on",
            "the truce is dead",
            "{we} will strike back without asking anybody",
        ],
    },
    "offers": {
        "offered|proposed|suggested|floated|is ready|tabled": [
            "a ceasefire{when}",
            "a truce{when}",
            "a halt to {noun}",
            "a pause in {noun}",
        ],
        "SAY": [
            "{we} propose a ceasefire{when}",
            "{we} are ready to stop {noun}",
            "{we} are prepared to hold fire{when}",
            "{we} offer a truce over the holidays",
            "{we} could stop {noun} tomorrow",
            "{we} are open to a pause in {noun}",
        ],
    },
    "condition": {
        "SAY": [
            "{we} will stop {noun} only if {first}",
            "{we} will hold fire as long as {first}",
            "no ceasefire until {first}",
            "if {they} {inf}, {we} will answer",
            "{we} will keep the truce provided that {first}",
            "{we} will go back to war unless {first}",
            "{we} have no intention to {inf} as long as {first}",
            "there will be a truce once {first}",
            "{we} will cease fire when {first}",
            "{we} will resume fighting if {first} is not true by noon",
        ],
        "agreed|accepted|offered|is ready|promised": [
            "to a ceasefire on condition that {first}",
            "to stop {noun} if {first}",
            "a truce, provided that {first}",
        ],
        "refused": ["to stop {noun} until {first}", "a truce unless {first}"],
        "threatened|warned": ["to {inf} unless {first}", "that the truce would end if {first} was not so"],
    },
}
WEIGHTS = {"SAY": 2.0}
PAST = {
    "let": "let",
    "take": "taken",
    "give": "given",
    "hand": "handed",
    "set": "set",
    "hold": "held",
    "pay": "paid",
    "send": "sent",
    "leave": "left",
    "try": "tried",
    "pull": "pulled",
    "rebuild": "rebuilt",
}


def _past(inf: str) -> str:
    verb, _, rest = inf.partition(" ")
    if verb in PAST:
        return f"{PAST[verb]} {rest}"
    return f"{verb}{'d' if verb.endswith('e') else 'ed'} {rest}"


def _one(rng: random.Random, kind: str, table: dict[str, dict[str, list[str]]], stance: str) -> tuple[str, str, str]:
    """Bound, cue and words of one saying."""
    cues = list(table[stance])
    chosen = rng.choices(cues, [WEIGHTS.get(c, 1.0) * len(table[stance][c]) ** 0.5 for c in cues])[0]
    cue = rng.choice(SAY) if chosen == "SAY" else rng.choice(chosen.split("|"))
    words = rng.choice(table[stance][chosen])
    slots = {
        "they": rng.choice(THEY),
        "we": rng.choice(WE),
        "when": rng.choice(WHEN),
        "first": rng.choice(FIRST),
        "n": str(rng.randint(2, 90)),
    }
    if kind == "duty":
        inf, ing, noun, obj, part = rng.choice(DUTIES).split("|")
        slots |= {
            "inf": inf,
            "ing": ing,
            "noun": noun,
            "obj": obj,
            "part": part,
            "bare": noun.removeprefix("the ").removeprefix("a ").removeprefix("an "),
            "past": _past(inf),
            "verb0": inf,
        }
    elif kind == "thing":
        noun, plural, verb = rng.choice(THINGS).split("|")
        slots |= {"noun": noun, "plural": plural, "verb": verb}
    else:
        inf, past, noun, bare, did = rng.choice(DEEDS).split("|")
        slots |= {"inf": inf, "past": past, "noun": noun, "noun2": noun.removeprefix("the "), "bare": bare, "did": did}
    text = words.format(**slots)
    if chosen == "SAY" and rng.random() < 0.5:
        text = text[0].upper() + text[1:]
    ours = "{we}" in words or stance in ("announces", "accepts", "offers", "rejects", "condition", "denies")
    return str(int(ours if rng.random() < 0.8 else not ours)), cue, text


def main() -> None:
    """Write them."""
    rng = random.Random(2026)  # noqa: S311  the same lines each time
    seen: set[tuple[str, str]] = set()
    out = []
    for kind, table, times in (("duty", DUTY, 150), ("thing", THING, 45), ("war", WAR, 75)):
        for stance in table:
            for _ in range(times):
                bound, cue, words = _one(rng, kind, table, stance)
                if (cue, words) not in seen:
                    seen.add((cue, words))
                    out.append(
                        "\t".join((stance, str(int(kind == "war")), str(int(kind != "duty")), bound, cue, words))
                    )
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
