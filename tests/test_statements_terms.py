"""Which term the words of a text mean, where several could: what a clause requires comes first, and *the truce* is the clause that stops all attacks."""

from __future__ import annotations

from servanda.statements.topics import TermText, TopicMatcher


def test_what_a_clause_requires_makes_it_out_before_other_matters_that_it_names() -> None:
    terms = {
        "hills": TermText(
            text="Northland withdraws its troops from what it holds of the hills.", requires=("withdrawal",)
        ),
        "force": TermText(text="A force of willing states is stationed in Northland.", requires=("deployment",)),
    }
    topics = TopicMatcher.of(terms)
    assert topics.topics["hills"][0] == "withdrawal"
    assert topics.terms_in("Northland will never withdraw from them") == ["hills"]
    amounts = topics.amounts("A willingness to send soldiers was expressed")
    assert amounts["force"] >= amounts["hills"]


def test_the_truce_is_the_clause_that_stops_all_attacks_and_not_one_that_spares_some_place() -> None:
    both = ("NL", "SL")
    terms = {
        "ports": TermText(text="Nobody attacks the terminals for oil.", forbids=("attack",), binds=("SL",)),
        "offensives": TermText(text="All offensive operations stop.", forbids=("attack",), binds=both),
    }
    topics = TopicMatcher.of(terms)
    assert topics.terms_in("They want to renew the truce for a year") == ["offensives"]
    assert topics.terms_in("Two drones hit the oil terminal") == ["ports"]


def test_where_no_clause_binds_all_the_truce_is_left_to_each() -> None:
    terms = {
        "north": TermText(text="Northland shells no village.", forbids=("attack",), binds=("NL",)),
        "south": TermText(text="Southland shells no village.", forbids=("attack",), binds=("SL",)),
    }
    assert TopicMatcher.of(terms).amounts("a truce")["north"] == TopicMatcher.of(terms).amounts("a truce")["south"] > 0
