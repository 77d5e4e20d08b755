/*
 * How many requests at once: grown while that brings more, cut back when the
 * server asks for less. Additive increase, multiplicative decrease as in TCP
 * (Chiu and Jain, 1989), judged once a second by what got done. Pure.
 */
#ifndef DRAY_HTTP_PACE_H
#define DRAY_HTTP_PACE_H

#include <dray/base.h>

struct dray_pace {
	unsigned limit;   /* requests at once, now */
	unsigned max;     /* 1 to DRAY_HTTP_CONNECTIONS_MAX */
	bool is_settled;  /* growth stopped paying once: from here on smaller steps */
	unsigned held;    /* windows in which the limit held back and nothing was gained */
	unsigned untried; /* the limit before a try at more; 0: none is being made */
	/* of the window that is open */
	int64_t opened_ns;
	uint64_t answers;
	uint64_t bytes;
	uint64_t failures;
	bool is_full; /* the limit held something back */
	/* of the one before */
	double answers_rate; /* per second */
	double bytes_rate;
	int64_t frozen_until_ns; /* after a throttle: no growth */
};

void dray_pace_init(struct dray_pace *pace, unsigned max);
/* A request was answered, with so many bytes moved either way. */
void dray_pace_answer(struct dray_pace *pace, uint64_t bytes);
/* The connection failed. */
void dray_pace_failure(struct dray_pace *pace);
/* The server asked to slow down (429, 503): at most one cut a second. */
void dray_pace_throttle(struct dray_pace *pace, int64_t now_ns);
/* A request waits for its turn. */
void dray_pace_wait(struct dray_pace *pace);
/* Call often; judges when a window is over. */
void dray_pace_tick(struct dray_pace *pace, int64_t now_ns);

#endif
