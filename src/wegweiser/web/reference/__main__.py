"""Print the page docs/http-api.md, or with the word `openapi` the document docs/openapi.json."""

import sys

from wegweiser.web.reference import FAMILIES
from wegweiser.web.reference.openapi import written
from wegweiser.web.reference.page import markdown

print(written(FAMILIES).decode() if sys.argv[1:] == ["openapi"] else markdown(FAMILIES), end="")
