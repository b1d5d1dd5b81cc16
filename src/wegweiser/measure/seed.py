"""The seed of chance in an answer: it follows from what was asked, and from nothing else."""

import hashlib

import msgspec

from wegweiser.measure.form import Asked
from wegweiser.terms.result import Question


def seed_of(question: Question, asked: Asked) -> int:
    """Give a number below 2³² from question, parameters and options."""
    options = {name: asked.options[name] for name in sorted(asked.options)}
    said = msgspec.json.encode([question.sql, question.parameters, options])
    return int.from_bytes(hashlib.sha256(said).digest()[:4], "big")
