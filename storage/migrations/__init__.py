"""Numbered SQL, one folder a dialect. How it is applied is in `storage.schema`."""
