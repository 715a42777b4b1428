"""The prompts of the four forms of reflection, as they ship with the portal.

demo_content.yaml has them too (`reflection_prompts`, held equal by a test); here they stand in the words that the
catalogues collect, and no page has to parse that file.
"""

from django.utils.translation import gettext, gettext_noop

PROMPTS: dict[str, tuple[str, ...]] = {
    "short": (
        gettext_noop("What happened?"),
        gettext_noop("What does it tell me?"),
        gettext_noop("What will I do with it?"),
    ),
    "cycle": (
        gettext_noop("What happened?"),
        gettext_noop("What did I feel and assume?"),
        gettext_noop("What went well and what did not?"),
        gettext_noop("How do I explain that?"),
        gettext_noop("What else could I have done?"),
        gettext_noop("What will I do next time?"),
    ),
    "action_review": (
        gettext_noop("What did we set out to do?"),
        gettext_noop("What took place?"),
        gettext_noop("What explains the gap?"),
        gettext_noop("What do we keep and what do we change?"),
    ),
    "learning_loop": (
        gettext_noop("The experience"),
        gettext_noop("What I noticed"),
        gettext_noop("The idea I take from it"),
        gettext_noop("Where I will test it and by when"),
    ),
}


def shown(prompt: str) -> str:
    """Returns a stored prompt in the reader's language; one that no longer ships stands as it was."""
    return gettext(prompt) if prompt else ""
