"""Where the kiosk meets the world: its loop, the screen, the hub, the loudspeaker, a browser that mirrors it."""
