// What the C files of the runtime share.
#ifndef NATIVE_H
#define NATIVE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "quickjs.h"

// Bytecode of one module, made by tools/lohar; the last has no name, the first is the program.
struct script {
  const char *name;
  const uint8_t *code;
  uint64_t size;
  uint64_t preloaded; // part of the heap that is made when the program is built
};
extern const struct script scripts[];
// Evaluates the program.
int script_begin(JSContext *ctx);
// Evaluates what else the heap holds that is made when the program is built.
int script_preload(JSContext *ctx);
// Calls `script_main`, which the program has set by then, or else has run already.
int script_run(JSContext *ctx);
extern JSValue script_main;
// Called for an import of a script that is not loaded yet.
JSModuleDef *script_load(JSContext *ctx, const char *name, void *opaque);
// The namespace of a script, read and evaluated at once.
JSValue script_part(JSContext *ctx, const char *name);
// What is mapped from the file and never written can be read again: a program that waits needs little of it.
void script_drop_pages(void);

// One system call of a child (spawn.c); the layout is written by src/linux/child-program.ts.
struct step {
  long number;
  long optional;
  long args[6];
};
// Returns the child's pid or -errno. outcome: index of the step that failed (or -1) and its errno.
long spawn_child(const struct step *steps, long count, int cgroup, int32_t outcome[2]);

// At a fatal signal: clears FD_CLOEXEC on the descriptors fds[1..fds[0]], writes the signal's number as two digits into
// `digits`, and executes /proc/self/exe with this argv and environment.
void survive_crashes(char **argv, char **envp, char *digits, const volatile int32_t *fds);
// What a fault does: does not return.
void crash_now(void);
// One system call that waits for events: fatal signals that others send are obeyed during this call alone.
long crash_wait(const long call[7]);

extern const JSMallocFunctions slab_functions;
// Gives back the empty chunks that are kept for what comes next.
void slab_trim(void);
size_t slab_used(void);
// More than this many bytes: allocations fail.
void slab_set_limit(size_t bytes);
// An allocation failed since the limit was set, whoever got over it.
extern bool slab_failed;
// Called first when an allocation fails.
extern void (*slab_on_failure)(void);

// The slab of a heap that is made when the program is built (preload.c).
enum { SLAB_CLASSES = 1 + 4 * 6, PRELOADED_UNITS_MAX = 1024 };
struct slab_state {
  void *with_room[SLAB_CLASSES];
  uint64_t used;
  uint32_t fresh;
  uint16_t first_unit[PRELOADED_UNITS_MAX];
};
// From now on all memory comes from there.
bool slab_begin_at(char *at);
// Returns the size of what is to be kept, 0 when it is too much.
size_t slab_save(struct slab_state *state);
// What was kept lies at `at`.
bool slab_restore(const struct slab_state *state, char *at);

// The heap is being made: the kernel, the clock and the arguments are those of another process.
extern bool preloading;
bool preload_begin(int argc, char **argv);
int preload_write(JSContext *ctx, const char *path);
// The heap that was made when the program was built; NULL: there is none.
JSContext *preload_take(void);

// UTF-8 to and from strings (text.c). `lossless`: a byte that is no UTF-8 is a lone surrogate U+DC80..U+DCFF, both ways.
JSValue text_decode(JSContext *ctx, const uint8_t *bytes, size_t size, bool lossless);
// Returns NUL-terminated memory of js_malloc, or NULL with an exception.
uint8_t *text_encode(JSContext *ctx, JSValueConst string, size_t *size, bool lossless);

// Runs a callback and all jobs it left behind, under a deadline (guard.c).
JSValue guard_call(JSContext *ctx, JSValueConst function, double limit_ms);
void guard_init(JSRuntime *rt);
// A callback was ended because it took too long.
extern bool guard_stopped;
double clock_ms(int clock);

void native_arguments(char **argv, char **envp);
int native_init(JSContext *ctx);
#endif
