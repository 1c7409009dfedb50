"""Generated inputs by the thousand, or by the million (`make inputs`): nothing may fail, hang, or tell what it must not.

Each input follows from its kind, SEED and its number alone, so that a finding can be asked for again.
"""
