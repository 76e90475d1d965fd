"""The `dragoman` command line: one file for each command. What is heavy is imported inside the commands, never above.

`dragoman --help` and completion must answer at once, and the libraries of the platforms cost seconds.
"""
