"""Asks a running Wegweiser for a message over plain HTTP and reports that it was clicked.

Start a server, make a source, publish `examples/config.yaml`, send `segment_client.py`, then:
`python examples/decide_over_http.py http://127.0.0.1:8000 SECRET_KEY u-42`
"""

import sys

import httpx


def main(address: str, key: str, user_id: str) -> None:
    """Decide for one person, then report what happened to each item."""
    with httpx.Client(base_url=address, auth=(key, ""), timeout=5) as client:
        answer = client.post(
            "/v1/decide",
            json={
                "subject": {"person": f"user_id:{user_id}"},
                "placements": [{"key": "home.hero"}],
                "locale": "de",
            },
        )
        decision = answer.raise_for_status().json()
        print("Decision:", decision["status"])
        for item in decision["items"]:
            print("Show:", item["content"]["title"])
            click = {
                "outcome_id": f"{decision['decision_id']}-{item['slot']}-click",
                "decision_id": decision["decision_id"],
                "placement": item["placement"],
                "slot": item["slot"],
                "kind": "click",
            }
            reported = client.post("/v1/outcomes", json=[click])
            print("Reported:", reported.json())


if __name__ == "__main__":
    main(*sys.argv[1:4])
