"""The modules of generated/ that this project writes itself, as source."""
