"""The permit on other engines, each in a process and with libraries of its own, all run by the same loop."""
