"""Notes in a format of their own, RTF, MIME mail and HTML: read as a person reads them, written back in their format.

`read_document` tells the format by the text itself. Detectors work on `Document.text`; their findings are located in
the original by `Document.located`, and replaced there by `Document.replaced`, which keeps the document valid.
"""

from __future__ import annotations

from cloister.deid.text.documents.document import Document, Edit, UnreadableError
from cloister.deid.text.documents.reading import read_document

__all__ = ["Document", "Edit", "UnreadableError", "read_document"]
