"""``forbid:`` as it is written."""

from __future__ import annotations

from pydantic import Field

from servanda.agreement.schema.base import Codes, Pattern


class Forbid(Pattern):
    """What must not be done."""

    act: Codes = Field(description="codes of acts; a code stands for everything below it")
