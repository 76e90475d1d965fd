"""Several processes on one PostgreSQL: who lives, who has what, and what each is told of the others."""
