"""What the kiosk is, and what it does next. Pure: no pygame, no HTTP, no clock."""
