"""The pure core: what a ticket is and what may happen to it. No I/O, no platform, no database."""
