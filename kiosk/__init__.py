"""The touchscreen in the hall: asks the hub, draws, and hands a touch on. It decides nothing about the queue."""
