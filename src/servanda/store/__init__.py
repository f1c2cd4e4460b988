"""store: where entries live, and what is read from them as of an instant.

In: files to keep, and runs to publish. Out: the files that were known by an instant, and the runs that were published. It
promises: the same instant always gives the same files, whatever is added later with a later date.

* ``base``    the protocol that use cases ask, and what passes through it
* ``record``  a record as a store
"""

from servanda.store.base import Contents, Inputs, Run, Slices, Store
from servanda.store.record import RecordStore, text_rows

__all__ = ["Contents", "Inputs", "RecordStore", "Run", "Slices", "Store", "text_rows"]
