"""Updates made smaller: one encoding a file, the same code at the site, which encodes, and at the coordinator."""
