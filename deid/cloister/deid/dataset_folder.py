"""Writing a dataset folder so that it is either whole or not there.

Everything is written into a hidden folder beside the target; the certificate is the last file, and then the folder
is renamed. A killed process or a full disk leaves at most the hidden folder, which the next run removes. A lock
keeps two runs from writing the same target.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloister.study import atomic
from cloister.study.dataset import CERTIFICATE_FILE, Certificate, verify_dataset
from cloister.study.errors import CertificateError, CloisterError, InputError
from cloister.study.keys import SiteKey


def finished(output: Path, site_key: SiteKey, input_digest: str) -> Certificate | None:
    """The certificate of a dataset that is already there, if it is whole and came from the same input.

    Args:
        output: the dataset folder; it need not exist.
        site_key: the key that it must be signed with.
        input_digest: what its certificate must say of the input.

    Raises:
        InputError: there is something else at `output`, which is never overwritten.
    """
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return None
    if not (output / CERTIFICATE_FILE).is_file():
        raise InputError(
            f"{output}: exists and is not a finished dataset.", "Name a new folder, or move this one away."
        )
    try:
        _, certificate = verify_dataset(output, site_key)
    except CloisterError as problem:
        raise InputError(
            f"{output}: holds a dataset that does not verify: {problem.message}", "Name a new folder."
        ) from None
    if certificate.input_digest != input_digest:
        raise InputError(
            f"{output}: holds the dataset of another input, collection or setting.",
            "Name a new folder, or move this one away.",
        )
    return certificate


@contextmanager
def new_dataset(output: Path) -> Iterator[Path]:
    """A folder to write a dataset into; it becomes `output` when the block ends without an error.

    Raises:
        InputError: another run is writing the same dataset.
        CertificateError: the block ended without writing a certificate.
    """
    output = Path(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.parent / f".{output.name}.partial"
    with _locked(output):
        shutil.rmtree(partial, ignore_errors=True)
        # De-identified is not public: the owner's alone until somebody decides otherwise.
        partial.mkdir(mode=0o700)
        try:
            yield partial
            if not (partial / CERTIFICATE_FILE).is_file():
                raise CertificateError(f"{output}: the dataset was left without a certificate.")
            atomic.sync_folder(partial)
            if output.is_dir():
                output.rmdir()
            partial.rename(output)
            atomic.sync_folder(output.parent)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


@contextmanager
def _locked(output: Path) -> Iterator[None]:
    path = output.parent / f".{output.name}.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(f"{output}: another run is writing this dataset.", "Wait for it to end.") from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
