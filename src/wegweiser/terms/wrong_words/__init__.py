"""What may be wrong with inputs and documents, by code, in English and German."""

from collections.abc import Mapping

from wegweiser.terms.wrong_words import (
    asked,
    books,
    bundle,
    content,
    desks,
    documents,
    doors,
    missing,
    operations,
    operators,
    options,
    together,
    types,
    yaml,
)

Both = tuple[str, str]
SENTENCES: Mapping[str, Both] = {
    **documents.SENTENCES,
    **yaml.SENTENCES,
    **types.SENTENCES,
    **bundle.SENTENCES,
    **together.SENTENCES,
    **books.SENTENCES,
    **doors.SENTENCES,
    **missing.SENTENCES,
    **operators.SENTENCES,
    **asked.SENTENCES,
    **content.SENTENCES,
    **desks.SENTENCES,
    **operations.SENTENCES,
    **options.SENTENCES,
}
