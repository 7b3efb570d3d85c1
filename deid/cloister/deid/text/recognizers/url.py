"""Web addresses, with or without their scheme, and names of accounts in social networks."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_TOP_LEVEL = (
    r"(?:com|org|net|edu|gov|mil|int|io|ai|app|dev|me|co|tv|blog|site|online|health|med|care|clinic|hospital"
    r"|example|test"
    r"|invalid|info|biz|us|uk|de|eu|es|fr|it|pt|nl|ca|au|in|ch|at|be|br|mx)"
)
_REST = r"[^\s<>\"'\])]*[^\s<>\"'\]).,;:!?]"

URL = PatternRecognizer(
    name="url",
    label="URL",
    patterns=(
        Pattern(rf"\b(?:https?|ftps?|sftp)://[^\s<>\"'\])]{_REST}", 0.98, folded=True, needs=("://",)),
        Pattern(rf"\bwww\.[\w-]+(?:\.[\w-]+)+(?:/{_REST})?", 0.95, folded=True, needs=("www.",)),
        Pattern(
            rf"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*\.)+{_TOP_LEVEL}\b(?!@)(?<![.]in|[.]me|[.]at|[.]it|[.]es)"
            rf"(?:/{_REST})?(?!\.\w)",
            0.8,
            folded=True,
        ),
        Pattern(rf"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*\.)+{_TOP_LEVEL}/{_REST}", 0.8, folded=True, needs=("/",)),
        Pattern(
            r"\b(?:handle|instagram|twitter|facebook|tiktok|snapchat|linkedin|telegram|username|screen\s?name|ig|fb)"
            r"(?:\s*(?:handle|account|profile|page|is|as|at|name"
            r"|user)){0,3}[\s:(]*(?P<it>@?[a-z][\w.-]*[._\d-][\w.-]*\w|@\w+)",
            0.8,
            folded=True,
            needs=("handle", "gram", "twitter", "facebook", "tiktok", "snapchat", "linkedin", "name", "ig", "fb"),
        ),
        Pattern(r"(?<![\w@.+-])@[a-z][\w.]{2,30}(?<!\.)(?![\w@])", 0.6, folded=True, needs=("@",)),
    ),
)
