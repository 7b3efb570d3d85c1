"""How the coordinator combines the sites' updates, as Flower strategies."""
