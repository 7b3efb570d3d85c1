"""The shift of a patient's dates: one function for notes and images.

All dates of a patient move into the past by the same number of whole weeks, so that intervals and weekdays stay
true, while the patient's calendar differs from every other patient's. The shift comes from the site key, the
collection and the patient; nothing is stored.
"""

from __future__ import annotations

from datetime import timedelta

from cloister.study.keys import SiteKey, keyed_hash
from cloister.study.population import canonical_patient

_WEEKS = 104


def date_shift(site_key: SiteKey, collection: str, issuer: str, record_number: str) -> timedelta:
    """What to add to every date of one patient in one collection.

    Args:
        site_key: the site's secret.
        collection: the collection that the dates belong to.
        issuer: who issued the record number.
        record_number: the patient's record number at that issuer.

    Returns:
        Minus 7 x (1 + HMAC mod 104) days: between one week and two years, into the past.
    """
    key = site_key.subkey("date-shift", collection)
    digest = keyed_hash(key, *canonical_patient(issuer, record_number))
    # 256 bits modulo 104: the bias is below 2^-249.
    return timedelta(days=-7 * (1 + int.from_bytes(digest) % _WEEKS))
