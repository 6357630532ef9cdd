"""How one implementation is reached and steered."""
