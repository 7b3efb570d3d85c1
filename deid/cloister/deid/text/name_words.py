"""Words that decide what a part of a name tells: particles, and names that are everyday words as well."""

from __future__ import annotations

PARTICLES = frozenset(
    "van von der den de del della di da dos du la le el al bin ibn abu ter ten st san y e und jr sr ii iii iv".split()  # noqa: SIM905
)
"""Parts of names that identify nobody alone."""

EVERYDAY_WORDS = frozenset(
    """
    an and are as at be bell black blue bond bone bowel brown bush child christian cold cook cross day dean do early
    end faith fall field fine first fluid foot friend gay good grace grant gray green grey guy hand hall hardy head
    heard heart her hill him his hope house how in is ivy joy july june king knee law lee light long love low lung
    major marine mark may mercy mild miles moody more my new no noble of old on or page pain park penny person pope
    price ray read reading rice rich rose royal sharp short so sober stable stone strong sun swallow sweet tender to
    true wall ward was water way weaver well west white will wise with wood wright young hospital clinic street
    normal orange august april summer autumn winter north south east mobile
    """.split()  # noqa: SIM905
)
"""Names and places that are words of running text as well."""
