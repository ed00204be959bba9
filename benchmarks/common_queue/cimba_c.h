/* Of Cimba's headers, which its Python package leaves out, what the model calls. */

#include <stdint.h>

#define CMB_UNLIMITED UINT64_MAX
#define CMB_LOGGER_INFO UINT32_C(0x10000000)

struct cmb_process;
struct cmb_priorityqueue;

double cmb_time(void);
void cmb_logger_flags_off(uint32_t flags);
void cmb_event_queue_initialize(double start);
void cmb_event_queue_execute(void);
void cmb_event_queue_terminate(void);

struct cmb_process *cmb_process_create(void);
void cmb_process_initialize(struct cmb_process *process, const char *name,
                            void *(*body)(struct cmb_process *, void *), void *context,
                            int64_t priority);
void cmb_process_start(struct cmb_process *process);
int64_t cmb_process_hold(double duration);
int64_t cmb_process_stop(struct cmb_process *process, void *value);
void cmb_process_terminate(struct cmb_process *process);
void cmb_process_destroy(struct cmb_process *process);

struct cmb_priorityqueue *cmb_priorityqueue_create(void);
void cmb_priorityqueue_initialize(struct cmb_priorityqueue *queue, const char *name,
                                  uint64_t capacity);
int64_t cmb_priorityqueue_put(struct cmb_priorityqueue *queue, void *object, int64_t priority,
                              uint64_t *handle);
int64_t cmb_priorityqueue_get(struct cmb_priorityqueue *queue, void **object);
void cmb_priorityqueue_terminate(struct cmb_priorityqueue *queue);
void cmb_priorityqueue_destroy(struct cmb_priorityqueue *queue);
