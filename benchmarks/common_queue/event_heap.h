/* Five servers' events in a heap. */

#include <stdint.h>
#include <stdlib.h>

enum { SERVERS = 5, ENDS = -1 };

/* A customer arrives, or a service ENDS. */
typedef struct {
    int64_t time, customer;
} event;

static event heap[SERVERS + 1];
static int events;

static void push(event new)
{
    int place = events++;
    while (place > 0 && heap[(place - 1) / 2].time > new.time) {
        heap[place] = heap[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    heap[place] = new;
}

static event pop(void)
{
    event first = heap[0], last = heap[--events];
    int place = 0, below;
    while ((below = 2 * place + 1) < events) {
        if (below + 1 < events && heap[below + 1].time < heap[below].time)
            below++;
        if (heap[below].time >= last.time)
            break;
        heap[place] = heap[below];
        place = below;
    }
    heap[place] = last;
    return first;
}
