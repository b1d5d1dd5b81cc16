"""How large a rule may be and how long it may run."""

MAX_CHARACTERS = 4_096
MAX_TOKENS = 600
MAX_NODES = 200
MAX_NESTING = 8
MAX_CHAINED_LIST_FUNCTIONS = 2
MAX_PATTERN_CHARACTERS = 200
MAX_PATTERN_BYTES = 1 << 20
# Characters times parts of the pattern: at worst some 0.1 s.
MAX_MATCH_WORK = 1 << 21
MAX_STEPS = 10_000
MAX_TEXT_CHARACTERS = 100_000
INT_LOWEST = -(1 << 63)
INT_HIGHEST = (1 << 63) - 1
