"""The report of a simulated federation: one HTML file that needs no network, no script and no explanation."""
