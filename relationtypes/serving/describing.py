"""OpenAPI: the interface as programs read it, from the records themselves and their docstrings."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from relationtypes import __version__
from relationtypes.manifest import ModelFacts, ModelIdentity
from relationtypes.records import Evidence, Tag
from relationtypes.serving.answering import Health, ModelAnswer, TagAnswer
from relationtypes.serving.asking import TagRequest
from relationtypes.serving.door import OPEN_PATHS, REQUEST_ID
from relationtypes.serving.limits import Limits
from relationtypes.serving.problems import MEDIA_TYPE, ProblemRecord
from relationtypes.taxonomy import Taxonomy

_REF = "#/components/schemas/"
_RECORDS = (TagRequest, TagAnswer, Taxonomy, ModelAnswer, Health, ProblemRecord)
_OPTIONAL = {"TagRequest": ["texts"], "ProblemRecord": ["title", "status", "code", "detail", "request_id"]}
"""Required fields of those records that need not be whole; all others are sent with every field, but for these:"""
_SPARSE = ("Family", "RelationType")
"""Records that are sent without the fields that say nothing."""

_PROBLEMS = {
    400: "The body is no JSON, or broke off.",
    401: "The server has a token, and the request does not show it.",
    404: "There is no such path.",
    405: "The path does not take that method.",
    408: "The body did not come in time.",
    413: "The body is too large.",
    415: "The body is not `application/json`, or is compressed.",
    422: "The JSON is not as the interface has it; `errors` says where.",
    500: "The model failed on every text, or there is a bug.",
    503: "Too many requests wait (`queue_full`), or the answer took too long (`too_slow`). `Retry-After` says when to try again.",
}
_EXAMPLE_TEXTS = [
    "Been coming here since I was six, they feel like family to me.",
    "Livraison rapide, conforme à la description. Rien à redire.",
]
_ABOUT = """Says which relationship each customer text, in English or French, casts customer and brand into.

Offsets of evidence count Unicode code points of the text as it was sent, from 0, the end not included. Texts are neither kept nor
written to a log. A client may send the header `X-Request-ID` (1 to 64 of `A-Z a-z 0-9 . _ -`); every answer bears it, or one made
here, and so does the log. Errors are RFC 9457 problems, and never quote what was sent."""


def describe(limits: Limits, taxonomy: Taxonomy, *, has_token: bool) -> dict[str, Any]:
    """Return the OpenAPI description of a server with these *limits*, whose labels are *taxonomy*."""
    _, components = msgspec.json.schema_components(_RECORDS, ref_template=_REF + "{name}")
    schemas = {name: _with_fields_told(name, schema) for name, schema in components.items()}
    for name, said in schemas[ModelIdentity.__name__]["properties"].items():
        schemas[ModelFacts.__name__]["properties"][name]["description"] = said["description"]
    texts = schemas["TagRequest"]["properties"]["texts"]
    texts["maxItems"] = limits.texts
    texts["items"] = {"anyOf": [{"type": "string", "maxLength": limits.characters}, {"type": "null"}]}
    paths = {
        "/tag": {"post": _tag(taxonomy)},
        "/labels": {"get": _get("labels", "The labels: families, their types and playbooks, in both languages", "Taxonomy")},
        "/model": {"get": _get("model", "The model: what it is, how it errs, and the limits of this server", "ModelAnswer")},
        "/health": {"get": _get("health", "Whether the server lives", "Health")},
        "/health/ready": {"get": _get("ready", "Whether the server would take on a request now", "Health")},
    }  # fmt: skip
    paths["/health/ready"]["get"]["responses"]["503"] = _answer(
        "Health", "Not now: its queue is full, or it is ending."
    )
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "relationtypes", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    if has_token:
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path, methods in paths.items():
            for operation in methods.values() if path not in OPEN_PATHS else ():
                operation["security"] = [{"token": []}]
                operation["responses"]["401"] = _problem(401)
    return found


def _with_fields_told(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Move what a docstring says of its attributes to the fields, and say which fields there always are."""
    if "properties" not in schema:
        return schema
    about, _, attributes = schema.get("description", "").partition("Attributes:")
    for field, told in re.findall(r"^ *(\w+): (.*(?:\n {10,}.*)*)", attributes, re.MULTILINE):
        if field in schema["properties"]:
            schema["properties"][field]["description"] = _plain(told)
    schema["description"] = _plain(about)
    if name not in _SPARSE:
        schema["required"] = _OPTIONAL.get(name, list(schema["properties"]))
    return schema


def _plain(text: str) -> str:
    """Return a docstring's words in one line of Markdown."""
    return " ".join(re.sub(r":\w+:(?=`)", "", text).replace("``", "`").split())


def _tag(taxonomy: Taxonomy) -> dict[str, Any]:
    operation = _get("tag", "Tag a batch of texts", "TagAnswer")
    operation["description"] = (
        f"One tag for each text, in order; `family` is one of: {', '.join(taxonomy.family_ids)}. A tag with `status`"
        " `abstained` holds the best guess, which the model does not sign. The same text gets the same tag whatever it is sent"
        " with."
    )
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": f"{_REF}TagRequest"},
                "examples": {
                    "two": {"summary": "Two texts", "value": {"texts": _EXAMPLE_TEXTS}},
                    "all": {
                        "summary": "Every option",
                        "value": {"texts": _EXAMPLE_TEXTS, "evidence": False, "abstain_below": 0.5, "names": "fr"},
                    },
                },
            }
        },
    }
    answer = {"$ref": f"{_REF}TagAnswer"}
    operation["responses"]["200"]["content"]["application/json"] = {
        "schema": answer,
        "example": _answer_example(taxonomy),
    }
    operation["responses"] |= {str(status): _problem(status) for status in (400, 408, 413, 415, 422, 500, 503)}
    return operation


def _answer_example(taxonomy: Taxonomy) -> dict[str, Any]:
    """Return what an answer looks like; its figures mean nothing."""
    first, second = taxonomy.families[:2]
    shares = [0.9, 0.1, *[0.0] * (len(taxonomy.families) - 2)]
    made = ModelIdentity(
        name="a model",
        version="1",
        fingerprint="5d1e",
        taxonomy_version=taxonomy.version,
        taxonomy_fingerprint=taxonomy.fingerprint,
        families=taxonomy.family_ids,
    )
    tag = Tag(
        status="ok",
        language="en",
        family=first.id,
        type=first.types[0].id,
        confidence=shares[0],
        second_family=second.id,
        second_confidence=shares[1],
        sentiment="positive",
        sentiment_score=0.8,
        breach=0.02,
        probabilities=tuple(shares),
        evidence=(Evidence(0, len(_EXAMPLE_TEXTS[0])),),
    )
    answer: dict[str, Any] = msgspec.to_builtins(TagAnswer(made, None, [tag, Tag(status="empty")]))
    return answer


def _get(name: str, summary: str, answer: str) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": {"200": _answer(answer, "The answer.")}}


def _answer(record: str, description: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {REQUEST_ID: {"description": "Under which the log has the request.", "schema": {"type": "string"}}},
        "content": {"application/json": {"schema": {"$ref": f"{_REF}{record}"}}},
    }


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": _PROBLEMS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}ProblemRecord"}}},
    }
