"""Programs that run with Python alone, to be handed to whoever checks us; nothing of the product is imported."""
