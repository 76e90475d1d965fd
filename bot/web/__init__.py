"""The web server: where platforms deliver, the console, its live socket, and health."""
