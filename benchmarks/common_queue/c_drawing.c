/* Five servers, a line for each class, a heap of events; it draws its own customers. */

#include <math.h>
#include "event_heap.h"

/* xoshiro256+, by D. Blackman and S. Vigna; seeded by splitmix64. */
static uint64_t state[4];

static void seed(uint64_t number)
{
    for (int n = 0; n < 4; n++) {
        uint64_t z = number += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        state[n] = z ^ (z >> 31);
    }
}

static double uniform(void)
{
    uint64_t sum = state[0] + state[3], t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = (state[3] << 45) | (state[3] >> 19);
    return (sum >> 11) * 0x1.0p-53;
}

static int64_t exponential(double mean)
{
    return 1 + (int64_t)(-mean * log1p(-uniform()));
}

/* Sums of waits and numbers of customers by class, into `found`. */
void simulate(int64_t customers, int64_t number, double gap, double service, double urgent,
              int64_t *found)
{
    typedef struct {
        int64_t arrival;
        int class;
    } customer;
    customer *all = malloc(customers * sizeof *all);
    int64_t *memory = malloc(2 * customers * sizeof *memory);
    int64_t *line[] = {memory, memory + customers};
    int64_t head[] = {0, 0}, tail[] = {0, 0};
    int busy = 0;
    seed(number);
    events = 0;
    push((event){exponential(gap), 0});
    while (events > 0) {
        event now = pop();
        int64_t served = -1;
        if (now.customer != ENDS) {
            int64_t new = now.customer;
            all[new] = (customer){now.time, uniform() >= urgent};
            if (new + 1 < customers)
                push((event){now.time + exponential(gap), new + 1});
            if (busy < SERVERS) {
                busy++;
                served = new;
            } else {
                line[all[new].class][tail[all[new].class]++] = new;
            }
        } else if (head[0] < tail[0]) {
            served = line[0][head[0]++];
        } else if (head[1] < tail[1]) {
            served = line[1][head[1]++];
        } else {
            busy--;
        }
        if (served >= 0) {
            found[all[served].class] += now.time - all[served].arrival;
            found[2 + all[served].class]++;
            push((event){now.time + exponential(service), ENDS});
        }
    }
    free(memory);
    free(all);
}
