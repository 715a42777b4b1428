"""The writes of the practice app stand by their nouns: `plan_actions`, `sharing`, `coaching_actions`, `drawing`."""
