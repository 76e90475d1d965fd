"""The Slack desk. Begin at `desk.SlackDesk`; the rest of the package is one pure step or one conversation each."""
