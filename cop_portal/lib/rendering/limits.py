"""How much one text may take. What is beyond is refused, whatever is typed."""

MAX_CHARACTERS = 100_000
# Texts up to this length never queue behind longer ones; the worst of them takes a fraction of a second.
SHORT_CHARACTERS = 2_000
# Of processor time, in the rendering process, which the kernel ends when it is used up.
CPU_SECONDS = 2.5
# From the call to its answer, waiting and starting a process included. A page has 5 seconds.
ANSWER_SECONDS = 4.0
# A rendering process may have so much address space; it leaves when it has grown, or after so many texts.
MEMORY_BYTES = 512 * 1024 * 1024
LEAVE_ABOVE_BYTES = 64 * 1024 * 1024
LEAVE_AFTER_TEXTS = 1_000


def most_html(characters: int) -> int:
    """Returns how many characters of HTML a text may become: code makes twenty-fold, a hostile table any-fold."""
    return min(1_200_000, 50_000 + 30 * characters)
