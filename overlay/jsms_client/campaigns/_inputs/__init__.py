"""Read lists of recipients."""
