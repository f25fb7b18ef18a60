"""Lists of members: read, compared with the register, and taken over."""
