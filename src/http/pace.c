/* Growing and shrinking the number of requests at once. Decides; does nothing. */
#include "pace.h"

/* Enough to find out whether more brings more; few enough not to be refused at once. */
#define START 32

#define WINDOW_NS INT64_C(250000000)
#define FREEZE_NS INT64_C(3000000000)

/* Less gain than this is noise. */
#define GAIN 1.05

/* Two seconds at what seems the best before more is tried. */
#define HOLD_WINDOWS 8

void dray_pace_init(struct dray_pace *pace, unsigned max)
{
	*pace = (struct dray_pace){.limit = max < START ? max : START, .max = max};
}

void dray_pace_answer(struct dray_pace *pace, uint64_t bytes)
{
	pace->answers++;
	pace->bytes += bytes;
}

void dray_pace_failure(struct dray_pace *pace)
{
	pace->failures++;
}

void dray_pace_wait(struct dray_pace *pace)
{
	pace->is_full = true;
}

static void cut(struct dray_pace *pace, double factor)
{
	pace->is_settled = true;
	pace->untried = 0;
	pace->limit = (unsigned)((double)pace->limit * factor);
	if (pace->limit == 0)
		pace->limit = 1;
}

void dray_pace_throttle(struct dray_pace *pace, int64_t now_ns)
{
	/* those sent before the cut are answered after it: they say nothing new */
	if (now_ns < pace->frozen_until_ns - FREEZE_NS + INT64_C(1000000000))
		return;
	cut(pace, 0.7);
	pace->frozen_until_ns = now_ns + FREEZE_NS;
}

static void grow(struct dray_pace *pace)
{
	pace->limit += pace->limit / (pace->is_settled ? 4 : 2) + 1;
	if (pace->limit > pace->max)
		pace->limit = pace->max;
	pace->held = 0;
}

/*
 * Until the limit held something back it was not tried, and nothing follows. It grows by half while
 * that pays. When it no longer does, more is tried now and then, and given up if it brings nothing:
 * a network is not the same for hours.
 */
static void adapt(struct dray_pace *pace, bool is_gain)
{
	unsigned untried = pace->untried;

	pace->untried = 0;
	if (!pace->is_full)
		return;
	if (is_gain) {
		grow(pace);
		return;
	}
	pace->is_settled = true;
	if (untried != 0) {
		pace->limit = untried;
		return;
	}
	if (++pace->held < HOLD_WINDOWS)
		return;
	pace->untried = pace->limit;
	grow(pace);
}

void dray_pace_tick(struct dray_pace *pace, int64_t now_ns)
{
	double seconds = (double)(now_ns - pace->opened_ns) / 1e9;

	if (pace->opened_ns == 0)
		pace->opened_ns = now_ns;
	if (now_ns - pace->opened_ns < WINDOW_NS || pace->answers + pace->failures == 0)
		return;
	double answers_rate = (double)pace->answers / seconds;
	double bytes_rate = (double)pace->bytes / seconds;
	/* more than one in fifty broken: a box on the way has too many connections */
	if (pace->failures > 1 && pace->failures * 50 > pace->answers)
		cut(pace, 0.8);
	else if (now_ns >= pace->frozen_until_ns)
		adapt(pace, answers_rate > pace->answers_rate * GAIN ||
				    bytes_rate > pace->bytes_rate * GAIN);
	pace->opened_ns = now_ns;
	pace->answers_rate = answers_rate;
	pace->bytes_rate = bytes_rate;
	pace->answers = 0;
	pace->bytes = 0;
	pace->failures = 0;
	pace->is_full = false;
}
