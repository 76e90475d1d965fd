"""Everything that touches the outside world: channels, desks, integrations, the web, the workers, the command line."""
