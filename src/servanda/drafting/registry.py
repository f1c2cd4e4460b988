"""The faults that the checker knows, and what such a fault led to once, each with the address where that is told.

A precedent tells what a text says or what was reported, never that the fault was the cause of what followed. Where nothing is
known that happened, there is a reason and no precedent.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of fault.

    Attributes:
        name: the code.
        cost: what it costs of a term's 100 points.
        why: why it matters, as an argument.
        precedent: a text or an event that shows it; empty where none is known.
        sources: the addresses where the precedent is told; none without a precedent.
        hint: how to correct it.
        asks: whether it is a question to whoever wrote the file, and no fault.
    """

    name: str
    cost: int
    why: str
    precedent: str
    sources: tuple[str, ...]
    hint: str
    asks: bool = False


_PACKAGE = "https://en.interfax.com.ua/news/general/250186.html"
_MEASURES = "https://mid-dnr.su/en/pages/contact-group/perechen-mer-po-usileniyu"
_ALL = (
    Code(
        "no-start",
        30,
        "Without an agreed beginning each side counts the other's breaches from a day of its own.",
        "Energy truce, 2025: one side spoke of a halt from the call of 18 March on, the other of one from 25 March on.",
        (
            "https://kyivindependent.com/trump-putin-call-russia-agrees-to-30-day-pause-of-energy-infrastructure-strikes/",
            "https://united24media.com/latest-news/zelenskyy-ceasefire-in-the-black-sea-and-energy-sector-takes-effect-today-7058",
        ),
        "add 'in_force: {from: ...}' with a time and a zone",
    ),
    Code(
        "no-deadline",
        30,
        "A duty without a day is never late.",
        "Package of Measures, Minsk 2015, point 10: the withdrawal of foreign formations and the disarmament of illegal groups have no day.",
        (_PACKAGE,),
        "add 'deadline: signed + 14 days', or an event to count from",
    ),
    Code(
        "no-obligor",
        25,
        "A duty of everybody is nobody's: it says neither who begins nor who is late.",
        "Minsk Memorandum, 2014, point 9: foreign armed formations leave, and the clause does not say whose duty that is.",
        ("https://en.censor.net.ua/news/303477/kuchma_parties_at_minsk_talks_agreed_on_9_ceasefire_paragraphs",),
        "name whom it binds: 'binds: [A, B]'",
    ),
    Code(
        "no-line",
        30,
        "Where a term speaks of positions and draws no line, nobody can say who stands on the wrong side of it.",
        "Hodeidah, 2018: the ports were named; scope and definitions of the redeployment were not, nor who takes over. It could not be verified, among other things for that reason.",
        ("https://www.ecoi.net/de/dokument/375692", "https://sguardian.com/houthi-forces-hand-over-port-of-hodeidah/"),
        "describe a line or a place under 'places:' and say 'in: ...'",
    ),
    Code(
        "no-unit",
        25,
        "Numbers of different things cannot be compared.",
        "Easter truce, 2025: one side published 2,935 for one day, of assaults, shellings and small drones; the other 4,900 for thirty hours, of every munition dropped.",
        (
            "https://babel.ua/en/news/117310-russians-violated-their-own-ceasefiire-almost-3-000-times-on-easter",
            "https://sputnikglobe.com/20250421/4900-violations-of-easter-truce-by-ukraine-recorded---russias-defense-ministry-1121901876.html",
        ),
        "say what is counted: 'unit: pieces'",
    ),
    Code(
        "width-or-distance",
        30,
        "A width read as a distance reports weapons that are where they may be.",
        "Package of Measures, Minsk 2015, point 2: 'a security zone 50 km wide' is, as a width, 25 km on each side, and the two halves count from two lines: one side's from the actual line, the other's from that of 19 September 2014.",
        (_PACKAGE,),
        "use 'width:' for the whole and 'within:' for each side, with the line that each side counts from",
    ),
    Code(
        "vague-word",
        20,
        "Each side has its own answer to what a vague word means, and there is nothing that a third can look for.",
        "Government and ELN, Colombia: after the ceasefire of 2017 the UN verification mission told (August 2018) that both sought 'concrete and precise commitments, rules and protocols, which would make a successful verification possible'.",
        (
            "https://colombia.unmissions.org/en/statement-united-nations-verification-mission-colombia-peace-process-between-government-colombia-and",
        ),
        "name the act, the number, the distance or the day",
    ),
    Code(
        "exception-swallows-rule",
        35,
        "Who may decide for himself that the exception applies is bound by nothing.",
        "Mindanao: assaults were said by the army to be in pursuit of criminals; the claims could not be verified. Lebanon 2024: the text keeps an open right to self-defence; in its first year the UN force, which reports on resolution 1701, recorded over 10,000 violations by one side north of the Blue Line, more than 7,500 in the air and some 2,500 on the ground. Nobody has shown how many of them rest on that clause.",
        (
            "http://www.rep.usm.my/index.php/en/39-footer/119-sulu-state-of-war-calls-for-peace",
            "https://www.lbcgroup.tv/news/lebanon-news/891163/",
        ),
        "give preconditions that can each be shown: 'only_if: [...]', as the Measures of 22 July 2020 did",
    ),
    Code(
        "unverifiable",
        100,
        "What leaves no trace can be kept or broken without anybody ever knowing.",
        "Measures of 22 July 2020: the orders must not be undone by other orders, 'including secret ones'.",
        (_MEASURES,),
        "replace it by an act that leaves a trace, or keep it as 'unverifiable:' and expect no verdict",
    ),
    Code(
        "no-means",
        15,
        "What nobody was sent to see is undetermined whatever the parties do.",
        "The daily reports of the OSCE mission in Ukraine say from where, how far and by which means each observation was made, and where the mission was kept out. We found none that publishes hours watched.",
        ("https://osce.org/ukraine-smm/227866",),
        "name means of observation: 'observed_by: [patrol, satellite]'",
    ),
    Code(
        "circular-sequence",
        60,
        "Steps that wait for each other never begin, and nobody is late. It can come of writing the positions of two sides into one draft.",
        "",
        (),
        "let one step wait for nothing, or count both from a date; where the parties differ, make each position a reading",
    ),
    Code(
        "impossible-order",
        50,
        "A step due before what it must wait for is late on the day it is signed.",
        "",
        (),
        "move the deadline behind that of the step it waits for",
    ),
    Code(
        "contradiction",
        50,
        "What one clause orders and another forbids can be kept by each side in the half that suits it.",
        "",
        (),
        "make one the exception to the other, or part them by place or time",
    ),
    Code(
        "outside-force",
        40,
        "A duty due after the text has ended, or before it has begun, is owed to nobody: ninety days in a truce of sixty.",
        "",
        (),
        "move the deadline, or let the agreement last longer",
    ),
    Code(
        "whose-act",
        15,
        "Where a clause asks for an answer to 'a violation', each side can say that the other owes it.",
        "Measures of 22 July 2020: disciplinary measures for a violation of the ceasefire, without a word on whose violation calls upon whom.",
        (_MEASURES,),
        "say 'by: self', 'by: other' or who, under 'to'",
    ),
    Code(
        "number-differs",
        30,
        "Where the clause and its text give different numbers, each side will quote its own.",
        "Package of Measures, Minsk 2015, point 2: the text says '50 km wide'; one published translation of the clause says '50 kilometers apart'.",
        (
            _PACKAGE,
            "https://www.kyivpost.com/article/opinion/op-ed/a-complex-of-measures-to-fulfill-the-minsk-agreements-380395.html",
        ),
        "make the number of the clause and that of the text the same",
    ),
    Code(
        "claims-trigger",
        50,
        "Where somebody's word sets off what follows, no act needs to be shown. Where that is not meant, a claim must not suffice.",
        "Security Council resolution 2231: by its text the notification of one participant is enough. In 2020 one state notified, and by an account of the Russian side 13 members held that this set nothing off; in 2025 three did together, and whether the former sanctions are back is contested.",
        (
            "https://www.everycrsreport.com/reports/IF11583.html",
            "https://spanish.news-pravda.com/russia/2025/09/28/583430.html",
            "https://tass.ru/politika/25189715",
        ),
        "let a confirmed breach set it off: 'when: {verdict: breached, of: [...]}'",
    ),
    Code(
        "small-act",
        20,
        "A guarantee that does not say how serious a breach must be is set off by a single shot.",
        "Regulations annexed to the Hague Convention IV, 1907, article 40: a serious violation of the armistice by one party gives the other the right to denounce it.",
        ("https://staatsbibliothek.ewigerbund.org/viewer/api/v1/records/rgbl_1910/files/plaintext/00000160.xml",),
        "say how many and how grave: 'at_least: 5', 'severity: serious' (a word of 'mandate: {severity: [...]}')",
    ),
    Code(
        "no-spacing",
        15,
        "Five shots in five seconds are five breaches or one, as whoever numbers them likes, and five in a year are not five in a day.",
        "",
        (),
        "add 'within: 24 hours' and 'apart: {time: 1 hour, distance: 1 km}'",
    ),
    Code(
        "unbounded-exception",
        15,
        "A precondition that was shown once excuses whatever is said to answer it, however late, however much, and of whatever kind.",
        "",
        (),
        "say how soon, how much or what: 'within: 30 minutes', 'at_most: 10', 'act: return_fire'",
    ),
    Code(
        "asymmetric",
        25,
        "A term that binds one side only may be meant so; then the text must say it.",
        "Russian memorandum of 2 June 2025: as a condition of the ceasefire it asks one side to end mobilisation and foreign deliveries of arms.",
        ("https://tass.com/politics/1967401",),
        "bind both, add the mirror clause, or say why: 'asymmetric: ...'",
    ),
    Code(
        "readings-conflict",
        20,
        "Where the parties read a clause in two ways, a verdict that depends on it says something else in each.",
        "Package of Measures, Minsk 2015, point 9: control of the border is restored from the first day after the local elections on; Ukraine held that the border comes first. A study of it speaks of two irreconcilable interpretations.",
        (_PACKAGE, "https://apo.org.au/node/306062"),
        "settle it in the text while both sides are at the table",
    ),
    Code(
        "no-baseline",
        15,
        "Who was not told what there is, where it stands and where it goes can see movement, and cannot say that it is a withdrawal.",
        "February 2015: the chief monitor in Ukraine said that without knowing what weapons there were, where, by which routes and to where, the mission could not verify the withdrawal.",
        ("http://osce.org/ukraine-smm/142611",),
        "add a term with 'declare: {baseline: [strength, locations, routes, destinations]}'",
    ),
    Code(
        "extension-not-mutual",
        20,
        "A prolongation by one side is a declaration.",
        "Jeddah statement, 11 March 2025: the proposed ceasefire could be extended by mutual agreement of the parties.",
        ("https://en.interfax.com.ua/news/general/1054814.html",),
        "list every party under 'agreed_by', or leave the extension out",
    ),
    Code(
        "not-in-text",
        15,
        "What the makers of the file chose, because the text gives none, was agreed by nobody. No breach rests on it.",
        "Measures of 22 July 2020: disciplinary measures are taken and notified; the text sets no time for it.",
        (_MEASURES,),
        "agree on it in the text, and take it out of 'ours:'",
    ),
    Code(
        "not-agreed",
        15,
        "A clause in brackets was agreed by nobody yet, whatever it says. No breach rests on it.",
        "",
        (),
        "settle it while both sides are at the table, and take out 'open:'",
    ),
    Code(
        "deadline-differs",
        30,
        "Where the text gives one time and the file another, a party can be late by the one and in time by the other.",
        "",
        (),
        "make the time of the clause that of the text; where the text gives none, name its key under 'ours:'",
    ),
    Code(
        "bound-differs",
        30,
        "A duty of both that is coded for one, or of one that is coded for both, accuses or clears somebody whom the text does not.",
        "Minsk Memorandum, 2014: its first point had to say that the ceasefire is to be considered mutual.",
        ("https://en.censor.net.ua/news/303477/kuchma_parties_at_minsk_talks_agreed_on_9_ceasefire_paragraphs",),
        "bind whom the text binds: 'binds: [A, B]'; of a guarantee, leave 'party' out where any party's breach counts",
    ),
    Code(
        "place-not-coded",
        25,
        "A ban in one place that is coded for anywhere makes a breach of what the text allows.",
        "",
        (),
        "describe the place under 'places:' and say 'in: ...', or name the target that the text protects",
    ),
    Code(
        "no-list",
        25,
        "'All' can be shown only against a list of what there is: who was released is seen, who is still held is not.",
        "",
        (),
        "add a term by which each side gives a list of whom it holds, to a body that both trust",
    ),
    Code(
        "weapon-differs",
        30,
        "Weapons that the text does not speak of are counted, and those that it does are not.",
        "",
        (),
        "name the classes that the text names: 'weapon: [tank, mortar]'",
    ),
    Code(
        "exception-not-coded",
        25,
        "What the text allows would be told as a breach.",
        "Minsk Memorandum, 2014, point 7: no aircraft over the security zone, except those of the OSCE mission.",
        ("https://en.censor.net.ua/news/303477/kuchma_parties_at_minsk_talks_agreed_on_9_ceasefire_paragraphs",),
        "add 'except: {name: {only_if: [...]}}', or 'unless: {consent_of: [...]}'",
    ),
    Code(
        "attribution-not-stated",
        0,
        "Whether a mechanism may say which party did it is the first thing that its parties ask. A mandate that is silent leaves it to whoever writes the file.",
        "OSCE mission in Ukraine, October 2020: its chief monitor told the participating States that the mission 'cannot become an adjudicator'.",
        (
            "https://reliefweb.int/report/ukraine/political-will-can-yield-concrete-results-ground-osce-smm-chief-monitor-tells",
        ),
        "write 'attribution: true' or 'attribution: false' under 'mandate:'",
        asks=True,
    ),
    Code(
        "one-answer-for-several",
        0,
        "Who gave one answer to several requests has answered all of them or only the first, as each side reads it. A verdict that depends on this is undetermined.",
        "",
        (),
        "write 'answers: each' or 'answers: all'",
        asks=True,
    ),
    Code(
        "notice-of-long-ago",
        0,
        "A notice without an earliest day announces whatever happens later: given once, it covers everything that follows.",
        "",
        (),
        "say how long ahead at the most: 'at_most: 60 days'",
        asks=True,
    ),
)
CODES: dict[str, Code] = {code.name: code for code in _ALL}
