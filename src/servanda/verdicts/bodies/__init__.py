"""bodies: what those who decide have decided, and what of it stands in the place of the rule's findings.

* ``determinable``  what a determination can be about: who was heard, what repeats what; ``known_then``: what was known of it
* ``determined``    findings as bodies determined them, with the rule's beside
* ``decisions``     what people decided, as steps of the verdicts
"""
