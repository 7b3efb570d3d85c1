"""What a strategy changes at a site: one file for each that changes something."""
