"""What the hall has done: definitions, the figures of any period, its forms, and their delivery."""
