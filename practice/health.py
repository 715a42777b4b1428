"""What peer coaching tells of the community's health: aggregates, nothing about one member."""

from datetime import date

from practice.coaching import CoachingRound, GroupMember


def teams_together(start: date, end: date) -> list[list[int]]:
    """Returns the teams in each coaching group of rounds that ran between both days, once a person."""
    rounds = CoachingRound.objects.published().filter(starts_on__lte=end, ends_on__gte=start)
    groups: dict[int, list[int]] = {}
    members = GroupMember.objects.filter(round__in=rounds, member__team__isnull=False)
    for group, team in members.values_list("group", "member__team"):
        groups.setdefault(group, []).append(team)
    return list(groups.values())
