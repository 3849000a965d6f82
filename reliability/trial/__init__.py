"""What the reliability trials share. Outside of the system under test: Python's own library and nothing of ours."""
