"""What the team may type, press and fill in, the same on every desk. Sees only the core and its ports."""
