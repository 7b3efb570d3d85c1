"""All surrogates of one patient, by label."""

from __future__ import annotations

from datetime import MAXYEAR, date, timedelta

from cloister.deid.text.dates import latest_year_over_89, parse_date, shift_text, years_in
from cloister.deid.text.finding import Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.squeezed import squeeze
from cloister.deid.text.surrogates import ages, internet, numbers
from cloister.deid.text.surrogates.keyed_choice import KeyedChoice
from cloister.deid.text.surrogates.names import NameSurrogates
from cloister.deid.text.surrogates.places import PlaceSurrogates
from cloister.deid.text.surrogates.professions import profession

_ATTEMPTS = 16


class Surrogates:
    """One patient's surrogates in one collection.

    Args:
        key: the collection's `surrogate` sub-key.
        patient: what identifies the patient to the key.
        known: the patient's listed identifiers; no surrogate may hold one.
        shift: what to add to the patient's dates, in whole weeks.
    """

    def __init__(self, key: bytes, patient: str, known: KnownIdentifiers, shift: timedelta) -> None:
        self._choice = KeyedChoice(key, patient)
        self._known = known
        self._shift = shift
        self._names = NameSurrogates(self._choice, known)
        self._places = PlaceSurrogates(self._choice, known)
        self._made: dict[tuple[Label, str, str], str] = {}

    def replace(self, label: Label, value: str, reference: date | None, language: str = "en") -> str:
        """The surrogate of one finding.

        Args:
            label: what kind of identifier it is.
            value: its text.
            reference: the date of the note, for dates whose year is missing or has two digits.
            language: of the note; decides where the value itself does not tell its country.

        Returns:
            Text of the same kind and layout; the tag, such as `[DATE]`, for what cannot be replaced faithfully.
        """
        if label == "DATE":
            return self._date(value, reference, language)
        if label == "AGE":
            return ages.age(value)
        made = self._made.get((label, value, language))
        if made is None:
            made = self._made[label, value, language] = self._unlisted(label, value, language)
        return made

    def _date(self, value: str, reference: date | None, language: str) -> str:
        if min(years_in(value, reference, language), default=MAXYEAR) <= latest_year_over_89(reference):
            return "[DATE]"
        shifted = shift_text(value, self._shift, reference, language) or "[DATE]"
        if not any(map(str.isalnum, shifted)) or not self._known.names_any(shifted):
            return shifted
        # A month can be somebody's name: June. The date then goes without its month's name.
        day = parse_date(value, reference, language)
        plain = (day + self._shift).isoformat() if day is not None else "[DATE]"
        return "[DATE]" if self._known.names_any(plain) else plain

    def _unlisted(self, label: Label, value: str, language: str) -> str:
        for attempt in range(_ATTEMPTS):
            made = self._make(label, value, language, attempt)
            if squeeze(made) != squeeze(value) and not self._known.names_any(made):
                return made
        return f"[{label}]"

    def _make(self, label: Label, value: str, language: str, attempt: int) -> str:
        choice = self._choice
        match label:
            case "NAME":
                return self._names.replace(value, attempt)
            case "ADDRESS":
                return self._places.address(value, language, attempt)
            case "ORGANIZATION":
                return self._places.institution(value, language, attempt)
            case "PROFESSION":
                return profession(choice, value, language, attempt)
            case "PHONE" | "FAX":
                return numbers.phone(choice, value, language, attempt)
            case "EMAIL":
                return internet.email(choice, self._names, self._known, value, attempt)
            case "URL":
                return internet.url(choice, self._names, value, attempt)
            case "IP":
                return numbers.ip_address(choice, value, attempt)
            case "SSN":
                return numbers.social_security(choice, value, attempt)
            case _:
                return numbers.code(choice, value, attempt)
