"""What the product promises, said to it and read from its answers."""
