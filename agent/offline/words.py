"""The English of questions: function words, verbs of relation, comparisons, superlatives, and what is out of reach.

Phrases are sequences of normalised pieces (lower case; nouns singular). Domain words (equipment, quantities) are not
here: they come from the twin library and the plant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agent.vocabulary.function_words import FunctionWords
from agent.vocabulary.tokens import pieces

Phrase = tuple[str, ...]

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
ORDINALS = {
    "ground": 0, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
SINGULAR_PRONOUNS = frozenset({"it", "its", "it's", "itself", "that", "this", "one"})
PLURAL_PRONOUNS = frozenset({"they", "them", "their", "those", "these", "they're"})
_UNIT_WORDS = {
    "°C": "°c c celsius centigrade degree deg k degc", "°F": "°f f fahrenheit degf", "%": "% percent pct", "kW": "kw kilowatt", "W": "w watt",
    "MW": "mw", "kWh": "kwh", "MWh": "mwh", "Pa": "pa pascal", "kPa": "kpa", "bar": "bar", "ppm": "ppm", "rpm": "rpm", "Hz": "hz hertz",
    "V": "v volt", "A": "a amp ampere", "mm/s": "mm", "L/s": "l", "m": "m", "cfm": "cfm", "psi": "psi", "lux": "lux", "h": "h hour hr",
    "min": "minute min", "s": "second sec", "d": "day", "K": "kelvin", "week": "week",
}  # fmt: skip
UNITS: dict[str, str] = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
MEASURE_UNITS = frozenset(UNITS) - {"a", "c", "f", "l", "m", "v", "w", "s", "k", "d", "h"}


@dataclass(frozen=True, slots=True)
class Relation:
    """A verb between two things. ``active``: its subject is the source ("feeds"); else its target ("is fed by")."""

    kind: Literal["feed", "within", "contain", "part", "has", "lack", "connect", "feed_or_part"]
    active: bool = True
    direct: bool = False
    finite: bool = False
    """A verb form that makes a clause ("feeds"), not only a participle ("feeding")."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """“hottest”: which end, and the quantity it implies."""

    end: Literal["max", "min"]
    quantity: frozenset[str] = frozenset()
    count: bool = False
    """“most”, “fewest”: of things, unless a quantity follows."""


@dataclass(frozen=True, slots=True)
class Compare:
    comparison: Literal["<", "<=", ">", ">=", "=", "!="]
    quantity: frozenset[str] = frozenset()


_TAGS: dict[Phrase, list[tuple[str, Any]]] = {}


def _tag(tag: str, value: Any, *phrases: str) -> None:
    for line in phrases:
        for text in line.split("|"):
            _TAGS.setdefault(tuple(piece.norm for piece in pieces(text.strip())), []).append((tag, value))


def _fill() -> None:
    _tag(
        "count",
        None,
        "how many|number of|the number of|count|count of|how many different|total number of|what number of|how many of|quantity of|tally|count up|amount of",
    )
    _tag("howmuch", None, "how much")
    _tag(
        "which",
        None,
        "which|wat|what|what are|what is|what's|whats|which one|which of|whichever|what all|which are|which is|wich|what were|what was",
    )
    _tag(
        "where",
        None,
        "where|where is|where's|where are|whereabouts|locate|location of|what is the location of|in which place|find the location of",
    )
    _tag("when", None, "when|at what time|what time|since when")
    _tag(
        "why",
        None,
        "why|how come|what is the reason|reason|explain why|what caused|what causes|root cause|because|cause of",
    )
    _tag("how", None, "how|how's|how is|how are")
    _tag(
        "list",
        None,
        "list|show|show me|name|give me|give|gimme|lemme see|wanna see|wanna know|i wanna know|run me through|read me|read out|spell out|itemise|itemize|rattle off|enumerate|find|get|display|print|fetch|show us|list out|list all|tell me|let me see|i want|i need|i'd like|report|provide|return|i want to know|do you know|can you tell me|could you tell me|please tell me|let me know|identify|pull up|look up|search for|i would like to know|check|want to see|see|can i see|any idea",
    )
    _tag(
        "highlight",
        None,
        "highlight|point out|mark|zoom to|zoom in on|fly to|focus on|show in 3d|show in the model|show on the map|in 3d|in the 3d view|in the 3d pane|on the map|in the model|in the scene|take me to|colour|color|light up",
    )
    _tag(
        "compare",
        None,
        "compare|comparison|comparison of|difference between|versus|vs|compared to|compared with|against|contrast|how does|relative to",
    )
    _tag("rank", None, "rank|ranking|sort|order|ranked|sorted|ordered|ranking of")
    _tag(
        "describe",
        None,
        "describe|tell me about|about|details of|details|detail|information|info|information on|information about|info on|overview|summary|summarise|summarize|tell me more about|tell me everything about|what do you know about|everything about|what can you tell me about|more about|give me details|profile of|specification",
    )
    _tag(
        "aux",
        None,
        "is|are|was|were|be|been|being|am|does|do|did|doe|has been|have been|had|can|could|may|might|should|ought to|must|it's|isn't it|are there any",
    )
    _tag(
        "will",
        None,
        "will|going to|gonna|shall|expected to|about to|likely to|predict|forecast|prediction|projected|estimate",
    )
    _tag("not", None, "not|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|never|neither|cannot|nor")
    _tag("and", None, "and|&|as well as|plus|,|and also|;|but|then|and then")
    _tag("or", None, "or|either")
    _tag("that", None, "that|which|who|whose")
    _tag(
        "there",
        None,
        "there|there is|there are|there's|exist|exists|existing|do we have|do you have|we have|have we got|have got|are there|is there|got|available|present|installed|were there|was there|you have|does it have got|out there",
    )
    _tag("of", None, "of|for|'s|from")
    _tag(
        "in",
        None,
        "in|on|at|inside|within|down in|over in|up in|over at|out in|out on|down on|over on|located in|located on|located at|situated in|situated on|across|throughout|installed in|installed on|housed in|found in|found on|sitting in|on top of|belonging to|placed in|placed on|mounted on|mounted in|sit in|sit on|sits in|sits on|up on|around",
    )
    _tag(
        "by",
        None,
        "by|per|for each|for every|broken down by|grouped by|split by|by each|for each of|group by|according to|in terms of|in each|on each|each|every|on every|in every|at each|break down by|broken out by",
    )
    _tag("to", None, "to|into|towards")
    _tag("with", Relation("has"), "with|having|equipped with|fitted with|that has got")
    _tag(
        "all",
        None,
        "all|every|each|any|everything|some|whole|entire|overall|in total|altogether|total|combined|in all|both",
    )
    _tag("det", None, "the|teh|a|an|our|my|your|this|these|those|its|their|his|her|one")
    _tag("outside", None, "outside|outdoors|out of doors|out there")
    _tag(
        "everything",
        None,
        "plant|facility|premises|complex|estate|model|plant model|building model|graph|knowledge graph|dataset|database|digital twin|twin|building management system|bms|campus|site|portfolio",
    )
    _tag("unit", "°F", "fahrenheit|degrees fahrenheit|degree f|deg f|°f|f")
    _tag("unit", "°C", "celsius|degrees celsius|centigrade|degree c|deg c|°c|c")
    _tag("unit", "kW", "kilowatts")
    _tag("unit", "W", "watts")
    _tag("unit", "MW", "megawatts")
    _tag("unit", "kWh", "kilowatt hours")
    _tag("unit", "MWh", "megawatt hours")
    _tag("unit", "psi", "psi")
    _tag("unit", "bar", "bars")
    _tag("unit", "kPa", "kilopascals")
    _tag("unit", "Pa", "pascals")
    _tag("direct", None, "directly|immediately|straight")
    _tag("via", None, "through|via|by way of")
    _tag("mode", None, "mode|operating mode|which mode|what mode")
    _tag(
        "seen",
        None,
        "last report|last reported|last reading|last seen|last updated|last update|last heard from|last communicated|last send data|last sent data|last talked|last time it reported|newest reading|most recent reading|latest update|how fresh|reporting|still reporting|still communicating|still sending data|how old is the reading|how old are the readings|how recent",
    )
    _tag("deviate", None, "away from|off|from|out from|off from|of|adrift of|away")
    _tag("than", None, "than|as")
    _tag(
        "thing",
        None,
        "equipment|asset|thing|everything|machine|machinery|unit|device|item|piece of equipment|component|hardware|plant equipment|system|anything|something|stuff|what|gear|installation|element|object|kit|equipment item|part|subcomponent|sub-component|subsystem",
    )
    _tag(
        "kind",
        None,
        "kind of|type of|sort of|kinds of|class of|category of|kind|type|class|category|variety|what kinds of|different kind of|different type of|types of|sorts of|classes of|categories of",
    )
    _tag("between", None, "between|from|ranging from")
    _tag(
        "fail",
        None,
        "fails|fail|failed|stops|stop|stopped|goes down|go down|goes offline|went down|breaks|break|breaks down|break down|broke down|dies|die|trips|trip|is shut down|shuts down|shut down|is switched off|is turned off|is off|is lost|is out of service|goes out|outage|outage of|failure of|loss of|fault in|is down|lose|lost|if we lose|stopping|failing|quits|quit|stops working|is taken offline|taken offline|is removed|is isolated|goes off|shutdown of|were to fail|were to stop|would fail|should fail|conks out|packs up|is unavailable|tripping|shutting down|fails on|is stopped|is offline",
    )
    _tag(
        "impact",
        None,
        "loses|lose|loses service|lose service|lose supply|loses supply|affected|is affected|are affected|be affected|impacted|impact|impact of|consequence|consequences|consequence of|happens|happen|suffer|suffers|what happens|go without|goes without|cut off|be cut off|without air|lose air|loses air|lose cooling|loses cooling|lose heating|lose water|loses water|loses heating|lose power|loses power|left without|effect of|effect|depends solely on|disrupted|stop working|stops working|be without|knock on|goes dark|go dark|out of action|blackout|black out|starved|starve|collateral damage|collateral|fallout|ripple effect|knock-on effect|repercussion|hit by|suffering|notice|take down|takes down|bring down|brings down|loses supply|lose their supply|left in the dark|left without cooling|left without heat|left without power|left without air",
    )
    _tag(
        "upstream",
        None,
        "upstream|upstream of|up the line|feeds into|supply chain|source of|comes from|come from|originate|supply source|supply path",
    )
    _tag("downstream", None, "downstream|downstream of|down the line|below it")
    _tag(
        "path",
        None,
        "path|path from|trace|trace the path|trace path|route|route from|how is connected|how are connected|connection between|path between|route between|chain from|linked|connect|connected|how do i get|related",
    )
    _tag(
        "limit",
        None,
        "limit|limits|threshold|thresholds|alarm limit|alarm limits|operating limit|operating limits|within limits|within its limits|within their limits|within range|in range|in its range|within its range|allowed range|normal range|operating range|permitted range|acceptable range|alarm threshold|alarm thresholds|warning limit|warning limits|out of its limits",
    )
    _tag(
        "risk",
        None,
        "most critical|critical|riskiest|most at risk|at risk|risk|highest risk|biggest risk|greatest risk|risks|priority|priorities|most important|most urgent|urgent|worry about|worried about|worry|attention|needs attention|need attention|needs my attention|most likely to fail|should i look at|look at first|top risk|top risks|top problems|in the worst shape|worst condition|most vulnerable|concern|concerns|concerned about|criticality|vulnerable|hot spots|should we fix first|weakest|health ranking|least healthy|needing attention|check first|focus on first|prioritise|prioritize",
    )
    _tag(
        "status",
        ("alarm",),
        "in alarm|alarm|alarms|in alarm state|alarming|any alarms|raised alarms|active alarm|active alarms|open alarm|out of limits|beyond limits|over limits|outside limits|in an alarm|critical alarm|have an alarm|alerts|alert|active|out of range|outside its limit|outside their limit|exceeding limits",
    )
    _tag(
        "status",
        ("unknown",),
        "no readings|has no readings|have no readings|without readings|without any readings|no data|has no data|have no data|without data|without any data|never reported|no values|have no values",
    )
    _tag("status", ("warning",), "in warning|warning|warnings|warn")
    _tag(
        "status",
        ("stale",),
        "stale|offline|haven't reported|have not reported|hasn't reported|has not reported|not reported|haven't updated|didn't report|did not report|without recent data|no recent data|have no recent data|haven't sent data|not reporting|silent|stopped reporting|no longer reporting|stuck|not updating|not responding|stopped sending|stopped updating|not communicating|dead|out of date|outdated|not sending data|not sending|lost communication|old data|gone quiet|unresponsive|frozen|flatlined",
    )
    _tag(
        "status",
        ("normal",),
        "normal|ok|okay|healthy|ready|ready to run|ready for use|fine|in normal state|in good order|good|alright|all right",
    )
    _tag(
        "status",
        ("alarm", "warning"),
        "faulty|unhealthy|abnormal|broken|in trouble|in fault|having problems|have problems|has problems|problematic|malfunctioning|defective|misbehaving|acting up|not ok|not okay|not normal|not healthy|in bad shape|bad|underperforming|unwell|has a problem|have a problem|with problems|has issues|have issues|with issues",
    )
    _tag(
        "wrong",
        None,
        "wrong with|wrong|the matter with|the matter|the problem with|the issue with|up with|problem|issue|problems|issues|trouble|status|state|condition|health|status of|state of|condition of|health of|doing|how is it doing|going on|going on with|fault|faults|happening with|happening|diagnose|check up on|in shape|shape|anomaly|abnormality|unusual|strange|odd|weird|suspicious|fishy|out of the ordinary|performing|performance|behaving",
    )
    _tag(
        "state",
        "on",
        "running|run|ran|runs|on|switched on|turned on|operating|working|in operation|active|enabled|energised|energized|up|started|in service|up and running|live|operational",
    )
    _tag(
        "state",
        "off",
        "off|switched off|turned off|stopped|idle|not running|disabled|de-energised|standing still|at a standstill|out of service|down|shut off",
    )
    _tag(
        "use",
        None,
        "use|uses|used|consume|consumes|consumed|draw|draws|drew|drawn|using|consuming|drawing|usage|consumption|consumption of|usage of|go through|burn|burns|burned|burnt|burning|spend|spent|produce|produces|produced|producing|generate|generates|generated|generating|put out|puts out|delivering|making",
    )
    _tag(
        "read",
        None,
        "read|reads|reading|readings|value|value of|current value|measurement|measure|measures|show|shows|data|data of|latest|level|levels|report|reports|reported|measured|recorded|record|register|registered|reached|reach|get|got|hit|go|went|run at|runs at|ran at|be at|stand at|sitting at|currently at|indicate|indicates|figure|figures|number|how high|how low|how strong|how large|how great|how heavy|average out|see|saw|seen|trend|trended|history|historical|profile|look|looking|behave|behaved|behaviour|behavior|perform|performed|like|looked",
    )
    _tag(
        "setpoint",
        None,
        "setpoint|set point|target|set-point|set points",
    )
    _tag(
        "longest",
        None,
        "how long|how many hrs|for how long|how many hours|duration|how many minutes|how much time|what fraction of the time|time spent|hours",
    )
    _tag("often", None, "how often|how frequently|how many times|frequency with which")
    _tag(
        "polite",
        None,
        "would|please|kindly|thanks|thank you|hi|hello|hey|good morning|good afternoon|could you|can you|would you|can we|i wonder|i was wondering|just|quickly|actually|also|too|again|so|well|ok so|okay so|um|uh|plantroom|exactly|precisely|really|maybe|perhaps|roughly|approximately|about|around|then|me|us|we|i|you|i'm|do you think|think|know|would like|want|like to|in the plant|on site|in the system|in this plant|in our plant|here|on our site|at our site|in the model|whole|currently|at all|each one|actually|there|only|even|still|own|together|in use|way|ever|yet|already|same|me a|exact|tell|say|says|whether|if|when|while|please list|ask|question|my|mine|out|far|it all|full|complete|simply|basically|kinda|a bit|fully|completely|entirely|totally|partly|slightly|obviously|clearly|apparently|seriously|honestly|frankly|literally|usually|normally|generally|typically speaking|instantly|physically|overall speaking|right here|over here|lately|recently|of late|sit|sits|mate|buddy|pal|guys|folks|team|everyone|boss man|sir|madam|dude|man|alright then|look here|hmm|hm|er|erm|uhm|ah|oh|wow|wait|sorry|excuse me|pardon|btw|by the way|fyi|asap|pls|plz|ty|cheers mate|quick question|quick one|one more thing|another question|next question|i need to know|i'd like to know|we'd like to know|we need to know|we want to know|would love to know|i have a question|can you check|could you check|can you look up|have a look|take a look|look at|looking at|looking for|trying to find|trying to find out|find out|figure out|work out|remind me|refresh my memory|help me find|help me understand|let us know|got a minute|if possible|if you can|when you can|as well|too please|for us|for me|to me|to us|for my report|for the report|for my records|for the shift log|for the handover|in detail|in short|briefly|in brief|in one sentence|at a glance|in general|in particular|in fact|of course|sure|yes|no worries|no problem|yeah|yep|nope|indeed|somehow|somewhere|else|instead|meanwhile|anyway|anyways|however|though|although|therefore|thus|hence|since you ask|you see|you know|i mean|i guess|i suppose|i believe|i think|i heard|they say|supposedly|allegedly|presumably|possibly|probably|hopefully|luckily|unfortunately|sadly|happen to|happens to be|turn out|seem|seems|seem to|seems to|seemed|appear|appears|appear to|appears to be|tend to|used to be|able to|need to know|number wise|correct|true|false|real|really need|various|several|multiple|other|others|another|additional|extra|such|sorts|bunch of|lot of|lots of|plenty of|couple of|few of|the following|following|aforementioned|above mentioned|said|listed|mentioned|available right now|connected right now|out of|among|amongst|between them|for all|for any|with respect to|regarding|concerning|as for|as to|when it comes to|in the case of|with regard to|in relation to|let's|lets|go ahead|need|per|called|named|name|names|ids|id|on average|respective|respectively|corresponding|specific|certain|given|particular|main|individual|single|along|sort|current|present",
    )
    _tag(
        "agg",
        "mean",
        "average|mean|avg|averaged|averaging|averages out|on average|average of|typical|typically|mean value|avg of|averages",
    )
    _tag(
        "agg",
        "max",
        "maximum|max|peak|peaked|maximal|peak value|highest value|top value|at most|all time high|high point|spike|spiked|at its highest|at its peak|at its hottest|at its warmest",
    )
    _tag(
        "agg",
        "min",
        "minimum|min|minimal|lowest value|low point|trough|at least value|dip|dipped|at its lowest|at its coldest",
    )
    _tag("agg", "sum", "sum|sum of|total of|added up|cumulative")
    _tag(
        "agg",
        "change",
        "change|change in|changed|rise|rose|rise in|risen|drop|dropped|drop in|fell|fallen|increase|increased|increase in|decrease|decreased|decrease in|went up|went down|go up|climb|climbed|drift|drifted|grown|grew|declined|decline|vary by",
    )
    _tag(
        "agg",
        "range",
        "range|spread|swing|span|variation range|fluctuate|fluctuated|fluctuation|vary|varied|variation",
    )
    _tag("agg", "stddev", "standard deviation|stddev|variability|deviation|std|std dev|how stable|stability")
    _tag("agg", "first", "first value|first reading|earliest")
    _tag(
        "agg",
        "last",
        "last value|last reading|most recent|most recent value|last known|last known value|latest reading|latest value|last measured|last recorded",
    )
    _tag(
        "agg",
        "count",
        "number of readings|how many readings|how many samples|number of samples|count of readings|how many measurements|how many data points|how many values",
    )
    _tag(
        "cmp",
        Compare(">"),
        "above|over|more than|greater than|higher than|exceed|exceeds|exceeded|exceeding|beyond|>|bigger than|larger than|in excess of|warmer than|hotter than|go over|went over|went above|go above|rise above|rose above|upwards of|north of|past|surpass|surpassed|faster than|longer than|stronger than|top|not below|in the excess of|climb above|get above|got above|gone above|gone over|been above|been over|gone beyond|creep above|crept above|spiked above|stay above|stayed above|remain above|remained above",
    )
    _tag(
        "cmp",
        Compare("<"),
        "below|under|less than|lower than|fewer than|beneath|<|smaller than|colder than|cooler than|fell below|fall below|drop below|dropped below|went below|go below|went under|short of|slower than|underneath|dip below|dipped below|get below|got below|shorter than|gone below|gone under|been below|been under|stay below|stayed below|remain below|remained below|sink below",
    )
    _tag(
        "cmp",
        Compare(">="),
        "at least|>=|or more|minimum of|no less than|not less than|≥|no fewer than|or above|or higher",
    )
    _tag(
        "cmp",
        Compare("<="),
        "at most|<=|or less|up to|no more than|not more than|maximum of|≤|or fewer|not above|or below|or lower",
    )
    _tag("cmp", Compare("="), "equal to|equals|=|exactly|equal|set to|reading exactly|at exactly")
    temperature = frozenset({"temperature"})
    _tag("sup", Extreme("max", temperature), "hottest|warmest")
    _tag("sup", Extreme("min", temperature), "coldest|coolest|chilliest")
    _tag("sup", Extreme("max", frozenset({"humidity"})), "most humid|dampest|wettest")
    _tag("sup", Extreme("min", frozenset({"humidity"})), "driest|least humid")
    _tag("sup", Extreme("max", frozenset({"vibration"})), "shakiest|roughest|most vibrating")
    _tag("sup", Extreme("max", frozenset({"filter", "pressure"})), "dirtiest|most clogged|most blocked")
    _tag("sup", Extreme("min", frozenset({"filter", "pressure"})), "cleanest")
    _tag(
        "sup",
        Extreme("max", frozenset({"power"})),
        "most power hungry|hungriest|biggest consumer|largest consumer|most energy hungry",
    )
    _tag(
        "sup",
        Extreme("max", frozenset({"co"})),
        "stuffiest|worst air|air worst|air quality worst|air is worst|poorest air|worst air quality|poorest air quality|stalest air",
    )
    _tag("sup", Extreme("min", frozenset({"co"})), "best air|best air quality|freshest air")
    _tag("sup", Extreme("max", frozenset({"speed"})), "fastest")
    _tag("sup", Extreme("min", frozenset({"speed"})), "slowest")
    _tag("sup", Extreme("max"), "highest|largest|biggest|greatest|top|strongest|upper|maximum")
    _tag("sup", Extreme("min"), "lowest|smallest|weakest|bottom|minimum|poorest")
    _tag("sup", Extreme("max"), "worst")
    _tag(
        "sup",
        Extreme("max", count=True),
        "most|the most|largest number of|highest number of|greatest number of|maximum number of|most number of|biggest number of",
    )
    _tag(
        "sup",
        Extreme("min", count=True),
        "fewest|least|the least|the fewest|smallest number of|lowest number of|minimum number of|least number of",
    )
    for adjective, tokens in (
        ("hot|warm|hotter|warmer|cold|cool|colder|cooler|chilly|freezing|degrees|many degrees", temperature), ("humid|damp|dry", frozenset({"humidity"})),
        ("blowing|blows|discharging", frozenset({"supply", "temperature"})), ("fast|quick|slow|spin|spins|spinning|rotate|rotates|rotating", frozenset({"speed"})), ("windy", frozenset({"wind", "speed"})), ("stuffy", frozenset({"co"})), ("full|empty", frozenset({"level"})), ("open|closed|shut", frozenset({"position"})),
        ("vibrating|shaking|vibrate|vibrates|vibrated|shake|shakes", frozenset({"vibration"})), ("loud|noisy", frozenset({"noise"})), ("dirty|clogged", frozenset({"filter", "pressure"})), ("occupied", frozenset({"occupancy"})),
    ):  # fmt: skip
        _tag("adjective", tokens, adjective)
    verbs = {
        "feed": "feeds|feed|supplies|supply|serves|serve|provides|provide|delivers|deliver|sends air to|send air to|ventilates|ventilate|conditions|cools|cool|heats|heat|powers|power|supplies air to|supply air to|provides air to|provide air to|delivers air to|deliver air to|distributes to|distribute to|drives|pushes air to|push air to|handles|handle|feeds air to|feed air to|supplies water to|supply water to|sends water to|provides heating to|provides cooling to|provide cooling to|provide heating to|supplies cooling to|supplies heat to|pumps water to|blows into|blow into|covers|cover|looks after|look after|is upstream of|are upstream of|is responsible for|takes care of|take care of|responsible for|supplies chilled water to|supplies hot water to|supply chilled water to|supply hot water to|supplies power to|supply power to|delivers water to|gives air to|give air to|pump water to|circulates water to",
    }
    _tag("rel", Relation("feed", True, finite=True), verbs["feed"])
    _tag(
        "rel",
        Relation("feed", True),
        "feeding|supplying|serving|providing|delivering to|delivering|ventilating|cooling|heating|powering|supplying air to|providing air to|conditioning|upstream of|feeding into|handling|covering|supplying water to|sending air to|that feeds into|supplying heat to|supplying chilled water to|supplying hot water to|supplying power to|feeding air to",
    )
    _tag(
        "rel",
        Relation("feed", True, direct=True, finite=True),
        "directly feed|directly feeds|directly supplies|directly supply|feeds directly|directly serves|directly serve|feed directly|immediately feeds|supply directly|serve directly|supplies directly|serves directly",
    )
    _tag(
        "rel",
        Relation("feed", False, direct=True),
        "directly fed by|directly supplied by|directly served by|fed directly by|served directly by|supplied directly by|directly downstream of|immediately downstream of",
    )
    _tag(
        "rel",
        Relation("feed", True, direct=True),
        "directly feeding|directly supplying|directly serving|immediately upstream of|directly upstream of",
    )
    _tag(
        "rel",
        Relation("feed", False),
        "fed by|fed from|supplied by|supplied from|served by|served from|powered by|powered from|cooled by|heated by|ventilated by|conditioned by|handled by|covered by|fed|supplied|served|downstream of|downstream from|fed off|supplied with air by|provided with air by|supplied with air from|looked after by|fed with air by|off of|connected downstream of|hanging off|hang off|hung off|supplied with water by|supplied with chilled water by|supplied with hot water by|supplied through|fed through|fed via|supplied via|powered|cooled|heated|ventilated|conditioned|behind|running off|run off|runs off",
    )
    _tag(
        "rel",
        Relation("feed", False, finite=True),
        "depend on|depends on|rely on|relies on|get air from|gets air from|get its air from|gets its air from|get their air from|receive air from|receives air from|receives its air from|get water from|gets water from|get chilled water from|gets chilled water from|get hot water from|gets hot water from|get power from|gets power from|get supplied by|gets supplied by|get supply from|draws from|draw from|take air from|takes air from|gets its supply from|get cooling from|get heating from|gets heating from|gets cooling from|are dependent on|is dependent on|dependent on|depending on|relying on|get its water from|gets its water from|gets its chilled water from|get its chilled water from|get its supply from|receive water from|receives water from|get heat from|gets heat from|get its heat from|get its power from|hangs off|get fed by|gets fed by|get its cooling from|get its heating from|receive chilled water from|receives chilled water from|gets its hot water from|get its hot water from|be supplied by|be fed by",
    )
    _tag(
        "rel",
        Relation("connect", True, finite=True),
        "connected to|connects to|linked to|attached to|hooked up to|tied to|associated with|related to|wired to|connect to|adjacent to|plumbed to|joined to|neighbours of|linked with|connected with",
    )
    _tag(
        "rel",
        Relation("part", True, finite=True),
        "part of|belong to|belongs to|a part of|parts of|components of|component of|subcomponents of|inside of|built into|make up|makes up|integrated in|member of|are parts of|element of|subsystems of|subsystem of|belonging to",
    )
    _tag(
        "rel",
        Relation("contain", True, finite=True),
        "contain|contains|containing|consist of|consists of|include|includes|including|comprise|comprises|house|houses|housing|comprising|composed of|made up of|made of|host|hosts|consisting of|hold|holds|made from|incorporate|incorporates",
    )
    _tag(
        "rel",
        Relation("within", True, finite=True),
        "is located in|are located in|lies in|lie in|located|situated|located inside|resides in|reside in|live in|lives in|stands in|stands on|stand in|stand on|is housed in|are housed in|are installed in|is installed in|installed",
    )
    _tag(
        "rel",
        Relation("has", True, finite=True),
        "has|have|had|has got|have got|own|owns|possess|possesses|features|feature|carries|carry|measures|got|do have|does have|comes with|come with|is equipped with|are equipped with|equip with",
    )
    _tag(
        "rel",
        Relation("lack", True, finite=True),
        "lack|lacks|lacking|without|missing|have no|has no|with no|don't have|doesn't have|do not have|does not have|having no|not have|without any|without a|have not got|hasn't got|haven't got|lack of|not equipped with|not fitted with|not having|are missing|is missing|short of|do not have any|don't have any|does not have any|doesn't have any|don't have a|doesn't have a|do not have a|does not have a|have got no|has got no|never got|not have a|not have any|aren't equipped with|isn't equipped with|are not equipped with|did not get|that lack|who lack|no|unequipped with|absent",
    )
    _tag(
        "except",
        None,
        "except|excluding|other than|apart from|besides|except for|but not|aside from|not counting|not including|leaving out|with the exception of|bar",
    )
    _tag("greet", None, "hello|hi|hey|good morning|good afternoon|good evening|greetings|howdy|hello there|hi there|yo")
    _tag(
        "thanks",
        None,
        "thanks|thank you|cheers|thx|many thanks|great|perfect|nice|awesome|got it|good job|well done|bye|goodbye|cool thanks",
    )
    _tag(
        "help",
        None,
        "help|what can you do|what can i ask|how do you work|what do you do|who are you|how can you help|what questions can you answer|what are you|help me|what can you help me with|what can you tell me|what do you know|how does this work|what are your capabilities|what is plantroom|introduce yourself|are you a bot|are you human|what should i ask|what may i ask",
    )
    _tag(
        "follow",
        None,
        "what about|how about|and|and what about|and for|and in|same for|the same for|and how about|what of|same question for|now for|do the same for|also for|repeat for|likewise for|ditto for|and now",
    )


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that is asked about but not known here, and what to say instead."""

    name: str
    says: str


WRITE_SAYS = "I cannot operate equipment or change the plant: I only read it. Ask the control room for that."
_TOPICS: dict[str, tuple[str, str]] = {
    "weather": (
        "I have no weather service or weather forecast; I only know what the plant's own sensors measured.",
        "weather|rain|raining|snow|sunny|sunshine|storm|cloudy|weather forecast|rainfall|hurricane|thunderstorm",
    ),
    "people": (
        "I have no record of people: who did, owns, installed or repaired something is not in the plant's data.",
        "who|whom|technician|contractor|installer|staff|employee|person|responsible person|contact|phone|phone number|email|shift|team|engineer on duty|on call|by whom|vendor|supplier|colleague|tenant|boss|manager|janitor|repairman|electrician|plumber",
    ),
    "work": (
        "I have no maintenance or work-order records yet, so I do not know what was repaired, serviced or replaced, or when.",
        "repaired|repair|serviced|service history|maintenance history|work order|work orders|replaced|replacement|inspected|inspection|last serviced|overhaul|overhauled|maintained|ticket|tickets|calibrated|calibration|fixed|last maintenance|next maintenance|maintenance due|due for maintenance|due|overdue|spare part|spare parts|purchase order|lubricated|maintenance cost|cleaned|commissioned|downtime",
    ),
    "cost": (
        "I know nothing of money: prices, costs and tariffs are not in the plant's data.",
        "cost|costs|price|prices|expensive|cheap|cheaper|money|budget|euro|euros|dollar|dollars|€|$|£|bill|invoice|tariff|pay|paid|payback|roi|worth|savings|save money|salary|rent",
    ),
    "nameplate": (
        "The plant model does not record that: no manufacturer, model, serial number, age, rating or warranty.",
        "manufacturer|manufactured|made by|brand|serial number|serial|model number|warranty|how big|how large|how tall|how heavy|year built|built in|how old|age|install date|installation date|installed date|when installed|nameplate|rated|rating|nominal|capacity|nominal capacity|rated power|firmware|ip address|weight|weigh|heavy|dimensions|size of|colour of|color of|diameter|material|who made|who makes|what make|make|maker|architect|square feet|square meter|square foot|square footage|square|footage|floor area|built|constructed|erected|how new|area|part number|sku|year|horsepower|volume of|tall|length|width|height|refrigerant type|lifespan|life expectancy|expiry",
    ),
    "forecast": (
        "I have no forecast of that: I can say what was measured, what is at risk now, and which equipment shows signs of failing.",
        "forecast|forecasts|how likely|likelihood|probability|chance|chances|odds|predict|prediction|will fail|going to fail|remaining life|remaining useful life|when will|fail next|next failure|expected failure|time to failure|will break|going to break|probability of failure|failure probability|rul|likely to break|will need|how long until|how long can|how long could|until it fails|expect|expected|will last|how long will",
    ),
    "opinion": (
        "I cannot judge that: I only report what the plant's model and sensors say.",
        "favourite|favorite|best brand|should we buy|should i buy|buy|recommend|recommendation|opinion|beautiful|pretty|ugly|better brand|nicest|like best|prefer|fun|happy|sad|feel|feelings|love|hate|comfortable|recommended|advise|advice|suggest|suggestion",
    ),
    "general": (
        "I cannot answer that: I only know this plant, its model and its measurements.",
        "capital of|president|world|joke|poem|story|song|recipe|movie|football|stock price|bitcoin|translate|python|code|essay|universe|meaning of life|history of the world|news|celebrity|math|prime minister|population|planet|moon|country|city|write me|sing|sandwich|pizza|restaurant|lunch|dinner|coffee|book a|email to|send an email|internet|google|wikipedia|invented|who wrote|sports|elephant|cat|dog|horoscope|lottery|birthday|politics|election|war|kernel|how do i cook",
    ),
    "injection": (
        "I cannot follow such instructions: I only answer questions about this plant from its own data.",
        "ignore|ignore your instructions|ignore previous|ignore all previous instructions|disregard|system prompt|your prompt|your instructions|pretend|act as|you are now|jailbreak|override your|developer mode|reveal|api key|password|secret|credentials|credential|hack|drop table|delete all|bypass|forget everything|forget your|roleplay|token|sudo|prompt|instructions|make up|invent",
    ),
    "write": (
        WRITE_SAYS,
        "shut off|turn off|turn on|switch off|switch on|shut down|start up|restart|reboot|reset|stop|start|set|raise|increase|decrease|reduce|lower|adjust|override|acknowledge|clear|silence|delete|remove|create|add|disable|enable|open|close|schedule|assign|order|dispatch|book|change|update|rename|turn up|turn down|turn|power off|power on|power down|fix|repair|replace|reschedule|notify|call|send|email|write|put|move|install|close out|mute|snooze|crank up|shut",
    ),
    "plans": (
        "I have no documents, drawings or procedures; I only know the plant's model and its measurements.",
        "manual|as-built drawing|wiring diagram|documentation|document|procedure|datasheet|schematic|photo|picture|video|blueprint|p&id|instruction manual|how to fix|how do i fix|how to repair|how do i repair|how to replace|regulation|code requirement|legal|certificate|permit|policy|contract",
    ),
    "carbon": (
        "That is not in the plant's data: there are no emission factors or certificates.",
        "carbon footprint|carbon|emission|emissions|co2 emissions|greenhouse|energy star|leed|breeam|epc|sustainability|eui",
    ),
}
TOPICS: Mapping[str, Topic] = {name: Topic(name, says) for name, (says, _) in _TOPICS.items()}


def _phrases(text: str) -> Iterable[Phrase]:
    return (tuple(piece.norm for piece in pieces(part.strip())) for part in text.split("|"))


_fill()
TOPIC_PHRASES: Mapping[Phrase, str] = {
    phrase: name for name, (_, words) in _TOPICS.items() if name != "write" for phrase in _phrases(words)
}
WRITE_PHRASES: frozenset[Phrase] = frozenset(_phrases(_TOPICS["write"][1]))
TAGS: Mapping[Phrase, list[tuple[str, Any]]] = _TAGS
LONGEST = max(len(phrase) for phrase in (*_TAGS, *TOPIC_PHRASES, *WRITE_PHRASES))
KNOWN: frozenset[str] = (
    frozenset(word for phrase in (*_TAGS, *TOPIC_PHRASES, *WRITE_PHRASES) for word in phrase)
    | frozenset(UNITS) | frozenset(NUMBER_WORDS) | frozenset(ORDINALS) | SINGULAR_PRONOUNS | PLURAL_PRONOUNS
    | frozenset(
        ["now", "today", "yesterday", "tomorrow", "tonight", "night", "morning", "afternoon", "evening", "overnight", "noon", "midnight", "last", "past", "previous", "next", "week", "month", "year", "hour", "minute", "second", "day", "since", "until", "before", "after", "during", "ago", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "am", "pm", "weekend", "moment", "present", "right", "hourly", "daily", "weekly", "monthly"]
    )
)  # fmt: skip

ENGLISH = FunctionWords(
    known=KNOWN,
    numbers=NUMBER_WORDS,
    ordinals=ORDINALS,
    ordinal_endings=frozenset({"st", "nd", "rd", "th"}),
    lowest_level="ground",
    topmost=frozenset({"top", "highest", "uppermost"}),
    bottommost=frozenset({"bottom", "lowest"}),
    numbering=frozenset({"number", "no", "num", "nr", "#", "."}),
    singular_pronouns=SINGULAR_PRONOUNS,
    plural_pronouns=PLURAL_PRONOUNS,
    pointing=frozenset({"that", "this"}),
    one="one",
    definite=frozenset({"the", "this", "our", "that"}),
    inside=frozenset({"in", "inside"}),
    restricting=frozenset({
        "that", "which", "who", "with", "without", "feeding", "serving", "supplying", "fed", "served", "supplied", "of", "on", "in",
        "lacking", "missing", "having", "where", "whose", "for", "above", "below", "over", "under",
    }),
    never_alone=frozenset({"'s", "the", "a", "an", "of", "in", "on", "at"}),
    units=frozenset(UNITS),
    measure_units=MEASURE_UNITS,
)  # fmt: skip
"""What linking needs to know of English."""
