"""The Telegram desk: forum groups where every ticket is a topic. `desk` is the door; the rest are its parts."""
