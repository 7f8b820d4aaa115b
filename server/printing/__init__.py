"""From a ticket to paper: what a slip says, how its bytes travel, and what became of it."""
