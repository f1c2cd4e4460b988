"""record: everything that was agreed, reported, decided and published, append-only and provable.

In: bytes and tables. Out: entries, proofs, packages, views of what was known at an instant. It promises: nothing acknowledged is lost; any
change, loss, reorder or fork is detected offline, and told with the step at which; nobody is shown more than the tier allows, and
what is withheld is proved unchanged. It knows nothing of agreements, reports or verdicts.

* ``verifier``   the other side's checker: one file without Servanda; everything here is checked by it
* ``hands``      the same of what people signed with keys of their own, in a browser or on a hardware key; a file that runs beside ``verifier``
* ``tree``       the Merkle tree as tiles, and proofs out of it
* ``log``        the folder of static files: append, cosign, read
* ``disk``       bytes to disk, and nothing else
* ``signing``    who signs
* ``entry``      what an entry says
* ``vault``      secrets of the keeper: salts, and who protected sources are
* ``sealed``     contents that no package holds: pictures and files as they came
* ``names``, ``packing``  protected names in texts, however they are written; in files, whatever they are packed in
* ``row_commitments``, ``coarsen``  rows of tables as commitments; places and times of protected sources among k
* ``files``      files on their way in: names, rows, what is to be hidden
* ``gives``      whose entries count as what
* ``index``      what is known of the statements, without reading all of them again
* ``begin``      what a record begins with; whole or not at all
* ``record``     all of it together; ``checked``: what of it only reads
* ``witness``    what a witness remembers, and cosigns by
* ``anchors``    who outside says that a checkpoint existed by an instant; plug-ins
* ``tiers``, ``disclose``  who sees what; packages
"""

from servanda.record.disclose import differences, package
from servanda.record.entry import Entry
from servanda.record.files import Added, File
from servanda.record.record import Record
from servanda.record.sealed import Sealed
from servanda.record.signing import Signer, load_key, make_key, parse_public, vkey

__all__ = [
    "Added",
    "Entry",
    "File",
    "Record",
    "Sealed",
    "Signer",
    "differences",
    "load_key",
    "make_key",
    "package",
    "parse_public",
    "vkey",
]
