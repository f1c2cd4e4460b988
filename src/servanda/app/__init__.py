"""app: use cases, one function each: verify, fuse, figures, cases. No arguments are parsed here and nothing is printed."""
