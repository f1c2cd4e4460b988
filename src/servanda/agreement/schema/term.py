"""One clause as it is written, whatever its kind."""

from __future__ import annotations

from pydantic import Field

from servanda.agreement.schema.base import Codes, Strict
from servanda.agreement.schema.declare import Declare
from servanda.agreement.schema.forbid import Forbid
from servanda.agreement.schema.guarantee import Consequence, Trigger
from servanda.agreement.schema.limit import Limit
from servanda.agreement.schema.require import Require
from servanda.agreement.schema.respond import Respond


class ExceptionClause(Strict):
    """An exception: it excuses only when every one of its preconditions is shown, and only what it allows."""

    text: str | None = None
    only_if: list[str] | None = Field(
        None, min_length=1, description="preconditions, each to be shown by evidence; left out, its own name"
    )
    within: str | None = Field(
        None,
        description="how soon after its precondition ('30 minutes'); the evidence says when that was: name@instant",
    )
    at_most: float | None = Field(None, ge=0, description="how much is allowed")
    act: Codes | None = Field(None, description="what alone is allowed, where that is less than the clause forbids")


class Unless(Strict):
    """What lifts the duty: the consent of every named party."""

    consent_of: Codes


class Term(Strict):
    """One clause. Exactly one kind: forbid, require, limit, respond, declare, when ... then, or unverifiable."""

    text: str = Field(description="the clause in its own words")
    title: str | None = Field(None, description="a few words for headings; left out, the term's short name")
    source: str | None = Field(None, description="where the clause is written")
    forbid: Forbid | None = None
    require: Require | None = None
    limit: Limit | None = None
    respond: Respond | None = None
    declare: Declare | None = None
    when: Trigger | None = Field(None, description="a guarantee: what sets it off; 'then' says what follows")
    then: list[Consequence] | None = Field(None, min_length=1)
    void_if: list[Trigger] | None = Field(None, min_length=1, description="what ends the guarantee")
    unverifiable: str | None = Field(None, description="why no observation could tell; the clause stays in the text")
    binds: Codes | None = Field(None, description="parties, guarantors or third states; left out, all parties")
    from_: str | None = Field(
        None,
        alias="from",
        description="when later than the agreement: '2025-04-01', 'signed + 14 days', 'EVENT + 1 day'",
    )
    until: str | None = None
    deadline: str | None = Field(None, description="for duties: by when: 'signed + 30 days', 'EVENT + 24 hours'")
    only_after: Codes | None = Field(None, description="events, or terms with a deadline, that must have come first")
    unless: Unless | None = None
    except_: dict[str, ExceptionClause] | None = Field(None, alias="except")
    observed_by: Codes | None = Field(None, description="means of observation that the text names: patrol, satellite")
    words: list[str] | None = Field(
        None,
        min_length=1,
        description="words by which texts in any language speak of the clause, for 'servanda statements': [Litani, south of the river, 'розоруж*']; '*' ends a stem",
    )
    asymmetric: str | None = Field(None, description="why it binds one side only, where that is meant")
    ours: Codes | None = Field(
        None,
        description="keys of this clause whose value the makers of the file chose, because the text gives none: [within]; "
        "[text] for a clause that the text does not have. No breach rests on one",
    )
    open_: Codes | None = Field(
        None,
        alias="open",
        description="who has not agreed to the clause, so that it stands in brackets: short names; no breach rests on it",
    )
