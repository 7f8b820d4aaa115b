"""Many halls: the district (区) that supervises, compares and publishes. Rows come up from the halls' journals over
NATS into PostgreSQL; of the server it imports what is pure. docs/district.md.
"""
