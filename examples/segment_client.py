"""The unmodified Segment library for Python sends events to a running Wegweiser.

Start a server and make a source, then:
`python examples/segment_client.py http://127.0.0.1:8000 SECRET_KEY`
"""

import sys

from segment.analytics.client import Client


def main(address: str, key: str) -> None:
    """Send one event of each kind and wait until all are acknowledged."""
    failures: list[object] = []
    client = Client(key, host=address, on_error=lambda error, _: failures.append(error))
    consent = {"categoryPreferences": {"measurement": True, "personalisation": True}}
    client.identify(
        "u-42",
        {"email": "ada@acme.example", "plan": "team"},
        context={"consent": consent},
    )
    client.group("u-42", "acme", {"name": "Acme", "employees": 250})
    client.page("u-42", "docs", "Security", {"path": "/security"})
    client.screen("u-42", "app", "Reports")
    client.track("u-42", "Demo Booked", {"topic": "sso"})
    client.alias("u-41", "u-42")
    client.flush()
    client.join()
    if failures:
        raise SystemExit(f"Not everything was taken: {failures}")
    print("6 events were acknowledged.")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
