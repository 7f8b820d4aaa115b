"""Everything that can happen to a hall, done to a whole one under load; and a week of it in virtual time."""
