"""The ledger: the site's durable record of privacy spent, by patient, across rounds, studies and collections.

The rules, which together keep promise 3 (privacy spent is never forgotten):

1. A reservation is on the disk (SQLite, WAL, synchronous = FULL) before `reserve` returns, hence before the first
   batch. What could not be written was not reserved, and nothing may be trained.
2. A reservation counts in full from then on. Settling it records how many steps were done and gives nothing back:
   noise that was never used cannot be proven not to have been. Aborted runs, trials of hyper-parameters and runs with
   canary patients are runs.
3. Every call of `reserve` counts, also for a run and round that were reserved before. After a crash nobody can prove
   that the earlier reservation was not trained with, so the safe reading is that it was.
4. What a patient has spent is the composition of all reservations whose population holds the patient. Populations
   that overlap therefore compose for whom they share, and disjoint ones do not.
5. A reservation is refused if any of its patients would exceed the study's or the lifetime's epsilon. The refusal is
   recorded; it costs nothing. A run whose dataset changed is refused as well.
6. Entries are numbered, and each carries an HMAC under the site key over its predecessor's and its own content: one
   chain that only the site can write. Their order is their number: clocks are for reading only. Opening verifies every
   entry and every population, and budgets are computed from what was verified, not from what the file says later.
7. Two processes may reserve at once: SQLite's write lock is held while one looks, decides and writes.
8. An older copy put back is a valid shorter chain. Two things outside of the file show it: the **anchor**, a signed
   note of the newest entry in another folder, and the coordinator's **receipts**, how many rounds of a run this site
   has contributed to. A ledger that shows less than either is refused. A lost file is never silently replaced.

`ledger` holds the rules, `chain` the HMAC, `storage` the file, `balance` what verified entries add up to, `exposure`
who was exposed to what, `losses` a cache for quick refusals, `anchor` the note, `export` what an auditor gets.
"""

from cloister.privacy.ledger.entries import Entry, Reservation
from cloister.privacy.ledger.ledger import Ledger

__all__ = ["Entry", "Ledger", "Reservation"]
