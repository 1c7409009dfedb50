"""The product with all its processes, and what happens to it when one of them is taken away."""
