"""Pages and API in, commands out."""
