"""What palint knows of .env files: their names and contents, and what loads, ships or creates them."""
