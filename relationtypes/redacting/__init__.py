"""NORMALISE: take personal data out of customers' texts before anybody reads them.

:func:`redact` puts a placeholder in brackets where it found an e-mail address, a telephone number, a name … and keeps the
way from the original's offsets to the redacted text's. Rules and lists alone, no model: fast, explicable, and no guarantee.
"""

from relationtypes.redacting.kinds import KINDS, Kind
from relationtypes.redacting.pseudonyms import IdKey
from relationtypes.redacting.redaction import Redaction, Removed, redact, redact_many, redact_parts
from relationtypes.redacting.spacy_names import spacy_names

__all__ = ["KINDS", "IdKey", "Kind", "Redaction", "Removed", "redact", "redact_many", "redact_parts", "spacy_names"]
