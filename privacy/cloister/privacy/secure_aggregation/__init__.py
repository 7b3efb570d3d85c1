"""Secure aggregation: the coordinator learns the sum of the sites' vectors and nothing of any single one.

Double masking with Shamir shares (Bonawitz et al. 2017, "Practical Secure Aggregation for Privacy-Preserving Machine
Learning"), every site with every other one. Pure state machines: `site.SiteRound` and `coordinator.CoordinatorRound`
turn messages into messages; nothing here sends anything.

A round r has four messages from each site. The first two travel with the exchanges of round r - 1, so in the steady
state a round costs two exchanges:

    advertise   with the vector of round r - 1    the round's public keys, signed with the site's identity
    share       with the shares of round r - 1    its two secrets, split, each share sealed for one peer
    mask        the round's first exchange        vector + own mask + one mask for each other site, mod 2^32
    unmask      the round's second exchange       for each peer a share of ONE of its secrets

Two exchanges are needed: masks can only be taken off when it is known whose vectors are in the sum, and that is known
only after the vectors arrived. That the advertisements are ahead of time means the pairwise secrets of a site which
drops out in `mask` are recoverable already.
"""
