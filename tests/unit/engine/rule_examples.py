"""For every rule of `docs/rules.md` a bundle that breaks it, and one that comes as near as possible and keeps it."""

import rule_examples_data
import rule_examples_events
import rule_examples_file
import rule_examples_house
import rule_examples_written

EXAMPLES = {
    **rule_examples_file.EXAMPLES, **rule_examples_events.EXAMPLES, **rule_examples_house.EXAMPLES,
    **rule_examples_written.EXAMPLES, **rule_examples_data.EXAMPLES,
}  # fmt: skip
"""By the code of the rule."""
