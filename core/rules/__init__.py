"""What each command does to a ticket: one file a theme, one function a command, all of them pure."""
