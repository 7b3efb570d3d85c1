"""Every parser of what comes from the network or from a file that others could have written, by name."""

from typing import Final

from tests.fuzz.parser import Build
from tests.fuzz.parsers import client, deid, privacy, server, simulation, strategies, study, tasks

PARSERS: Final[dict[str, Build]] = {
    **study.PARSERS,
    **deid.PARSERS,
    **privacy.PARSERS,
    **tasks.PARSERS,
    **strategies.PARSERS,
    **client.PARSERS,
    **server.PARSERS,
    **simulation.PARSERS,
}
