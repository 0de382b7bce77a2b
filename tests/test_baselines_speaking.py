"""Speakers and agencies as candidates: what is seen of one is nobody else's, and asking again tells the same."""

from dataclasses import replace

import pytest

from onrecord.baselines.circumstances import Reading
from onrecord.baselines.placing import Places
from onrecord.baselines.speaking import Memory, speakers
from onrecord.data.published import read_codebooks, read_reports
from onrecord.schema.codebook import Agent

CODEBOOKS = read_codebooks()
REPORTS = read_reports("validation")
STRANGER = Agent("zzyzx", "Quorl Zzyzx", "person", "named", "zzyzx-house")
HOUSE = Agent("zzyzx-house", "Zzyzx Holdings", "institution", "named")


def readings():
    """Each report with its own codebook, and with one that has a person and a house more, whom nobody mentions."""
    for report in REPORTS:
        codebook = CODEBOOKS[report.dossier]
        wider = replace(codebook, agents=(*codebook.agents, STRANGER, HOUSE))
        yield report, Reading(report.text, codebook), Reading(report.text, wider)


def cases(reading, report):
    return [(reading.case(claim, [relay.fragments for relay in claim.via]), claim) for claim in report.claims]


def test_agents_whom_nobody_mentions_change_nothing_of_the_others():
    for report, own, wider in readings():
        memory, again = Memory(), Memory()
        for (case, claim), (same, _) in zip(cases(own, report), cases(wider, report), strict=True):
            expected, found = speakers(own, case, memory), speakers(wider, same, again)
            for stranger in (STRANGER, HOUSE):
                features = found.pop(stranger.id)
                assert features.pop("absent") == 1.0
                assert {name.partition(".")[2] for name in features} == {stranger.type, stranger.identity}
            assert found == expected
            memory.settle(case, claim.speaker, claim.agency)
            again.settle(same, claim.speaker, claim.agency)


def test_only_agents_that_are_mentioned_nowhere_are_absent():
    for report, own, _ in readings():
        for case, _ in cases(own, report):
            absent = {agent for agent, features in speakers(own, case, Memory()).items() if "absent" in features}
            assert absent == own.names.agents.keys() - own.mentioned_agents


@pytest.mark.parametrize("settled", [False, True])
def test_places_that_were_asked_before_tell_what_new_ones_tell(settled):
    for report, own, _ in readings():
        memory = Memory()
        for case, claim in cases(own, report):
            places = Places(own, case)
            asked = [claim.speaker, *list(own.names.agents)[:4], claim.speaker]
            before = [places.features(speaker, Memory()) for speaker in asked]
            assert before == [Places(own, case).features(speaker, Memory()) for speaker in asked]
            if settled:
                memory.settle(case, claim.speaker, claim.agency)
                assert [places.features(speaker, memory) for speaker in asked] == [
                    Places(own, case).features(speaker, memory) for speaker in asked
                ]
                if claim.agency is not None:
                    assert places.features(claim.speaker, memory)[claim.agency]["same"] == 1.0
            assert [places.features(speaker, Memory()) for speaker in asked] == before
