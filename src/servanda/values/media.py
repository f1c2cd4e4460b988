"""Names of news agencies and other outlets, in their usual forms."""

from __future__ import annotations

AGENCIES: tuple[str, ...] = (
    "Reuters", "Associated Press", "AP", "AFP", "Agence France-Presse", "UPI", "dpa", "APA", "EFE", "ANSA", "PAP", "BNS", "ELTA", "TASS", "Tass", "RIA Novosti", "RIA", "Interfax",
    "Interfax-Ukraine", "Ukrinform", "UNIAN", "Anadolu", "Xinhua", "IRNA", "BTA", "NAMPA", "BelTA", "Belta", "SANA", "NNA", "MENA", "Kyodo", "Yonhap", "PTI", "ANI", "agencies",
)  # fmt: skip
"""News agencies: what they send out is printed by others."""
OUTLETS: tuple[str, ...] = (
    "Izvestia", "Kommersant", "RBC", "Sputnik", "RT", "CNN", "BBC", "Sky News", "The Telegraph", "Telegraph", "The Guardian", "The Times", "New York Times", "Washington Post",
    "Wall Street Journal", "Financial Times", "Bloomberg", "Axios", "Politico", "Al Jazeera", "Fox News", "NBC News", "ABC News", "CBS News", "Le Monde", "Le Figaro", "Le Parisien", "Der Spiegel", "Bild",
    "Deutsche Welle", "DW", "Ukrainska Pravda", "Kyiv Independent", "Suspilne", "Newsweek", "The Hill", "Yahoo", "USA Today", "Daily Mail",
)  # fmt: skip
"""Other outlets that texts name as carriers."""
