"""What other queue systems leave behind, in this hall's words: a reader for each, and what becomes of it here."""
