// A heap that was made when the program was built: engine and modules are there when the process begins, mapped from the
// program's file to the address where they were made. PID 1 does without, whose heap would carry its clients' code.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "native.h"

enum { HEADER_SIZE = 4096, STACK_REACH = 8 << 20 };

// Section .heap, placed by tools/lohar/preload.ts: this, then the heap. All zero in a program that has none yet.
struct preloaded {
  JSContext *ctx;
  JSValue main;
  const void *made_by[3];
  struct slab_state slab;
};
_Static_assert(sizeof(struct preloaded) <= HEADER_SIZE, "the header must fit");
extern struct preloaded preloaded_heap __attribute__((weak));
#define HEAP_START ((char *)&preloaded_heap + HEADER_SIZE)

bool preloading;

// What the heap points to must lie where it did.
static const void *const landmarks[3] = {scripts, &slab_functions, JS_NewContextRaw};

// The engine takes its seeds from here: the same source gives the same bytes.
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec precise = {.tv_sec = 1};
  if (!preloading) clock_gettime(CLOCK_REALTIME, &precise);
  *now = (struct timeval){.tv_sec = precise.tv_sec, .tv_usec = precise.tv_nsec / 1000};
  return 0;
}

bool preload_begin(int argc, char **argv) {
  if (!&preloaded_heap || preloaded_heap.ctx || argc != 3 || strcmp(argv[1], "--preload")) return false;
  preloading = slab_begin_at(HEAP_START);
  return preloading;
}

// Addresses of the stack mean nothing to another process, and differ each time.
static void forget_stack(long *from, size_t size) {
  const long here = (long)__builtin_frame_address(0);
  for (long *word = from; word < from + size / sizeof *from; word++)
    if (*word > here - STACK_REACH && *word < here + STACK_REACH) *word = 0;
}

int preload_write(JSContext *ctx, const char *path) {
  static union {
    struct preloaded heap;
    char bytes[HEADER_SIZE];
  } header;
  header.heap.ctx = ctx;
  header.heap.main = script_main;
  memcpy(header.heap.made_by, landmarks, sizeof landmarks);
  const size_t size = slab_save(&header.heap.slab);
  FILE *file = size ? fopen(path, "w") : NULL;
  if (!file) return -1;
  forget_stack((long *)HEAP_START, size);
  const bool written = fwrite(&header, HEADER_SIZE, 1, file) == 1 && fwrite(HEAP_START, size, 1, file) == 1;
  return fclose(file) == 0 && written ? 0 : -1;
}

JSContext *preload_take(void) {
  if (!&preloaded_heap || !preloaded_heap.ctx || memcmp(preloaded_heap.made_by, landmarks, sizeof landmarks)) return NULL;
  if (!slab_restore(&preloaded_heap.slab, HEAP_START)) return NULL;
  script_main = preloaded_heap.main;
  JS_UpdateStackTop(JS_GetRuntime(preloaded_heap.ctx));
  return preloaded_heap.ctx;
}
