"""The process that takes events stays light: it imports neither Altair nor the renderer."""

import subprocess
import sys

HEAVY = ["altair", "vl_convert"]


def test_pages_import_no_drawing_library() -> None:
    code = (
        "import sys, wegweiser.web.pages.app;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
