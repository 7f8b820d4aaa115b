"""What the hub tells other systems of what happened: signed POSTs, in order, retried over days from the journal's own
rows.

The journal is the outbox. A `deliverer.Destination` says what of a row is told and to whom; a `deliverer.Deliverer` of
it walks the journal from its cursor (table `links`) in a thread of its own, keeps what became of each message (table
`sendings`), and never makes anybody wait. `signature.py` is the Standard Webhooks signature, both ways;
`server/domain/outbound.py` decides what follows from an answer, and how long a failure waits.
"""
