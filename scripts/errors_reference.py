"""Write docs/errors.md from the descriptions of the error codes. A test fails when it is out of date."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from servanda.app.error_codes import read_error_codes

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"
ROOMS = {
    "AGR": "The agreement file",
    "API": "The Python interface",
    "BRF": "Mission reports",
    "CAS": "Files of cases",
    "CLI": "The command line",
    "COV": "Coverage",
    "DOC": "Articles and statements",
    "DRF": "Drafts as people write them",
    "EVD": "Evidence",
    "FIG": "Published counts",
    "OUT": "Writing files",
    "PLG": "Plug-ins",
    "REC": "The record",
    "SPK": "Clusters",
    "STO": "Publishing and disclosing",
    "DSK": "The desk",
    "TRD": "Trends",
    "VRD": "Verdicts",
    "YML": "YAML files",
}
"""What the letters of a code stand for."""


def reference() -> str:
    """The page as text."""
    lines = [
        "# Errors",
        "",
        "Made by `make docs` from `src/servanda/data/errors`; do not edit.",
        "",
        "Every error message names the file, the line where that is known, a code, what is wrong, and a hint. The code of a kind of error never",
        "changes; `servanda errors CODE` prints what stands here.",
        "",
    ]
    for prefix, codes in groupby(read_error_codes().values(), key=lambda code: code.code[:3]):
        lines += [f"## {prefix}: {ROOMS[prefix]}", ""]
        for code in codes:
            lines += [f"### {code.code}", "", f"**{code.title}.** {code.means}", "", f"Hint: {code.correct}", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"{PAGE.name}: written")
