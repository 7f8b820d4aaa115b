"""The second machine: what the hub tells it, how it follows, and the taking over. Who may write: succession.py."""
