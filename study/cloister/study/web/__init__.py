"""Pages that a site and a coordinator show to their own people, on loopback: accounts, sign-in, layout, metrics.

What a page shows is the site's (`cloister.client.page`) or the coordinator's (`cloister.server.page`).
"""
