"""Pure rules of the survey: nothing here reads a file, a clock, a network or a database."""
