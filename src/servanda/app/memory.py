"""How a program uses memory: one that does one run and ends keeps what is freed, one that lives on gives it back."""

from __future__ import annotations

import os


def keep_freed_memory() -> None:
    """Keep what is freed for the next batch: of a program that ends with its run."""
    from servanda.engine.malloc import keep_freed_memory as keep

    keep()


def give_freed_memory_back() -> None:
    """Give soon back what is freed: of a program that lives on, and for moments needs much more than between them.

    Of what tables free it counts where this is called before Polars is loaded, and the environment does not say otherwise.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "muzzy_decay_ms:0")
    from servanda.engine.malloc import give_large_blocks_back

    give_large_blocks_back()
