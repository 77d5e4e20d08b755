/*
 * A ring of blocks between the thread that fills them and one that consumes
 * them in order. At most `count` blocks exist, so memory is bounded and the
 * filler waits for a slow consumer.
 */
#include <dray/os.h>

#include <pthread.h>
#include <stdlib.h>

struct dray_pipe {
	dray_pipe_fn consume; /* fixed */
	void *ctx;            /* fixed */
	size_t block_bytes;   /* fixed */
	size_t count;         /* fixed */
	char *blocks;         /* fixed; each block belongs to one side at a time */
	size_t *lens;
	pthread_t thread;
	bool is_threaded;
	struct dray_err err; /* the consumer's until it ended */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct {
		size_t filled; /* blocks handed over so far */
		size_t used;   /* blocks consumed so far */
		bool is_ended;
		enum dray_status status;
	} locked;
};

/* Wait for block number `turn` to be filled; false at the end. */
static bool await_block(struct dray_pipe *pipe, size_t turn)
{
	pthread_mutex_lock(&pipe->lock);
	while (pipe->locked.filled == turn && !pipe->locked.is_ended)
		pthread_cond_wait(&pipe->moved, &pipe->lock);
	bool has_block = pipe->locked.filled > turn;
	pthread_mutex_unlock(&pipe->lock);
	return has_block;
}

static void consume_one(struct dray_pipe *pipe, size_t turn)
{
	size_t slot = turn % pipe->count;
	enum dray_status status = pipe->consume(
		pipe->ctx, pipe->blocks + slot * pipe->block_bytes, pipe->lens[slot], &pipe->err);

	pthread_mutex_lock(&pipe->lock);
	pipe->locked.used = turn + 1;
	pipe->locked.status = status;
	pthread_cond_signal(&pipe->moved);
	pthread_mutex_unlock(&pipe->lock);
}

static void *run(void *arg)
{
	struct dray_pipe *pipe = arg;

	for (size_t turn = 0; pipe->locked.status == DRAY_OK && await_block(pipe, turn); turn++)
		consume_one(pipe, turn);
	return NULL;
}

struct dray_pipe *dray_pipe_new(
	size_t block_bytes, unsigned blocks, dray_pipe_fn consume, void *ctx)
{
	struct dray_pipe *pipe = dray_calloc(1, sizeof *pipe);

	pipe->consume = consume;
	pipe->ctx = ctx;
	pipe->block_bytes = block_bytes;
	pipe->count = blocks;
	pipe->blocks = dray_realloc(NULL, blocks, block_bytes);
	pipe->lens = dray_calloc(blocks, sizeof *pipe->lens);
	pthread_mutex_init(&pipe->lock, NULL);
	pthread_cond_init(&pipe->moved, NULL);
	pipe->is_threaded = pthread_create(&pipe->thread, NULL, run, pipe) == 0;
	return pipe;
}

void *dray_pipe_block(struct dray_pipe *pipe)
{
	pthread_mutex_lock(&pipe->lock);
	while (pipe->is_threaded && pipe->locked.status == DRAY_OK &&
		pipe->locked.filled - pipe->locked.used == pipe->count)
		pthread_cond_wait(&pipe->moved, &pipe->lock);
	bool is_failed = pipe->locked.status != DRAY_OK;
	size_t slot = pipe->locked.filled % pipe->count;
	pthread_mutex_unlock(&pipe->lock);
	return is_failed ? NULL : pipe->blocks + slot * pipe->block_bytes;
}

void dray_pipe_push(struct dray_pipe *pipe, void *block, size_t len)
{
	size_t slot = (size_t)((char *)block - pipe->blocks) / pipe->block_bytes;

	pthread_mutex_lock(&pipe->lock);
	pipe->lens[slot] = len;
	size_t turn = pipe->locked.filled++;
	pthread_cond_signal(&pipe->moved);
	pthread_mutex_unlock(&pipe->lock);
	if (!pipe->is_threaded) /* no thread to be had: consume here, one block at a time */
		consume_one(pipe, turn);
}

enum dray_status dray_pipe_finish(struct dray_pipe *pipe, struct dray_err *err)
{
	pthread_mutex_lock(&pipe->lock);
	pipe->locked.is_ended = true;
	pthread_cond_signal(&pipe->moved);
	pthread_mutex_unlock(&pipe->lock);
	if (pipe->is_threaded)
		pthread_join(pipe->thread, NULL);
	enum dray_status status = pipe->locked.status;
	if (status != DRAY_OK)
		*err = pipe->err;
	free(pipe->blocks);
	free(pipe->lens);
	pthread_mutex_destroy(&pipe->lock);
	pthread_cond_destroy(&pipe->moved);
	free(pipe);
	return status;
}
