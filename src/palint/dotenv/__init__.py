""".env files: their names and contents, and code that loads, ships or creates them."""
