"""Whole federations on one machine: synthetic hospitals, engines and reports."""
