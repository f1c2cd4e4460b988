"""How each kind of term is concluded from findings and coverage, with its steps."""
