/* An arrival process, a queue ordered by priority, five server processes. */

#include <stdlib.h>

#include "cimba_c.h"

enum { SERVERS = 5 };

struct shop {
    int64_t customers;
    const int64_t *arrival, *priority, *service;
    int64_t *wait;
    struct cmb_priorityqueue *line;
};

static void *source(struct cmb_process *me, void *context)
{
    (void)me;
    const struct shop *shop = context;
    for (int64_t number = 0; number < shop->customers; number++) {
        cmb_process_hold(shop->arrival[number] - cmb_time());
        void *customer = (void *)&shop->arrival[number];
        cmb_priorityqueue_put(shop->line, customer, -shop->priority[number], NULL);
    }
    return NULL;
}

static void *server(struct cmb_process *me, void *context)
{
    (void)me;
    const struct shop *shop = context;
    for (;;) {
        void *customer;
        cmb_priorityqueue_get(shop->line, &customer);
        int64_t number = (const int64_t *)customer - shop->arrival;
        shop->wait[number] = (int64_t)cmb_time() - shop->arrival[number];
        cmb_process_hold(shop->service[number]);
    }
}

void simulate(int64_t customers, const int64_t *arrival, const int64_t *priority,
              const int64_t *service, int64_t *wait)
{
    struct cmb_process *process[1 + SERVERS];
    struct shop shop = {customers, arrival, priority, service, wait, cmb_priorityqueue_create()};
    cmb_logger_flags_off(CMB_LOGGER_INFO);
    cmb_event_queue_initialize(0.0);
    cmb_priorityqueue_initialize(shop.line, "line", CMB_UNLIMITED);
    for (int number = 0; number <= SERVERS; number++) {
        process[number] = cmb_process_create();
        cmb_process_initialize(process[number], "process", number ? server : source, &shop, 0);
        cmb_process_start(process[number]);
    }
    cmb_event_queue_execute();
    for (int number = 0; number <= SERVERS; number++) {
        if (number > 0)
            cmb_process_stop(process[number], NULL);
        cmb_process_terminate(process[number]);
        cmb_process_destroy(process[number]);
    }
    cmb_priorityqueue_terminate(shop.line);
    cmb_priorityqueue_destroy(shop.line);
    cmb_event_queue_terminate();
}
