"""Closing forms: the forms by which a line at an abstract's end is known for no words of the paper.

A form has to be sure of itself: a line that speaks as a sentence of a paper does ("we", "shows", "than") is
none, unless it begins as nobody begins who writes of a subject.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE | re.DOTALL
_YEAR = r"(?:19|20)\d\d"
_MARK = r"(?:©|Â©|&copy;|&\#xa9;|\(c\)|\[copyright\])"
_NOBODY = r"(?:none|nil|nothing|not\ applicable|no\b|n/?a\b)"
_WRITING = r"(?:article|paper|manuscript|work|study|report|version|document|publication|research|preprint)"

_SUPPORT = r"sources?\ of\ (?:support|funding)"
# Who paid: it ends before the next sentence of the paper.
_NAMED = (
    r"(?:(?!\.\s(?-i:This|These|We|Our|It|In|A|An|Results?|Conclusions?|Methods?)\b|\bkey\s?words?:).){2,400}"
)

# What the authors themselves say that it is about.
_KEYWORDS = re.compile(r"\bkey[ -]?words?\b", re.IGNORECASE)
# What somebody says of a subject.
_PROSE = re.compile(
    r"\b(?:[Ww]e|[Oo]ur|[Tt]hese|[Ii]t|[Tt]hey|[Hh]owever|is|are|was|were|be|been|has|have|had|can|could|may|might|"
    r"will|would|should|does|did|do|shows?|showed|shown|found|finds?|suggests?|provides?|allows?|makes?|offers?|"
    r"describes?|presents?|contributes?|which|than|among|between|using|not)\b"
)
_HOLDER = re.compile(
    r"\b(?:Ltda?|Limited|Inc|LLC|LLP|PLC|B\.? ?V|GmbH|AG|S\.?A\.?S?|S\.?r\.?l|KGaA|Co|Corp|Corporation|"
    r"Company|Press|Elsevier|Springer|Wiley|SAGE|IEEE|ACM|MDPI|Taylor|Informa|Blackwell|Karger|Thieme|Emerald|IOP|AIP|"
    r"APA|Hogrefe|Verlag|Publish\w*|Society|Sociedad\w*|Soci[eé]t[eé]|Association|Universit\w+|Institut\w*|Foundation|"
    r"Academy|College|Federation|Union|Group|Licensee|Journal|et al|Editors?|Authors?|Autore?s?|Auteurs?)\b",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\b(?:codes?|data ?sets?|data|software|models?|benchmarks?|tools?|librar(?:y|ies)|packages?|weights)\b",
    re.IGNORECASE,
)
_FUNDER = re.compile(
    r"\b(?:Foundation|Council|Institutes?|Ministry|Agency|Funds?|Trust|Commission|Universit\w+|Department|Office|"
    r"Academy|Society|Association|Cent(?:er|re)|Program(?:me)?|Government|Union|Authority|NSF|NIH|NIHR|NSFC|ERC|"
    r"DFG|ANR|EPSRC|ESRC|MRC|UKRI|RFBR|ARC|NHMRC|CIHR|DARPA|JSPS|CNPq|[Gg]rants?|[Aa]wards?|[Cc]ontract|[Ff]ellowship|[Ss]cholarship)\b"
)
_LICENCE = re.compile(
    r"licen[cs]e|copyright|open[- ]access|creative commons|\bcc[- ]by|public domain", re.IGNORECASE
)
_VENUE = re.compile(
    r"\b(?:\d{4}|'\d\d|Conference|Journal|Proceedings|Workshop|Transactions|Symposium|Meeting|[A-Z]{3,}\w*)\b"
)

_RIGHTS = re.compile(
    rf"""\W{{0,3}}all\ rights?\ (?:are\ |is\ )?reserved\b[^.]{{0,200}}
    | all\ rights,\ including\ .{{2,120}}\ are\ reserved
    | tous\ droits\ r[ée]serv[ée]s | alle\ rechte\ vorbehalten | alle\ rechten\ voorbehouden
    | todos\ (?:los\ derechos|os\ direitos)\ reservados | tutti\ i\ diritti(?:\ sono)?\ riservati
    | все\ права\ защищены | 版[权權]所有.* | 保留所有[权權]利.* | .{{0,12}}無断転載.*
    | copyright\ of\ .{{2,200}}\ is\ the\ property\ of\b.* | \(?copyright\ applies\ to\ all\b.*
    | (?:this|the)\ {_WRITING}\ is\ protected\ by\ copyright\b.*
    | licensee\b.{{0,120}}
    | (?:the\ (?:author|editor)\S*,?\ )?(?:under\ )?exclusive\ licen[cs]ee?\ (?:to|by)\b.{{0,150}}
    | no\ claim\ to\ original\ u\.?\s?s\.?\ government\ works?
    | (?:this|the)\ {_WRITING}\ is\ a\ u\.?\s?s\.?\ government\ work\b.*
    | personal\ use\ is\ (?:also\ )?permitted\b.* | permission\ to\ make\ (?:digital|copies)\b.*
    | re-?use\ permitted\ under\b.{{2,150}} | no\ commercial\ re-?use\b.{{0,100}}
    | see\ rights\ and\ permissions\b.{{0,80}}
    | for\ (?:permissions?|commercial\ re-?use),?\ please\b.*
    | reprinted\ (?:by|with)\ permission\b.{{0,150}}""",
    _FLAGS,
)
_OPEN_ACCESS = re.compile(
    r"""this\ (?:is|article\ is|paper\ is)\ (?:an?\ )?open[- ]access
      (?:\ (?:article|paper|publication|journal|chapter))?
      (?:[\ ,].{0,40}\b(?:under|distributed|licen[cs]ed?|published|terms|from|by)\b.*)?
    | this\ open[- ]access\ (?:article|paper)\ is\ .*
    | https?://\S*creativecommons\.org\S*
    | (?:[\w\ :&]{2,60}:\ )?an?\ open[- ]access\ (?:article|journal)\b.{0,200} | open\ access
    | (?:the\ )?creative\ commons\b.{0,300}\b(?:appl(?:y|ies)|waiver|licen[cs]es?)\b.{0,300}
    | cc[- ]by\S*(?:\ \d\.\d)?(?:\ international)?(?:\ licen[cs]e)?
    | (?:published\ |licensed\ )?under\ (?:an?\ |the\ )?(?:cc[- ]by|creative\ commons)\b.{0,80}
    | licen[cs]e:\ .{2,80}
    | (?:este|esta|ce|cet|cette|dies|dieser|questo)\ .{2,80}
      \b(?:open[- ]access|acceso\ abierto|licencia|licen[cçz]a|lizenz|licence)\b.{0,200}
    | to\ view\ a\ copy\ of\ this\ licen[cs]e\b.*""",
    _FLAGS,
)
_DATABASE = re.compile(
    r"""[\[(]?psyc\s?info\ database\ record\b[^)]{0,100}\)?(?:\s*\(unassigned\))?
    | (?:\([a-z]{4,12}\)\s*)?[\[(](?:abstract|extracted)?
      \s*from\ (?:the\ )?(?:authors?|publisher|journal|article)[\])]?
    | \[copyright\ &y&\ \w+\]
    | [\[(]?(?:figure|table|graph|image|formula)s?\ (?:presented|see\ text)[\])]?
    | (?:electronic\ )?(?:supplement\w+\ (?:information|materials?|data|files?)\s*[:.]?\ )?
      the\ online\ version\ (?:of\ this\ article\ )?(?:\(.{1,60}\)\ )?
      (?:contains|includes|has)\ supplementary\b.*
    | (?:supplement\w+\ information:\ )?supplement\w+\ (?:information|materials?|data|files?)
      \ (?:for\ this\ \w+\ )?
      (?:is|are|can\ be)\ (?:available|accessed|found)\ (?:online|at|from|for\ this)\b.{0,150}
    | \[?(?:<i>)?[A-Z][A-Za-z\ .,&]{3,80}[.,]?\ (?:19|20)\d\d\ ?[;,:]\ ?[\dx]+
      \ ?(?:\([\w\ ]+\))?\ ?[:;]\ ?[\w.–-]+\]?(?:\ doi:?\ ?10\.\S+)?
    | \[?(?:doi:?\ ?|https?://(?:dx\.)?doi\.org/)10\.\S+\]?""",
    _FLAGS,
)
_SERVER = re.compile(
    rf"""subjects?:\ .{{0,200}}\([a-z-]+(?:\.[a-z-]{{2,}})?\)
    | (?:cite\ as|msc[- ]class\w*|acm[- ]class\w*|report[- ]number|journal[- ]ref(?:erence)?):\ .{{0,200}}
    | (?:note:\ )?(?:this|the)\ {_WRITING}\ is\ (?:a|an)\ (?:\w+\ )?pre-?print\b.{{0,250}}
    | arxiv\ admin\ note:\ .{{2,300}} | comment\ (?:in|on):\ .{{2,200}}
    | this\ is\ a\ pre-?print(?:,?\ (?:of|and|that|which)\b.{{0,200}})?
    | publisher['’]?s\ note:?\ .{{2,300}} | springer\ nature\ remains\ neutral\b.{{0,150}}
    | (?:pacs\ numbers?|jel\ (?:classification|codes?)|(?:20\d\d\ )?msc\s?(?:20\d\d)?)\s?:\ [\w.,;\ ]{{2,80}}
    | (?:note:\ )?(?:this|the)\ {_WRITING}\b.{{0,80}}
      \bnot\ (?:yet\ )?(?:been\ )?(?:\w+\ )?(?:certified\ by\ )?peer[- ]?review(?:ed)?\b.{{0,250}}
    | (?:preprint(?:[.,:]\ )?)?not\ (?:yet\ )?(?:been\ )?peer[- ]?reviewed
    | preprint(?:[.,:]\ .{{0,80}})? | comments?\ (?:are\ )?welcome
    | (?:received|revised|accepted|available\ online|(?:first\ )?published(?:\ online)?)
      \ ?:?\ ?\d{{1,2}}\ \w+\ \d{{4}}\b.{{0,100}}
    | (?:\*\ ?)?(?:correspondence|corresponding\ author|e-?mail|contact)s?(?:\ to)?:?\ .{{0,80}}\S@\S+""",
    _FLAGS,
)
_INTERESTS = re.compile(
    rf"""(?:declarations?\ of\ |statements?\ of\ )?
      (?:(?:potential\ )?conflicts?\ of\ interests?|interests?|disclosures?
      |competing\ (?:financial\ )?interests?|financial\ disclosures?)(?:\ statements?)?\s*[:.–-]?\s*
      (?:{_NOBODY}|the\ authors?\b|all\ authors?\b|there\ (?:are|is)\ no\b).{{0,200}}
    | (?:the\ |all\ )?(?:co-?)?authors?\b.{{0,60}}\b(?:declare|report|disclose|have|has|state|indicate)\w*\b
      .{{0,60}}\bno\b.{{0,80}}\b(?:interests?|conflicts?|disclosures?)\b.{{0,120}}
    | (?:there\ (?:are|is|were)\ )?no\ (?:(?:potential|other|known|relevant|competing|financial|reported)\ )*
      (?:conflicts?\ of\ interests?|competing\ interests?|disclosures|significant\ relationships)\b.{{0,80}}
    | we\ declare\ no\ competing\ interests? | disclosures?:?\ work\ supported\ by\ industry:.{{0,80}}
    | confli(?:c?t|t|ct)[ios]{{0,2}}\ d(?:['’]|e\ |i\ )inter[eéê]s\w*\s*[:.]\ .{{0,150}}""",
    _FLAGS,
)
_FUNDED = re.compile(
    rf"""(?:(?:funding|acknowledge?ments?|{_SUPPORT})[:.]?\ +)?
      (?P<work>(?:this|the|our|present)\ (?:present\ |reported\ |current\ )?{_WRITING}
      \ (?:(?:was|is|has\ been)\ )?)?
      (?:in\ part\ |partly\ |partially\ |financially\ |also\ )*(?:supported|funded|sponsored|financed)
      (?:\ (?:in\ part|financially))?\ (?:by|through|under):?\ (?P<payer>{_NAMED})
    | \(funded\ by\ [^()]{{2,200}}(?:\([^()]*\)[^()]*)?\)
    | this\ {_WRITING}\ (?:has\ )?received\ .{{0,30}}(?:funding|support|grant)\b.{{0,300}}
    | (?:primary\ )?funding(?:\ (?:sources?|information|statements?))?\ (?-i:[A-Z]){_NAMED}
    | (?:we|the\ authors?)\ (?:gratefully\ |also\ )?(?:thank|acknowledge)\ {_NAMED}
    | the\ (?:findings|statements|contents?|views|opinions|conclusions)\b.{{0,80}}
      \b(?:solely\ the\ responsibility|those\ of\ the\ authors?|
      not\ (?:necessarily\ )?(?:represent|reflect))\b.{{0,200}}""",
    _FLAGS,
)
_FUNDING = re.compile(
    rf"""(?:primary\ )?(?:funding|financial\ support|{_SUPPORT})
      (?:\ (?:sources?|information|statements?|acknowledgements?))?
    (?:\s*[:.–-]?\s*{_NOBODY}.{{0,80}} | \s*:\ {_NAMED})
    | no\ (?:external\ |specific\ )?(?:funding|financial\ support)\ was
      \ (?:received|provided|obtained)\b.{{0,100}}
    | (?:funding\ statement:?\ )?(?:(?:this|the)\ {_WRITING}|the\ authors?(?:\(s\))?)\ (?:(?:has|have)\ )?
      (?:received\ no|did\ not\ receive\ any)\ (?:\w+\ ){{0,2}}(?:funding|grants?|support)\b.{{0,200}}""",
    _FLAGS,
)
_COPYRIGHT = re.compile(
    rf"(?:{_MARK}|copyright\b)[\s,:]*(?:{_MARK}|copyright\b)?[\s,]*(?:{_MARK})?\s*(?P<rest>.{{0,300}})",
    _FLAGS,
)
# Behind these another sentence begins, unless so few words follow that something was abbreviated.
_STOP = re.compile(r"(?<!\s[A-Z])[.!?]\s+(?=[A-Z])")
_ABBREVIATED = 3
_DATED = re.compile(rf"[(]?{_YEAR}|.{{0,60}}\b{_YEAR}\b|.*\b{_YEAR}\)?$", re.DOTALL)
_NOBODY_PAID = re.compile(rf"^{_NOBODY}|^\(funded|solely|those\ of\ the|not\ (?:necessarily\ )?re", _FLAGS)
_SMALL_MARK = re.compile(
    rf"\([cC]\)\s*(?:Copyright\s*)?{_YEAR}(?:\s*[-–]\s*\d+)?[.,;]*(?:$|\s*(?:[A-Z©(]|by\b|the\b|international\b))"
)
_YEAR_FIRST = re.compile(
    rf"{_YEAR},?\s?(?:The |Published |by the (?=authors))?(?:[A-Z]|authors).{{2,200}}", re.DOTALL
)
_COMPANY = re.compile(
    r"(?:(?:[A-Z][\w&'’.-]*|&|of|and|the|für|de)[ ,]+){1,8}"
    r"(?:Ltd|Limited|Inc|LLC|B\.? ?V|GmbH|AG|Press|Publish\w+|Verlag)"
)
_PUBLISHED_BY = re.compile(r"Published by(?: (?:[A-Z][\w.,'’-]*|&|of|and|the)){1,7}")
_YEAR_LAST = re.compile(
    rf"(?:The )?(?:Springer|Elsevier|Wiley|Blackwell|Taylor)\b.{{0,100}}\b{_YEAR}", re.DOTALL
)
_PUBLISHED = re.compile(
    rf"(?:[A-Z][\w&',:() -]{{0,90}} )?(?:[Pp]ublished|PUBLISHED)(?: {_YEAR}| online)*"
    r" (?:by|under|on behalf of|for|BY|ON BEHALF OF)\b(?P<by>.{2,220})"
    r"|(?:Publié par|Publicado por|Veröffentlicht von|Pubblicato da|Distributed (?:as|under|by)|"
    r"Produced (?:and hosted )?by)\b(?P<with>.{2,150})",
    re.DOTALL,
)
_LICENSED = re.compile(
    rf"""(?:this|the|all|manuscript)\ (?:{_WRITING}\ content|{_WRITING}|content)\b.{{0,60}}
      \ (?:is|are|has\ been)\ (?:also\ )?
      (?:published|distributed|licensed|made\ available)\ .{{0,400}}
    | (?:published|distributed|licensed)\ (?:.{{0,60}}\ )?under\ .{{0,200}}""",
    _FLAGS,
)
_COMMENT = re.compile(
    r"""comments?:\ .{0,60}\b(?:pages?|pp|figures?|tables?|accepted|submitted|appear|version|conference
      |workshop|draft|preprint|review)\b.{0,240}
    | (?:main\ text\ )?\d{1,4}\ ?(?:pages|pp|p)\b.{0,200}""",
    _FLAGS,
)
_COUNTS = re.compile(
    r".*?\b(?:pages|pp|p)\b\W*$|.*\b(?:figures?|tables?|appendi\w+|supplement\w*|accepted)\b", _FLAGS
)
_ACCEPTED = re.compile(
    rf"""(?:(?:this|the)\ {_WRITING}\ (?:has\ been|was|is|will\ be)\ )?
    (?:accepted\ (?:at|to|by|for|in|as)|submitted\ (?:to|for)|to\ appear\ (?:in|at)|published\ (?:in|as|at)
    |presented\ (?:at|in)|camera[- ]ready|forthcoming\ in)\b(?P<rest>.{{2,160}})
    | (?:currently\ )?under\ review(?:\ (?:at|for|by|as)\b.{{2,80}})? | in\ press""",
    _FLAGS,
)

# "Accepted for publication in ApJ": a venue, however it is written.
_PUBLICATION = re.compile(r"\ publication\ (?:in|by|at|on)\ .{2,80}", _FLAGS)

_SURE = (_RIGHTS, _OPEN_ACCESS, _DATABASE, _SERVER, _INTERESTS, _FUNDING)


def is_closing_line(line: str) -> bool:
    """Whether a line has a form that only lines have which are no words of the paper.

    Parameters
    ----------
    line : str
        One sentence or a few, without the last full stop.

    Returns
    -------
    bool
        False for what might be a sentence of the paper.

    Examples
    --------
    >>> is_closing_line("Supported by grant 12-7 of the Marram Foundation")
    True
    >>> is_closing_line("Supported by these figures, growers may sow earlier")
    False
    """
    if _KEYWORDS.search(line):
        return False
    if any(form.fullmatch(line) for form in _SURE):
        return True
    funded = _FUNDED.fullmatch(line)
    if funded is not None:
        payer = funded["payer"] or line
        sure = funded["work"] is not None or line[0] == "(" or not _is_prose(payer.removeprefix("We "))
        return sure and any(form.search(payer) for form in (_FUNDER, _HOLDER, _NOBODY_PAID))
    if _LICENSED.fullmatch(line) and _LICENCE.search(line):
        return _THINGS.search(line) is None
    accepted = _ACCEPTED.fullmatch(line)
    if accepted is not None:
        rest = accepted["rest"]
        named = rest is not None and (_PUBLICATION.match(rest) or _VENUE.search(rest)) is not None
        return rest is None or (named and not _is_prose(rest))
    return not _is_prose(line) and _is_notice(line)


def _is_prose(line: str) -> bool:
    return _PROSE.search(line.capitalize() if line.isupper() else line) is not None


def _is_notice(line: str) -> bool:
    """Of a line that says nothing of a subject, whether it is one of copyright, a publisher or pages."""
    others = _STOP.split(line)[1:]
    if any(len(part.split()) > _ABBREVIATED and not _names_holder(part) for part in others):
        return False  # the next sentence
    if _COMMENT.fullmatch(line):
        return _COUNTS.match(line) is not None
    if _COMPANY.fullmatch(line) or _PUBLISHED_BY.fullmatch(line):
        return True
    published = _PUBLISHED.fullmatch(line)
    if published is not None:
        return _HOLDER.search(published["by"] or published["with"]) is not None
    if _YEAR_FIRST.fullmatch(line) or _YEAR_LAST.fullmatch(line):
        return _HOLDER.search(line) is not None
    found = _COPYRIGHT.fullmatch(line)
    if found is None or (line[:3].lower() == "(c)" and not _SMALL_MARK.match(line)):
        return False
    return _names_holder(found["rest"])


def _names_holder(part: str) -> bool:
    return _HOLDER.search(part) is not None or _DATED.match(part) is not None
