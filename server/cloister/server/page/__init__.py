"""The coordinator's page: how the federation is, its studies round by round, what they cost, who did what."""
