"""The register's list of members: read from a file, compared with what is kept, and taken over."""
