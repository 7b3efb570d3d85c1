"""Measurements anyone can repeat. A package of its own, because a dependency installs another `benchmarks`."""
