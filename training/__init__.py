"""Building and measuring the model. Needs the extra ``train``; imports ``relationtypes``, never the reverse."""

import relationtypes.classifiers  # noqa: F401  (turns the telemetry of onnxruntime off before any module imports it)
