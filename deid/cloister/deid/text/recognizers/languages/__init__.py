"""What only one language has: one module per language, whose `RECOGNIZERS` come in addition to those of any language.

A module speaks of its countries' numbers, titles, streets and institutions. The other modules here are what the
languages share: checksums, names after an announcement, labelled codes, dates with names of months.
"""
