"""Plots as inline SVG. Colours come from the page's style sheet, so they follow dark mode and print."""
