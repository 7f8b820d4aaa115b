"""Saves the hub to other places, proves that it comes back, and brings it back. Asks the store; records nothing."""
