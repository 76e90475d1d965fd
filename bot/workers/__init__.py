"""What goes on by itself: raw deliveries into tickets, jobs into the world, clocks into warnings."""
