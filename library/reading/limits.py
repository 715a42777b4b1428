"""How much one file may take. What is beyond is not read, whatever the file says of itself."""

MEMORY_BYTES = 768 * 1024 * 1024  # of address space
CPU_SECONDS = 20
WALL_SECONDS = 30
MAX_PAGES = 300
MAX_CHARACTERS = 500_000
ANSWER_BYTES = 4 * MAX_CHARACTERS  # the most that so many characters take in UTF-8
