"""The whole way in one file: events, profile, configuration, decision, outcome, measure.

Run it with `python examples/quickstart.py`: it works in memory and leaves nothing behind.
With a folder, `python examples/quickstart.py ./data`, the same is kept there.
"""

import sys
from pathlib import Path

import wegweiser
from wegweiser.workspace.workspace import Workspace

CONFIGURATION = Path(__file__).with_name("config.yaml")
# Nobody sees a personal message who has not agreed to it.
CONSENT = {"consent": {"categoryPreferences": {"measurement": True, "personalisation": True}}}


def tell(workspace: Workspace) -> None:
    """Send what two people of one company did."""
    workspace.load(
        [
            {
                "type": "identify",
                "messageId": "quickstart-1",
                "userId": "u-42",
                "traits": {"email": "ada@acme.example", "plan": "team"},
                "context": CONSENT,
            },
        ],
        source="site",
        kind="live",
    )
    workspace.group("u-42", "acme", {"name": "Acme"})
    workspace.page("u-42", "Security", {"path": "/security"})
    workspace.group("u-43", "acme")
    workspace.track("u-43", "Demo Booked", {"topic": "sso"})


def main(folder: str | None) -> None:
    """Tell, look, decide, report, measure."""
    with wegweiser.open(folder) as workspace:
        tell(workspace)
        person = workspace.profile("email:ada@acme.example")
        print("Person:", person["traits"], person["counters"])
        account = workspace.account("group_id:acme")
        print("Account:", account["traits"], account["counters"])

        files = {CONFIGURATION.name: CONFIGURATION.read_text(encoding="utf-8")}
        print("Published:", workspace.apply(files))

        decision = workspace.decide(
            {
                "subject": {"person": "user_id:u-42"},
                "placements": [{"key": "home.hero"}],
                "locale": "en",
            }
        )
        print("Decision:", decision["status"], [item["message"] for item in decision["items"]])
        print(
            "Outcomes:",
            workspace.outcome(
                [
                    {
                        "outcome_id": f"{decision['decision_id']}-{kind}",
                        "decision_id": decision["decision_id"],
                        "placement": item["placement"],
                        "slot": item["slot"],
                        "kind": kind,
                    }
                    for item in decision["items"]
                    for kind in ("seen", "click")
                ]
            ),
        )
        for name in ("web.visits", "message.goals"):
            for result in workspace.measure(name).results:
                print("Measure:", result.sentence["en"])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
