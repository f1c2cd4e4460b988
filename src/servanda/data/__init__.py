"""data: facts that ship with the package as YAML, read when they are needed: what every error code means, and gazetteers."""
