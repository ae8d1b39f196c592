"""Readership: the file of readers, with what they say, what they were shown and what they get."""

from __future__ import annotations

from .answers import close_address, closed_since, count_once, open_address, stop, wants_mail
from .changes import Change, Changes, changes_since
from .community import Community, RowDay, RowSignal, RowVote, community_of
from .curation import Curated, CuratedDay, CuratedPaper, curate, curated_days, withdraw_day
from .database import readers_file
from .deliveries import (
    Delivery,
    State,
    all_deliveries,
    delivery_of,
    due,
    edition_of_mail,
    schedule,
    set_state,
)
from .editions import (
    Edition,
    NewEdition,
    add_editions,
    edition_by_number,
    edition_of,
    editions_of,
    last_edition,
    listing_of,
    shown_by_editions,
)
from .feed_keys import feed_key, reader_of_feed, revoke_feed
from .forgetting import Forgotten, forget
from .importing import DaysImported, import_days
from .interests import Interest, add_interests, drop_interests, interests_of
from .latest import days_with_editions, last_deliveries, last_editions
from .libraries import LibraryChange, add_library, take_back
from .opinions import Noted, Opinion, last_opinion, last_opinions, note, opinions_of, undo
from .profile import papers_to_leave_out, stored_profile, stored_profiles
from .readers import (
    Reader,
    add_reader,
    all_readers,
    change_reader,
    everybody,
    find_reader,
    reader_by_number,
    rename,
)
from .readership import Readership
from .signals import Signal, SignalsAdded, add_signals, signals_of
from .submissions import Submission, Submitted, decide, submissions, submit
from .summaries import Summary, everything_of, summaries
from .taken_papers import Taken, take_submissions
from .votes import Vote, VotesCast, cast_votes, take_back_votes, votes_of

__all__ = [
    "Change",
    "Changes",
    "Community",
    "Curated",
    "CuratedDay",
    "CuratedPaper",
    "DaysImported",
    "Delivery",
    "Edition",
    "Forgotten",
    "Interest",
    "LibraryChange",
    "NewEdition",
    "Noted",
    "Opinion",
    "Reader",
    "Readership",
    "RowDay",
    "RowSignal",
    "RowVote",
    "Signal",
    "SignalsAdded",
    "State",
    "Submission",
    "Submitted",
    "Summary",
    "Taken",
    "Vote",
    "VotesCast",
    "add_editions",
    "add_interests",
    "add_library",
    "add_reader",
    "add_signals",
    "all_deliveries",
    "all_readers",
    "cast_votes",
    "change_reader",
    "changes_since",
    "close_address",
    "closed_since",
    "community_of",
    "count_once",
    "curate",
    "curated_days",
    "days_with_editions",
    "decide",
    "delivery_of",
    "drop_interests",
    "due",
    "edition_by_number",
    "edition_of",
    "edition_of_mail",
    "editions_of",
    "everybody",
    "everything_of",
    "feed_key",
    "find_reader",
    "forget",
    "import_days",
    "interests_of",
    "last_deliveries",
    "last_edition",
    "last_editions",
    "last_opinion",
    "last_opinions",
    "listing_of",
    "note",
    "open_address",
    "opinions_of",
    "papers_to_leave_out",
    "reader_by_number",
    "reader_of_feed",
    "readers_file",
    "rename",
    "revoke_feed",
    "schedule",
    "set_state",
    "shown_by_editions",
    "signals_of",
    "stop",
    "stored_profile",
    "stored_profiles",
    "submissions",
    "submit",
    "summaries",
    "take_back",
    "take_back_votes",
    "take_submissions",
    "undo",
    "votes_of",
    "wants_mail",
    "withdraw_day",
]
