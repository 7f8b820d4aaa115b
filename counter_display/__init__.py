"""The LED boards over the counters: told by the hub what to show, never what happened. Knows no queue."""
