"""How a program uses memory: one that does one run and ends keeps what is freed, one that lives on gives it back."""

from servanda.engine.malloc import give_large_blocks_back, keep_freed_memory

__all__ = ["give_large_blocks_back", "keep_freed_memory"]
