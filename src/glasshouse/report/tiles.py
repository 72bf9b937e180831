"""Where the tile of each unit lies: 34 tiles of one size, neighbours near neighbours as far as a grid allows.

A tile says that a recipe names a unit and what was counted there. It is no map: it draws no border, gives no size, and
takes no position on whose anything is.
"""

from __future__ import annotations

from typing import Final

TILES: Final[dict[str, tuple[int, int]]] = {
    "heilongjiang": (0, 6),
    "jilin": (1, 6),
    "inner-mongolia": (2, 4), "beijing": (2, 5), "liaoning": (2, 6),
    "xinjiang": (3, 0), "gansu": (3, 1), "ningxia": (3, 2), "shanxi": (3, 3), "hebei": (3, 4), "tianjin": (3, 5),
    "tibet": (4, 0), "qinghai": (4, 1), "shaanxi": (4, 2), "henan": (4, 3), "shandong": (4, 4),
    "sichuan": (5, 1), "chongqing": (5, 2), "hubei": (5, 3), "anhui": (5, 4), "jiangsu": (5, 5), "shanghai": (5, 6),
    "yunnan": (6, 1), "guizhou": (6, 2), "hunan": (6, 3), "jiangxi": (6, 4), "zhejiang": (6, 5),
    "guangxi": (7, 2), "guangdong": (7, 3), "fujian": (7, 4), "taiwan": (7, 5),
    "hainan": (8, 2), "macao": (8, 3), "hong-kong": (8, 4),
}  # fmt: skip
"""Row and column of each unit."""
LETTERS: Final[dict[str, str]] = {
    "heilongjiang": "HL", "jilin": "JL", "inner-mongolia": "NM", "beijing": "BJ", "liaoning": "LN", "xinjiang": "XJ",
    "gansu": "GS", "ningxia": "NX", "shanxi": "SX", "hebei": "HE", "tianjin": "TJ", "tibet": "XZ", "qinghai": "QH",
    "shaanxi": "SN", "henan": "HA", "shandong": "SD", "sichuan": "SC", "chongqing": "CQ", "hubei": "HB", "anhui": "AH",
    "jiangsu": "JS", "shanghai": "SH", "yunnan": "YN", "guizhou": "GZ", "hunan": "HN", "jiangxi": "JX",
    "zhejiang": "ZJ", "guangxi": "GX", "guangdong": "GD", "fujian": "FJ", "taiwan": "TW", "hainan": "HI",
    "macao": "MO", "hong-kong": "HK",
}  # fmt: skip
"""The two letters of each unit, those of ISO 3166-2 and of the standard it takes them from."""
NOTE: Final = (
    "Tiles are all of one size and lie roughly as the units do. A tile takes no position on any border or status: it "
    "says only what the recipe simulates. Units that the recipe does not simulate, and those with fewer than ten "
    "counted, are left blank."
)
