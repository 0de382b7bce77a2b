"""The contract: JSON Schemas, the frozen record types, and what the validator reports.

The modules: `vocabulary` (closed vocabularies), `records` and `codebook` (the types), `prediction` (what systems
return), `convert` (JSON ⇄ records), `structure` (JSON Schema), `semantics` (what JSON Schema cannot say), `incidents`
(the table of ids).
"""

from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.incidents import Incident
from onrecord.schema.prediction import UNANSWERED, PredictedClaim, Prediction
from onrecord.schema.records import Anchor, Claim, Fact, Fragment, Relation, Relay, Report

__all__ = [
    "UNANSWERED",
    "Agent",
    "Anchor",
    "Claim",
    "Codebook",
    "Fact",
    "Fragment",
    "Incident",
    "PredictedClaim",
    "Prediction",
    "Relation",
    "Relay",
    "Report",
    "Topic",
]
