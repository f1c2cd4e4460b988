"""How a program that does one run and ends uses memory; a program that lives on decides for itself."""

from servanda.engine.malloc import keep_freed_memory

__all__ = ["keep_freed_memory"]
