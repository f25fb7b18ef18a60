"""What is remembered: the tables, and one file of queries a feature."""
