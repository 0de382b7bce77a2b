"""Nouns that tell what a name or a description is: a title, a role, an institution, a news agency.

Closed lists by hand, for English news. A noun that no list has decides nothing.
"""

from __future__ import annotations

from typing import Final

from onrecord.baselines.lexicon import word_set

COURTESY: Final = word_set("Mr Mr. Mrs Mrs. Ms Ms. Miss Dr Dr. Sir Lord Lady Dame Madam Mx")
TITLES: Final = COURTESY | word_set(
    "President Vice Prime Deputy Minister Secretary Chancellor Premier Senator Sen. Sens. Representative Rep. Reps."
    " Congressman Congresswoman Governor Gov. Mayor Speaker Ambassador Commissioner Chairman Chairwoman Chair"
    " Director General Gen. Lieutenant Lt. Colonel Col. Major Captain Capt. Sergeant Sgt. Admiral Adm. Judge Justice"
    " Professor Prof. Prof Reverend Rev. Rabbi Imam Bishop Archbishop Cardinal Pope Father Sister King Queen Prince"
    " Princess Sheriff Officer Detective Inspector Superintendent Attorney Councillor Councilman Councilwoman Chief"
    " Coach Spokesman Spokeswoman Spokesperson Warden Baron Duke Sultan Emir Ayatollah Sheikh Foreign Finance"
    " Defence Defense Interior Health Justice Hon. Pres."
)
"""Words that stand before a name, also in rows ("Deputy Prime Minister"); some only beside others of the list."""
WEAK_TITLES: Final = word_set(
    "Vice Prime Deputy Foreign Finance Defence Defense Interior Health Justice Attorney Chief"
)
"""Titles only where another title follows."""

INSTITUTIONS: Final = word_set(
    "administration agency airline airlines alliance army assembly association authority bank board brigade bureau"
    " cabinet campaign centre center chamber club coalition college command commission committee company"
    " confederation conference congress consortium corporation council court department embassy enterprise exchange"
    " federation firm force forces foundation fund government group guild hospital house household institute"
    " institution league legislature mission ministry movement museum navy network office organisation organization"
    " parliament parish party police regiment registry school secretariat senate service society station syndicate"
    " tribunal trust union university watchdog delegation directorate inquiry treasury works line lines port harbour"
    " newspaper paper magazine panel regulator insurer clinic laboratory laboratories maker producer operator"
    " operators museum theatre"
)
_SUFFIXES: Final = word_set(
    "Inc Inc. Corp Corp. Co Co. Ltd Ltd. PLC plc LLC GmbH AG SA Nations Kremlin Pentagon NATO Motors Partners"
    " Holdings Industries Systems Technologies Pictures Times Post Journal Herald Tribune Gazette Guardian Chronicle"
    " Mail Observer"
)
INSTITUTION_NAMES: Final = _SUFFIXES | {word.title() for word in INSTITUTIONS}
"""Words of a name that make it an institution's."""

AGENCY_NAMES: Final = frozenset(
    [
        "AFP", "AP", "ANSA", "Agence France-Presse", "Anadolu", "Anadolu Agency", "Associated Press", "BelTA",
        "Bloomberg", "Bloomberg News", "DPA", "Dow Jones", "EFE", "Fars", "IRNA", "ITAR-TASS", "Interfax", "Kyodo",
        "PA", "PTI", "Press Association", "Press Trust of India", "RIA", "RIA Novosti", "Reuters", "SANA", "Sputnik",
        "TASS", "Tass", "UPI", "Ukrinform", "United Press International", "WAFA", "Xinhua", "Yonhap", "dpa",
    ]
)  # fmt: skip

AGENCY_ENDINGS: Final = (("News", "Agency"), ("Press",), ("Newswire",), ("Wire",), ("Telegraph", "Agency"))

COUNTRIES: Final = word_set("US U.S. UK U.K. UAE USA U.S.A. DRC USSR GDR")
"""Acronyms of countries, which are places more often than speakers."""

DOCUMENTS: Final = word_set(
    "report statement letter notice order audit resolution leaflet study filing memo memorandum document email"
    " e-mail release note review survey lawsuit complaint affidavit article post tweet website manifesto communique"
    " minutes"
)
"""Head nouns of what is written: its words are those of whoever it belongs to, where the text says who."""

ROLES: Final = word_set(
    "spokesman spokeswoman spokesperson official officer aide adviser advisor minister secretary president premier"
    " chancellor ambassador envoy diplomat negotiator senator representative lawmaker congressman congresswoman"
    " legislator governor mayor commissioner councillor chairman chairwoman chair chief director head manager"
    " executive ceo founder owner boss leader candidate nominee strategist pollster analyst expert economist"
    " scientist researcher professor historian scholar teacher student doctor physician surgeon nurse lawyer"
    " attorney prosecutor judge justice sheriff detective inspector general colonel captain commander soldier"
    " veteran pilot engineer technician farmer worker driver fisherman resident neighbour neighbor witness survivor"
    " victim suspect relative friend brother sister mother father wife husband son daughter widow man woman person"
    " source insider whistleblower activist campaigner organiser organizer supporter critic opponent protester"
    " demonstrator author writer journalist reporter correspondent editor columnist host anchor commentator blogger"
    " actor actress singer coach player trader investor banker broker clerk archivist keeper warden bishop priest"
    " pastor pope king queen prince princess member colleague deputy assistant coordinator consultant specialist"
    " operator passenger customer voter patient parent mediator"
)
"""Head nouns of persons."""
PLURALS: Final = word_set(
    "people police men women authorities staff sources media press crew public crowd others family"
)
"""Head nouns of groups that do not end in -s, or are plural only."""


def singular(noun: str) -> str:
    """Return the singular of a lower-case noun, or the noun where it is none of the plain plurals."""
    if noun.endswith(("men", "women")) and noun not in ("men", "women"):
        return noun[:-2] + "an"
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def is_role(noun: str) -> bool:
    """Whether a noun in lower case, singular, is a person's: listed, or by its ending."""
    return noun in ROLES or noun.endswith(("man", "woman", "person", "ologist"))


def is_plural(noun: str) -> bool:
    """Whether a noun in lower case is a plural."""
    return noun in PLURALS or singular(noun) != noun
