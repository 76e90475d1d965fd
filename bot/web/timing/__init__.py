"""What the console's page "Time" reads: targets, deadlines, calendars, people and gaps, as JSON. Nothing is changed."""
