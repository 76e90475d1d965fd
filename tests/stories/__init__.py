"""The whole program before simulated platforms, told as stories. Begin at `story.Story`."""
