"""The interface is as its OpenAPI description says: requests made up from it get answers that it allows."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from relationtypes import RelationTagger
from relationtypes.serving.api import PATHS, create_app
from relationtypes.serving.limits import Limits
from tests.conftest import HashingClassifier

LIMITS = Limits(texts=20, characters=200)
APP = create_app(RelationTagger(HashingClassifier()), limits=LIMITS)
schema = schemathesis.openapi.from_asgi("/openapi.json", APP)
QUIET = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@schema.parametrize()
@settings(max_examples=15, **QUIET)
def test_description_holds(case: schemathesis.Case) -> None:
    case.call_and_validate()


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=500, **QUIET)
def test_description_holds_at_length(case: schemathesis.Case) -> None:
    case.call_and_validate()


def test_description_tells_every_path_and_field_and_loads_nothing_from_afar() -> None:
    client = TestClient(APP)
    described = client.get("/openapi.json").json()
    assert {*described["paths"], "/openapi.json"} == set(PATHS)
    records = described["components"]["schemas"]
    assert records["TagRequest"]["properties"]["texts"]["maxItems"] == LIMITS.texts
    for name in (
        "TagRequest",
        "TagAnswer",
        "Tag",
        "Evidence",
        "ModelIdentity",
        "ModelFacts",
        "ModelAnswer",
        "Limits",
        "Health",
        "ProblemRecord",
    ):
        untold = [field for field, about in records[name]["properties"].items() if not about.get("description")]
        assert name == "Evidence" or not untold, (name, untold)
    for path in ("/docs", "/redoc", "/"):
        assert client.get(path).status_code == 404
