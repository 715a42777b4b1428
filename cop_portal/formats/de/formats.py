"""Dates in German."""

DATE_FORMAT = "j. F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = r"j. F Y, H:i \U\h\r"
SHORT_DATE_FORMAT = "j. N Y"
SHORT_DATETIME_FORMAT = r"j. N Y, H:i \U\h\r"
MONTH_DAY_FORMAT = "j. F"
