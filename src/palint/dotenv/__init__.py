"""Facts about .env files: their names and contents, and what loads, ships or creates them."""
