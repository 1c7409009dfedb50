"""What people may do with cases, and what is written down about it."""
