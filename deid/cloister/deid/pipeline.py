"""De-identification of a whole collection: raw notes or images in, a certified dataset folder out.

Every kind goes the same way: read, clean, write, read again and verify, seal the population, hash everything, sign.
What cannot be cleaned goes to quarantine with a reason; what the verification finds to have survived goes there too,
before the certificate is made. A dataset is never half there, and one that is finished is not made again.
"""

from __future__ import annotations

from cloister.deid.certification import Progress
from cloister.deid.clean_images import clean_images
from cloister.deid.clean_notes import clean_notes
from cloister.deid.declared import write_declared_dataset

__all__ = ["Progress", "clean_images", "clean_notes", "write_declared_dataset"]
