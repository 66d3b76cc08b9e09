"""Writes src/Core/Controllers/Cron/zones.csv from the IANA time zone data that Python's zoneinfo finds:

    python3 tools/zones.py 2025b > src/Core/Controllers/Cron/zones.csv

The argument names the release of the data. A line is: zone, offset at the start of 2020, then instant and offset of every change until the end of 2040, all in
seconds (instants since 1970-01-01T00:00:00Z).
"""
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = """Africa/Cairo Africa/Johannesburg Africa/Lagos Africa/Nairobi America/Anchorage America/Argentina/Buenos_Aires America/Bogota America/Chicago America/Denver
America/Halifax America/Lima America/Los_Angeles America/Mexico_City America/New_York America/Phoenix America/Santiago America/Sao_Paulo America/St_Johns
America/Toronto America/Vancouver Asia/Bangkok Asia/Dhaka Asia/Dubai Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Karachi Asia/Kathmandu Asia/Kolkata Asia/Manila
Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Taipei Asia/Tehran Asia/Tokyo Atlantic/Reykjavik Australia/Adelaide Australia/Brisbane
Australia/Lord_Howe Australia/Perth Australia/Sydney Etc/UTC Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Brussels Europe/Copenhagen Europe/Dublin Europe/Helsinki
Europe/Istanbul Europe/Kyiv Europe/Lisbon Europe/London Europe/Madrid Europe/Moscow Europe/Oslo Europe/Paris Europe/Prague Europe/Rome Europe/Stockholm Europe/Vienna
Europe/Warsaw Europe/Zurich Pacific/Auckland Pacific/Honolulu""".split()


def offset(zone, instant):
    return int(datetime.fromtimestamp(instant, zone).utcoffset().total_seconds())


def main():
    start = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())
    end = int(datetime(2041, 1, 1, tzinfo=timezone.utc).timestamp())
    print(f"# IANA time zones, release {sys.argv[1]}, 2020 to 2040; made by tools/zones.py")
    for name in ZONES:
        zone = ZoneInfo(name)
        cells = [name, str(offset(zone, start))]
        known = offset(zone, start)
        for day in range(start, end, 86_400):
            if offset(zone, day + 86_400) == known:
                continue
            low, high = day, day + 86_400
            while high - low > 1:
                middle = (low + high) // 2
                if offset(zone, middle) == known:
                    low = middle
                else:
                    high = middle
            known = offset(zone, high)
            cells += [str(high), str(known)]
        print(",".join(cells))


main()
