"""The relay: shows halls without inbound Internet to telephones outside, and brings their keys back (docs/relay.md)."""
