"""The contract: JSON Schemas, the frozen record types, and what the validator reports.

The modules: `vocabulary` (closed vocabularies), `constraints`, `records`, `codebook` and `prediction` (the types),
`convert` (JSON ⇄ records), `located` and `lines` (files into values), `structure` (JSON Schema), `offsets`,
`quotation` and `semantics` (what JSON Schema cannot say), `incidents` (the table of ids), `errors` (what a command
exits with).
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
