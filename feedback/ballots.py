"""What stands in the open row of a poll; pure, no model is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import SystemRandom

_chance = SystemRandom()


@dataclass(frozen=True)
class Answers:
    """What one member says: chosen values and words, by question key. It is never stored as it is."""

    values: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Content:
    """All that came in so far: there is no part of it that belongs to one member's answer."""

    members: list[int] = field(default_factory=list)  # ids of those who answered, sorted
    counts: dict[str, dict[str, int]] = field(default_factory=dict)  # question key -> value -> count
    texts: dict[str, list[str]] = field(default_factory=dict)  # question key -> texts, shuffled at each write

    def add(self, member_id: int, answers: Answers) -> None:
        """Adds one member's answers; shuffles all texts, of other questions too: no order tells who came last."""
        self.members = sorted([*self.members, member_id])
        for key, value in answers.values.items():
            of_question = self.counts.setdefault(key, {})
            of_question[value] = of_question.get(value, 0) + 1
        for key, text in answers.texts.items():
            self.texts.setdefault(key, []).append(text)
        for texts in self.texts.values():
            _chance.shuffle(texts)
