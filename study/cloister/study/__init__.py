"""The contract everybody shares: studies, policies, dataset folders, keys, errors and the command line's root."""
