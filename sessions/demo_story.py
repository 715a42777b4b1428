"""What the demo community met for and will meet for: made up, every word of it. People by their demo ids."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Told:
    """One session. `topic` is a slug of the demo content; `going` and the others are demo ids."""

    topic: str = ""
    title: str = ""
    format: str = ""
    summary: str = ""
    doing: str = ""
    leads: tuple[str, ...] = ()
    note_taker: str = ""
    going: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()  # said yes and could not make it
    maybe: tuple[str, ...] = ()
    cant: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    wishes: dict[str, str] = field(default_factory=dict)
    capacity: int | None = None
    audience: str = "members"
    notes: str = ""
    notes_for_present: bool = False
    takeaways: tuple[str, ...] = ()
    team_may_try: str = ""
    cancel_reason: str = ""
    materials: tuple[tuple[str, str], ...] = ()  # when, and the title of a material of the library


# The sessions of the series, from the last one backwards.
PAST = (
    Told(
        topic="handing-over-outcomes",
        summary="We rehearse handing over a result instead of a list of steps, with one limit that holds.",
        doing="Say one hand-over aloud, hear what your partner would have done with it, and say it again.",
        leads=("ines",),
        note_taker="tomasz",
        going=("mira", "tomasz", "ravi", "hanna", "luis", "nour", "jo"),
        absent=("luis",),
        cant=("dele",),
        maybe=("peter",),
        takeaways=(
            "Name the limit before the aim: it is what people ask for first.",
            "The second try was half as long and twice as clear.",
            "“What would you need from me?” beats any status call.",
        ),
        team_may_try="Hand over one result this week in two sentences, and write down which question came back.",
        notes="We worked in pairs, twice ten minutes each. Most first tries were lists of steps in disguise. "
        "What helped was to say who would notice the difference, and when to come back with bad news.",
        materials=(("before", "A hand-over that states the limits and leaves the route open"),),
    ),
    Told(
        topic="feedback-late",
        summary="The conversation you owe somebody since spring: prepared with a partner, tried out once.",
        doing="Bring one overdue conversation. Your partner asks and does not advise.",
        leads=("nour",),
        note_taker="hanna",
        going=("mira", "ines", "hanna", "aiko", "dele", "tomasz"),
        cant=("ravi",),
        takeaways=(
            "Late is better than never if one says that it is late.",
            "Start from what you saw, not from what it means.",
        ),
        team_may_try="Give one piece of feedback within two days of seeing what it is about.",
        notes="Three of the six conversations have been held by now. All three were shorter than feared.",
        materials=(("during", "Handout: asking for feedback first"),),
    ),
    Told(
        topic="architecture-across-teams",
        summary="Dele brings a boundary between two teams that moves with every incident.",
        doing="Listen, ask for facts, then talk the case over while its owner only listens.",
        leads=("dele",),
        note_taker="aiko",
        going=("aiko", "ines", "luis", "mira", "nour"),
        absent=("mira",),
        cant=("hanna",),
        capacity=8,
        audience="leads",
        notes="Who said what stays here. The owner leaves with a first step: joint rules, tried for six weeks.",
        notes_for_present=True,
        takeaways=(
            "Ownership is easier to settle once both sides have been woken by it.",
            "A trial with an end date asks for less courage than a decision.",
        ),
        team_may_try="Ask the neighbouring team which of your alerts they would rather get themselves.",
        materials=(("after", "Two teams and one message queue"),),
    ),
    Told(
        topic="estimates-and-trust",
        summary="What an estimate promises, before we argue about its size.",
        doing="Write down what your last estimate promised and to whom.",
        leads=("luis",),
        going=("mira", "tomasz", "hanna"),
        cancel_reason="Half of us are at the product summit that day. The topic goes back to the list with its votes.",
    ),
    Told(
        topic="on-call-fair",
        summary="Three teams compare their rotas by sleep lost and causes removed.",
        doing="Hear three bets and their results, then say under which conditions each would fail with you.",
        leads=("mira", "dele"),
        note_taker="peter",
        going=("tomasz", "ravi", "hanna", "luis", "peter", "nour", "aiko"),
        absent=("ravi",),
        takeaways=(
            "Counting nights changed more than any rota.",
            "A rota is fair when people can swap without asking a lead.",
        ),
        team_may_try="Count the nights of the last quarter together, without names.",
        notes="Two teams borrow the swap board. One leaves it: their rota of three needs a fourth person, not a board.",
        materials=(("after", "One Friday in two for what slows us down twice"),),
    ),
    Told(
        topic="direction-on-one-page",
        summary="A page that a new engineer could act on, drafted in the room.",
        doing="Draft your page in silence, then read the page of somebody else and mark where you got lost.",
        leads=("ravi",),
        note_taker="luis",
        going=("ines", "tomasz", "luis", "dele", "aiko", "mira"),
        maybe=("nour",),
        takeaways=(
            "What we will not do is the most useful line of the page.",
            "A reader from elsewhere finds the gap in a minute.",
        ),
        team_may_try="Show the page to the newest colleague first.",
        notes="Nobody got beyond half a page, and everybody left with a better first paragraph.",
    ),
    Told(
        topic="leading-an-incident",
        summary="A table-top outage with roles that swap every ten minutes.",
        doing="Lead ten minutes of an outage that is not yours, then hand over.",
        leads=("mira",),
        note_taker="ines",
        going=("tomasz", "ines", "ravi", "jo", "peter", "dele", "hanna"),
        absent=("jo",),
        takeaways=(
            "The lead who does not type sees more.",
            "Say every five minutes what we know, what we do, when we speak again.",
        ),
        team_may_try="Swap who leads in the next small incident.",
        notes="The second round went calmer because somebody kept the clock.",
        materials=(
            ("before", "Leading an incident: the first fifteen minutes"),
            ("during", "Card: three hats for an incident"),
        ),
    ),
    Told(
        topic="upward-feedback",
        summary="Ways to invite criticism that do not punish whoever speaks first.",
        doing="Rewrite one question that you ask your team, so that “all fine” is no answer to it.",
        leads=("hanna", "aiko"),
        note_taker="nour",
        going=("mira", "ines", "tomasz", "luis", "nour"),
        takeaways=(
            "Ask for one thing, not for feedback.",
            "The first answer gets thanks and nothing else.",
        ),
        team_may_try="End the next retrospective with “what did I make harder for you?”.",
        notes="We collected eleven questions; four of them survived being said aloud.",
    ),
    Told(
        topic="is-this-worth-it",
        summary="Our own numbers and stories, and one thing to change.",
        doing="Write one story of use and one moment of waste.",
        leads=("aiko",),
        note_taker="mira",
        going=("mira", "ines", "tomasz", "ravi", "hanna", "luis", "dele", "nour"),
        absent=("dele",),
        takeaways=(
            "We start with everyone writing, not with a round of talking.",
            "Two weeks is right for now.",
        ),
        team_may_try="Nothing this time: this one was about us.",
        notes="The waste: introductions. We dropped them; the directory has them.",
    ),
)

# A few days ago, apart from the series: its feedback is open.
LAST = Told(
    topic="welcoming-newcomers",
    summary="A colleague’s first week, seen from the other side: pairs review each other’s plan.",
    doing="Bring the plan of a first week. Your partner reads it as if tomorrow were their first day.",
    leads=("hanna",),
    note_taker="peter",
    going=("mira", "tomasz", "ines", "luis", "aiko", "nour", "peter", "jo"),
    absent=("luis",),
    cant=("ravi",),
    takeaways=(
        "A first merged change on day two is worth more than five introductions.",
        "Name the person to ask, not the channel.",
    ),
    team_may_try="Let the newest colleague rewrite the first page of your guide.",
    notes="Four plans were swapped. Each came back shorter.",
)

# The series from the next session on; None is a date that nobody has planned yet.
COMING = (
    Told(
        topic="strong-engineer-hard-colleague",
        title="When a strong engineer does not want feedback",
        summary="Ines brings a case from her team: somebody who ships fast and closes every review with “works for "
        "me”. We listen, ask and offer. She decides.",
        doing="Listen to the case, ask for facts, then think aloud with the others while Ines only listens.",
        leads=("ines", "aiko"),
        going=("tomasz", "ravi", "hanna", "luis", "dele", "nour"),
        maybe=("peter",),
        cant=("jo",),
        wishes={"tomasz": "listen", "nour": "asked"},
        capacity=8,
        materials=(
            ("before", "The feedback equation"),
            ("before", "My strongest engineer reviews like a judge"),
        ),
    ),
    Told(
        topic="saying-no",
        summary="Short drills on declining work without closing the door.",
        doing="Say no to one real request three times, each time with a better second option.",
        leads=("ravi",),
        going=("mira", "ines", "jo"),
        maybe=("tomasz",),
        wishes={"jo": "present"},
        capacity=16,
    ),
    Told(
        topic="still-coding",
        summary="Four leads compare a month of calendars and what each of them gave up.",
        doing="Bring last month’s calendar and mark what only you could have done.",
        leads=("tomasz", "luis"),
        going=("dele",),
        materials=(
            ("before", "What left my calendar when I became a lead"),
            ("before", "No meetings before noon"),
        ),
    ),
    None,
)
BREAK_AFTER, BREAK_REASON = 4, "Company week"  # the date with this number from the next one falls into it

# Apart from the series, later; its seats are taken.
EXTRA = Told(
    title="What I wish my lead had asked me",
    format="talk",
    summary="Aiko’s former colleague, now a staff engineer elsewhere, tells of two leads: one who asked, one who knew.",
    doing="Write down one question you could ask on Monday, and try it on your neighbour.",
    leads=("aiko",),
    going=("mira", "nour", "dele", "hanna", "peter"),
    waiting=("tomasz", "luis"),
    capacity=5,
    audience="theme",
)

# What Mira is still thinking about; nobody else sees it yet.
DRAFT = Told(
    title="Two leads who disagree in front of everyone",
    format="practice-lab",
    summary="Not ready yet: three short scenes, and what the team hears in each.",
    leads=("mira",),
)
WOULD_LEAD = ("hanna",)  # the next date that nobody has planned yet

# Who voted for what. Nobody has more than three votes on topics that are still to come.
VOTES = {
    "growing-a-successor": ("mira", "ines", "tomasz", "ravi", "hanna", "nour", "peter"),
    "estimates-and-trust": ("luis", "tomasz", "aiko", "dele", "jo"),
    "too-much-in-flight": ("mira", "hanna", "dele", "nour"),
    "disagreeing-with-product": ("aiko", "luis", "jo"),
    "tired-team": ("hanna", "dele"),
    "interviewing-for-growth": ("ines", "peter"),
    "decision-notes": ("ravi",),
    "saying-no": ("ravi", "jo"),
    "strong-engineer-hard-colleague": ("ines", "nour"),
    "still-coding": ("tomasz", "luis"),
}
PROPOSED = {"first-ninety-days": "jo", "the-quiet-one-to-one": "peter", "paying-down": "luis"}
SET_ASIDE = {
    "after-the-incident": "The incident guild works on this until spring; we come back to it with their notes."
}

# Who comes to each session of the series, and whose calendar reads them, under which name.
EVERY_TIME = ("hanna", "jo")
CALENDARS = (("mira", "phone"), ("mira", "work"), ("ines", "laptop"))
