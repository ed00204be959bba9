/* Five servers, a line for each class, a heap of events. */

#include "event_heap.h"

void simulate(int64_t customers, const int64_t *arrival, const int64_t *priority,
              const int64_t *service, int64_t *wait)
{
    int64_t *urgent = malloc(2 * customers * sizeof *urgent);
    int64_t *line[] = {urgent, urgent + customers};
    int64_t head[] = {0, 0}, tail[] = {0, 0};
    int busy = 0;
    events = 0;
    push((event){arrival[0], 0});
    while (events > 0) {
        event now = pop();
        int64_t served = -1;
        if (now.customer != ENDS) {
            int64_t new = now.customer;
            if (new + 1 < customers)
                push((event){arrival[new + 1], new + 1});
            if (busy < SERVERS) {
                busy++;
                served = new;
            } else {
                int class = priority[new] - 1;
                line[class][tail[class]++] = new;
            }
        } else if (head[0] < tail[0]) {
            served = line[0][head[0]++];
        } else if (head[1] < tail[1]) {
            served = line[1][head[1]++];
        } else {
            busy--;
        }
        if (served >= 0) {
            wait[served] = now.time - arrival[served];
            push((event){now.time + service[served], ENDS});
        }
    }
    free(urgent);
}
