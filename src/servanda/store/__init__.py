"""store: where entries live, and what is read from them as of an instant."""
