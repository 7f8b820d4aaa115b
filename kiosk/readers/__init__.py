"""What a kiosk reads with: scanner (codes), ID-card reader (sdt, card), keyboard (keys), and virtual ones that ship
with it.
"""
