"""The stop words of the lexical arm."""

from __future__ import annotations

__all__ = ["STOP_WORDS"]

STOP_WORDS = frozenset(
    """
    about above across after afterwards again against all almost alone along already also although always
    am among an and another any are around as at back be became because become becomes been before behind
    being below beside besides between beyond both but by can cannot could did do does doing done down due
    during each either else enough etc even ever every few first for former from further get give had has
    have having he hence her here hers herself him himself his how however if in indeed instead into is it
    its itself just last latter least less made many may me meanwhile might mine more moreover most mostly
    much must my myself namely neither nevertheless next no nobody none nor not nothing now nowhere of off
    often on once one only onto or other others otherwise our ours ourselves out over own part per perhaps
    please put rather re same second see seem seemed seeming seems several she should since so some
    somehow someone something sometimes somewhere still such than that the their theirs them themselves
    then there thereby therefore therein these they thing third this those though through throughout thus
    to together too toward towards two under until up upon us use used uses using very via was we well
    were what whatever when whence whenever where whereas whereby wherein wherever whether which while
    who whoever whole whom whose why will with within without would yet you your yours yourself
    paper propose proposed present show results work approach method methods new however based
    """.split()
)
