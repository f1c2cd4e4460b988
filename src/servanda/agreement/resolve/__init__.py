"""From what is written to what can be judged: names become codes, places, actors and instants, each fault with its line."""
