"""Tests run from the project's root, with ``tests`` importable as a package."""
