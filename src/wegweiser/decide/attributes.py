"""Which fields of profiles must not be used for decisions."""

from wegweiser.terms.policy import Bundle

Path = tuple[str, ...]


def withheld(bundle: Bundle) -> frozenset[Path]:
    """Give the paths of the attributes whose declared purposes leave decisions out.

    >>> from wegweiser.terms.policy import Attribute
    >>> withheld(Bundle(attributes=(Attribute("person.traits.health", ("measurement",)),)))
    frozenset({('person', 'traits', 'health')})
    """
    return frozenset(
        tuple(one.key.split(".")) for one in bundle.attributes if "decisions" not in one.purposes
    )


def touches(read: Path, held: Path) -> bool:
    """Tell whether reading one path gives something of another.

    >>> touches(("person", "traits"), ("person", "traits", "health"))
    True
    """
    shorter = min(len(read), len(held))
    return read[:shorter] == held[:shorter]
