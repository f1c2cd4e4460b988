"""Writes the description of the desk's interface (OpenAPI 3.1) into the docs: docs/reference/desk-openapi.json."""

from __future__ import annotations

import json
from pathlib import Path

from servanda.desk.interface import document

PLACE = Path(__file__).parents[1] / "docs" / "reference" / "desk-openapi.json"

if __name__ == "__main__":
    PLACE.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", "utf-8")
