"""States and bodies of states by the words that stand for them."""

from __future__ import annotations

from collections.abc import Mapping

STATES: Mapping[str, str] = {
    "RU": "Russian Federation|Russia|Russian|Russians|Moscow|Kremlin", "UA": "Ukraine|Ukrainian|Ukrainians|Kyiv|Kiev",
    "US": "United States|U.S.|US|USA|American|Washington|White House", "GB": "United Kingdom|UK|U.K.|Britain|British|London|Downing Street",
    "FR": "France|French|Paris|Élysée|Elysee", "DE": "Germany|German|Berlin", "PL": "Poland|Polish|Warsaw", "AU": "Australia|Australian|Canberra", "CA": "Canada|Canadian|Ottawa",
    "TR": "Turkey|Türkiye|Turkish|Ankara", "CN": "China|Chinese|Beijing", "BY": "Belarus|Belarusian|Minsk", "IT": "Italy|Italian|Rome", "ES": "Spain|Spanish|Madrid", "NL": "Netherlands|Dutch",
    "HU": "Hungary|Hungarian|Budapest", "SA": "Saudi Arabia|Saudi|Riyadh", "QA": "Qatar|Qatari|Doha", "AE": "United Arab Emirates|Emirati", "IN": "India|Indian|New Delhi", "IL": "Israel|Israeli|Jerusalem",
    "IR": "Iran|Iranian|Tehran", "LB": "Lebanon|Lebanese|Beirut", "SY": "Syria|Syrian|Damascus", "EG": "Egypt|Egyptian|Cairo", "JO": "Jordan|Jordanian|Amman", "AM": "Armenia|Armenian|Yerevan", "AZ": "Azerbaijan|Azerbaijani|Baku",
    "GE": "Georgia|Georgian|Tbilisi", "RS": "Serbia|Serbian|Belgrade", "SD": "Sudan|Sudanese|Khartoum", "SS": "South Sudan|South Sudanese|Juba", "ET": "Ethiopia|Ethiopian|Addis Ababa", "CO": "Colombia|Colombian|Bogotá",
    "KP": "North Korea|North Korean|Pyongyang", "KR": "South Korea|South Korean|Seoul", "PK": "Pakistan|Pakistani|Islamabad", "LK": "Sri Lanka|Sri Lankan|Colombo", "YE": "Yemen|Yemeni|Sanaa",
    "NATO": "NATO|North Atlantic Treaty Organization", "EU": "European Union|EU|Brussels|European Commission", "UN": "United Nations|UN|U.N.", "OSCE": "OSCE|Organization for Security and Co-operation in Europe",
}  # fmt: skip
"""Names and adjectives of states and bodies, and the capitals that stand for them."""
