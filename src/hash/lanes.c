/*
 * MD5 (RFC 1321) of many byte strings side by side. Each step of MD5 waits for the one before it,
 * so that a single string leaves most of a processor idle: here each element of a vector works on a
 * string of its own. Vectors are the compiler's (GCC's vector extensions), of 4 elements
 * everywhere; on x86 functions of 8 and 16 are there too, and the widest is chosen at run time.
 *
 * 1. Strings are taken in the caller's order: longest first, so that lanes become idle at about the
 *    same time.
 * 2. A lane goes through the whole blocks of its string where they lie, then, if the string ends
 *    there, through one or two padded ones.
 * 3. All lanes go on by as many blocks as the shortest has left; then it takes the next string.
 */
#include "lanes.h"

#include <endian.h>
#include <string.h>

#define BLOCK ((size_t)64)

typedef uint32_t vector4 __attribute__((vector_size(16)));
typedef uint32_t vector8 __attribute__((vector_size(32)));
typedef uint32_t vector16 __attribute__((vector_size(64)));
/* The same, as pairs of neighbours. */
typedef uint64_t pairs4 __attribute__((vector_size(16)));
typedef uint64_t pairs8 __attribute__((vector_size(32)));
typedef uint64_t pairs16 __attribute__((vector_size(64)));

/* a, b, c, d of RFC 1321, each of all lanes */
typedef uint32_t lanes_state[4][DRAY_LANES];

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t sines[64] = {0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf,
	0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51,
	0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6,
	0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
	0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8,
	0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82,
	0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

/* The four functions of RFC 1321, the first two with one operation less. */
#define F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define G(x, y, z) ((y) ^ ((z) & ((x) ^ (y))))
#define H(x, y, z) ((x) ^ (y) ^ (z))
#define I(x, y, z) ((y) ^ ((x) | ~(z)))

/* What does not wait for the step before is added first; left alone, GCC prefers another order. */
#ifdef __x86_64__
#define HAVE_NOW(sum) __asm__("" : "+v"(sum))
#else
#define HAVE_NOW(sum) ((void)0)
#endif

#define STEP(f, a, b, c, d, at, k, bits)                                \
	do {                                                            \
		(a) += m[(k) % 16] + sines[at];                         \
		HAVE_NOW(a);                                            \
		(a) += f(b, c, d);                                      \
		(a) = (((a) << (bits)) | ((a) >> (32 - (bits)))) + (b); \
	} while (0)
/* Four steps; step number `at` takes message word k(at). */
#define STEPS(f, at, k, r, s, t, u)                          \
	do {                                                 \
		STEP(f, a, b, c, d, at, k(at), r);           \
		STEP(f, d, a, b, c, (at) + 1, k(at + 1), s); \
		STEP(f, c, d, a, b, (at) + 2, k(at + 2), t); \
		STEP(f, b, c, d, a, (at) + 3, k(at + 3), u); \
	} while (0)
#define ROUND(f, at, k, r, s, t, u)                 \
	do {                                        \
		STEPS(f, at, k, r, s, t, u);        \
		STEPS(f, (at) + 4, k, r, s, t, u);  \
		STEPS(f, (at) + 8, k, r, s, t, u);  \
		STEPS(f, (at) + 12, k, r, s, t, u); \
	} while (0)
#define FIRST(i) (i)
#define SECOND(i) (5 * (i) + 1)
#define THIRD(i) (3 * (i) + 5)
#define FOURTH(i) (7 * (i))

/* Two words of a block. */
static inline uint64_t two_words(const unsigned char *at)
{
	uint64_t words;

	memcpy(&words, at, sizeof words);
	return le64toh(words);
}

/* Words 2i and 2i + 1 of the blocks of every second lane, from lane `lane` on. */
#define TWO(lane, i) two_words(at[from + (lane)] + block * BLOCK + 8 * (i))
#define PAIRS4(lane, i)                          \
	{                                        \
		TWO(lane, i), TWO((lane) + 2, i) \
	}
#define PAIRS8(lane, i)                                                                  \
	{                                                                                \
		TWO(lane, i), TWO((lane) + 2, i), TWO((lane) + 4, i), TWO((lane) + 6, i) \
	}
#define PAIRS16(lane, i)                                                                  \
	{                                                                                 \
		TWO(lane, i), TWO((lane) + 2, i), TWO((lane) + 4, i), TWO((lane) + 6, i), \
			TWO((lane) + 8, i), TWO((lane) + 10, i), TWO((lane) + 12, i),     \
			TWO((lane) + 14, i)                                               \
	}
#define LOW UINT64_C(0xffffffff)
/* Where the first and the second half of a pair lie in memory. */
#define UP_FIRST (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 32)
#define UP_SECOND (32 - UP_FIRST)
/* Message words 2i and 2i + 1, each of all lanes: interleaved with shifts, which all have. */
#define LOAD(vector, pairs, PAIRS, i)                                                           \
	do {                                                                                    \
		const pairs even = PAIRS(0, i), odd = PAIRS(1, i);                              \
                                                                                                \
		m[2 * (i)] = (vector)(((even & LOW) << UP_FIRST) | ((odd & LOW) << UP_SECOND)); \
		m[2 * (i) + 1] =                                                                \
			(vector)(((even >> 32) << UP_FIRST) | ((odd >> 32) << UP_SECOND));      \
	} while (0)

/* The first `lanes` lanes by `blocks` blocks, as many at a time as `vector` is wide. */
#define DEFINE_RUN(name, attribute, vector, pairs, PAIRS)                                       \
	attribute static void name(                                                             \
		lanes_state state, const unsigned char *const *at, size_t blocks, size_t lanes) \
	{                                                                                       \
		for (size_t from = 0; from < lanes; from += sizeof(vector) / 4) {               \
			vector sum[4], m[16];                                                   \
                                                                                                \
			for (size_t i = 0; i < 4; i++)                                          \
				memcpy(&sum[i], &state[i][from], sizeof(vector));               \
			for (size_t block = 0; block < blocks; block++) {                       \
				vector a = sum[0], b = sum[1], c = sum[2], d = sum[3];          \
                                                                                                \
				LOAD(vector, pairs, PAIRS, 0);                                  \
				LOAD(vector, pairs, PAIRS, 1);                                  \
				LOAD(vector, pairs, PAIRS, 2);                                  \
				LOAD(vector, pairs, PAIRS, 3);                                  \
				LOAD(vector, pairs, PAIRS, 4);                                  \
				LOAD(vector, pairs, PAIRS, 5);                                  \
				LOAD(vector, pairs, PAIRS, 6);                                  \
				LOAD(vector, pairs, PAIRS, 7);                                  \
				ROUND(F, 0, FIRST, 7, 12, 17, 22);                              \
				ROUND(G, 16, SECOND, 5, 9, 14, 20);                             \
				ROUND(H, 32, THIRD, 4, 11, 16, 23);                             \
				ROUND(I, 48, FOURTH, 6, 10, 15, 21);                            \
				sum[0] += a;                                                    \
				sum[1] += b;                                                    \
				sum[2] += c;                                                    \
				sum[3] += d;                                                    \
			}                                                                       \
			for (size_t i = 0; i < 4; i++)                                          \
				memcpy(&state[i][from], &sum[i], sizeof(vector));               \
		}                                                                               \
	}

typedef void (*run_fn)(
	lanes_state state, const unsigned char *const *at, size_t blocks, size_t lanes);

DEFINE_RUN(run_anywhere, , vector4, pairs4, PAIRS4)
#ifdef __x86_64__
DEFINE_RUN(run_avx2, __attribute__((target("avx2"))), vector8, pairs8, PAIRS8)
DEFINE_RUN(run_8, __attribute__((target("avx512f,avx512vl"))), vector8, pairs8, PAIRS8)
DEFINE_RUN(run_16, __attribute__((target("avx512f,avx512vl"))), vector16, pairs16, PAIRS16)

static void run_avx512(
	lanes_state state, const unsigned char *const *at, size_t blocks, size_t lanes)
{
	(lanes > 8 ? run_16 : run_8)(state, at, blocks, lanes);
}
#endif

/* The i-th way, widest first, that this processor can go; NULL behind the last. */
static run_fn find_run(unsigned i)
{
	run_fn all[4] = {NULL};
	unsigned count = 0;

#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512vl"))
		all[count++] = run_avx512;
	if (__builtin_cpu_supports("avx2"))
		all[count++] = run_avx2;
#endif
	all[count] = run_anywhere;
	return i <= count ? all[i] : NULL;
}

/* A string on its way through a lane. */
struct lane {
	struct dray_md5 *sum;
	const unsigned char *at;
	size_t blocks;  /* left of this stretch */
	bool is_ending; /* `at` is in `tail` */
	bool is_idle;
	unsigned char tail[2 * BLOCK]; /* what is left, 0x80, zeros, the length in bits */
};

struct job {
	struct dray_md5 *const *sums;
	size_t count;
	size_t next;
	lanes_state state;
	size_t width; /* lanes up to the last that is busy */
	struct lane lanes[DRAY_LANES];
};

static void begin_tail(struct lane *lane)
{
	const struct dray_md5 *sum = lane->sum;
	size_t rest = sum->next_len % BLOCK;
	size_t len = rest + 1 + 8 <= BLOCK ? BLOCK : 2 * BLOCK;
	uint64_t bits = htole64((sum->len + sum->next_len) * 8);

	memset(lane->tail, 0, sizeof lane->tail);
	if (rest > 0)
		memcpy(lane->tail, (const unsigned char *)sum->next + sum->next_len - rest, rest);
	lane->tail[rest] = 0x80;
	memcpy(lane->tail + len - sizeof bits, &bits, sizeof bits);
	lane->at = lane->tail;
	lane->blocks = len / BLOCK;
	lane->is_ending = true;
}

static void begin_span(struct job *job, size_t at)
{
	struct lane *lane = &job->lanes[at];

	lane->is_idle = job->next == job->count;
	if (lane->is_idle)
		return;
	lane->sum = job->sums[job->next++];
	for (size_t i = 0; i < 4; i++)
		job->state[i][at] = lane->sum->state[i];
	lane->at = lane->sum->next;
	lane->blocks = lane->sum->next_len / BLOCK;
	lane->is_ending = false;
	if (lane->blocks == 0)
		begin_tail(lane);
}

static void end_span(struct job *job, size_t at)
{
	struct dray_md5 *sum = job->lanes[at].sum;

	for (size_t i = 0; i < 4; i++)
		sum->state[i] = job->state[i][at];
	sum->len += sum->next_len;
	sum->next_len = 0;
}

/* Blocks that all busy lanes have left; 0: none is busy. Idle ones repeat what a busy one does. */
static size_t aim(struct job *job, const unsigned char *at[DRAY_LANES])
{
	const struct lane *busy = NULL;
	size_t blocks = 0;

	while (job->width > 0 && job->lanes[job->width - 1].is_idle)
		job->width--;
	for (size_t i = 0; i < job->width; i++)
		if (!job->lanes[i].is_idle && (busy == NULL || job->lanes[i].blocks < blocks)) {
			busy = &job->lanes[i];
			blocks = busy->blocks;
		}
	for (size_t i = 0; busy != NULL && i < DRAY_LANES; i++)
		at[i] = i < job->width && !job->lanes[i].is_idle ? job->lanes[i].at : busy->at;
	return blocks;
}

static void advance(struct job *job, size_t at, size_t blocks)
{
	struct lane *lane = &job->lanes[at];

	if (lane->is_idle)
		return;
	lane->at += blocks * BLOCK;
	lane->blocks -= blocks;
	if (lane->blocks > 0)
		return;
	if (lane->sum->is_last && !lane->is_ending) {
		begin_tail(lane);
		return;
	}
	end_span(job, at);
	begin_span(job, at);
}

bool dray_md5_run(unsigned way, struct dray_md5 *const *sums, size_t count)
{
	const unsigned char *at[DRAY_LANES];
	struct job job = {.sums = sums, .count = count};
	run_fn run_blocks = find_run(way);
	size_t blocks;

	if (run_blocks == NULL)
		return false;
	job.width = count < DRAY_LANES ? count : DRAY_LANES;
	for (size_t i = 0; i < job.width; i++)
		begin_span(&job, i);
	while ((blocks = aim(&job, at)) > 0) {
		run_blocks(job.state, at, blocks, job.width);
		for (size_t i = 0; i < job.width; i++)
			advance(&job, i, blocks);
	}
	return true;
}

void dray_md5_begin(struct dray_md5 *sum)
{
	*sum = (struct dray_md5){
		.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
	};
}

void dray_md5_end(const struct dray_md5 *sum, struct dray_oid *out_oid)
{
	uint32_t words[4];

	for (size_t i = 0; i < 4; i++)
		words[i] = htole32(sum->state[i]);
	*out_oid = (struct dray_oid){.algo = DRAY_MD5};
	memcpy(out_oid->digest, words, sizeof words);
}
