"""Every page of the kiosk as a picture: (state, now) -> a scene of boxes, texts and targets, and how a scene becomes
pixels.
"""
