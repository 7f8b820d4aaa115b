"""What the hall has done: definitions in `figures`, the week in `weekly`, other systems' history in `visits_file`."""
