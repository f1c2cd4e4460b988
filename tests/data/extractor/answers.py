"""A recorded model: for every line of JSON that it is given it writes what it once answered about that document, lies among it."""

import json
import sys
from pathlib import Path

RECORDED = Path(__file__).with_name("answers.jsonl").read_text(encoding="utf-8").splitlines()

for line in sys.stdin:
    asked = json.loads(line)
    for said in RECORDED:
        if (
            f'"document": "{asked["document"]}"' in said
            or '"document": "nobody asked"' in said
            or not said.startswith("{")
        ):
            sys.stdout.buffer.write(said.encode() + b"\n")
