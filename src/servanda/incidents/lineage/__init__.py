"""Who said so first, how many independent origins there are, and what changed from relay to relay."""
