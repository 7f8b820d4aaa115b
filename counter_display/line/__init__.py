"""One wire of boards and pads: whose turn it is, what is sent, what was answered, and who is told."""
