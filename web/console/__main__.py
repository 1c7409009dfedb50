"""`python -m web.console` is the command `optin`."""

from web.console import main

main()
