"""The site's page: studies that wait for an approval, the ledger, what left, quarantine and reviews."""
