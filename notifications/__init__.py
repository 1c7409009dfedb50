"""E-mail, as a library of its own: words from templates, a frame around them, and sending."""
