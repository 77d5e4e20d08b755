/* Moments as text: RFC 3339, section 5.6. */
#include <dray/base.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_NS INT64_C(1000000000)

struct scan {
	const char *at;
	bool is_good; /* false once anything did not fit; later reads are no-ops */
};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Exactly `digits` digits whose value is in [low, high]. */
static int64_t number(struct scan *scan, int digits, int64_t low, int64_t high)
{
	int64_t value = 0;

	for (int i = 0; scan->is_good && i < digits; i++) {
		scan->is_good = is_digit(*scan->at);
		if (scan->is_good)
			value = value * 10 + (*scan->at++ - '0');
	}
	scan->is_good = scan->is_good && value >= low && value <= high;
	return value;
}

/* One byte out of `some`, in upper case. */
static char one_of(struct scan *scan, const char *some)
{
	char byte = scan->is_good ? *scan->at : '\0';

	if (byte >= 'a' && byte <= 'z')
		byte = (char)(byte - 'a' + 'A');
	scan->is_good = byte != '\0' && strchr(some, byte) != NULL;
	if (scan->is_good)
		scan->at++;
	return byte;
}

static int64_t fraction_ns(struct scan *scan)
{
	int64_t value = 0;
	int64_t unit = SECOND_NS / 10;

	if (!scan->is_good || *scan->at != '.')
		return 0;
	scan->at++;
	scan->is_good = is_digit(*scan->at);
	for (; is_digit(*scan->at); scan->at++, unit /= 10)
		value += (*scan->at - '0') * unit;
	return value;
}

static int64_t offset_s(struct scan *scan)
{
	char sign = one_of(scan, "Z+-");

	if (sign == 'Z')
		return 0;
	int64_t hours = number(scan, 2, 0, 23);
	one_of(scan, ":");
	int64_t seconds = hours * 3600 + number(scan, 2, 0, 59) * 60;
	return sign == '-' ? -seconds : seconds;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_in(int64_t year, int64_t month)
{
	static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t before = year - 1;
	int64_t days = 365 * (year - 1970) + (before / 4 - before / 100 + before / 400) - 477;

	for (int64_t i = 1; i < month; i++)
		days += days_in(year, i);
	return days + day - 1;
}

bool dray_parse_time(const char *text, int64_t *out_ns)
{
	struct scan scan = {.at = text, .is_good = true};

	int64_t year = number(&scan, 4, 1970, 2261);
	one_of(&scan, "-");
	int64_t month = number(&scan, 2, 1, 12);
	one_of(&scan, "-");
	int64_t day = number(&scan, 2, 1, 31);
	one_of(&scan, "T ");
	int64_t seconds = number(&scan, 2, 0, 23) * 3600;
	one_of(&scan, ":");
	seconds += number(&scan, 2, 0, 59) * 60;
	one_of(&scan, ":");
	seconds += number(&scan, 2, 0, 60); /* a leap second is the next one */
	int64_t ns = fraction_ns(&scan);
	seconds -= offset_s(&scan);
	if (!scan.is_good || *scan.at != '\0' || day > days_in(year, month))
		return false;
	*out_ns = (days_since_1970(year, month, day) * 86400 + seconds) * SECOND_NS + ns;
	return true;
}

/* ------------------------------------------------------------------ showing */

/* The first seconds of the years 1 and 9999, so that no zone leads out of four digits. */
#define LOW_S INT64_C(-62135596800)
#define HIGH_S INT64_C(253370764800)

const char *dray_show_time(int64_t moment_s, int zone_minutes, char out[DRAY_TIME_TEXT_MAX])
{
	int zone = zone_minutes > -1440 && zone_minutes < 1440 ? zone_minutes : 0;
	int size = zone < 0 ? -zone : zone;
	time_t at = (moment_s < LOW_S ? LOW_S : moment_s > HIGH_S ? HIGH_S : moment_s) + zone * 60;
	struct tm tm;

	gmtime_r(&at, &tm);
	snprintf(out, DRAY_TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		zone < 0 ? '-' : '+', size / 60, size % 60);
	return out;
}
