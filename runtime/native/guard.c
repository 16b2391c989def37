// Runs callbacks so that nothing they do ends the process: errors, endless loops and rejected promises come back as values.
#include <time.h>
#include "native.h"

enum { REJECTIONS_MAX = 64 };
static struct {
  void *promise;
  JSValue reason;
} rejections[REJECTIONS_MAX];
static int rejection_count;
bool guard_stopped;
static double deadline; // of the innermost callback, CLOCK_MONOTONIC in ms; 0: none

double clock_ms(int clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int on_interrupt(JSRuntime *rt, void *opaque) {
  (void)rt;
  (void)opaque;
  if (deadline == 0 || clock_ms(CLOCK_MONOTONIC) <= deadline) return 0;
  guard_stopped = true;
  return 1;
}

// A promise that is handled later, before the jobs have run dry, is no error.
static void on_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque) {
  (void)opaque;
  void *key = JS_VALUE_GET_PTR(promise);
  if (!handled) {
    if (rejection_count == REJECTIONS_MAX) return;
    rejections[rejection_count].promise = key;
    rejections[rejection_count++].reason = JS_DupValue(ctx, reason);
    return;
  }
  for (int i = 0; i < rejection_count; i++) {
    if (rejections[i].promise != key) continue;
    JS_FreeValue(ctx, rejections[i].reason);
    rejections[i] = rejections[--rejection_count];
    return;
  }
}

// `list` is created by the first error. Takes the error.
static int add_error(JSContext *ctx, JSValue *list, JSValue error) {
  if (JS_IsUndefined(*list)) *list = JS_NewArray(ctx);
  if (JS_IsException(*list)) {
    JS_FreeValue(ctx, error);
    return -1;
  }
  int64_t length = 0;
  JS_GetLength(ctx, *list, &length);
  return JS_SetPropertyInt64(ctx, *list, length, error);
}

static JSValue take_exception(JSContext *ctx) {
  JSValue error = JS_GetException(ctx);
  JS_ClearUncatchableError(ctx, error); // it would fly through every catch of the reporter
  return error;
}

JSValue guard_call(JSContext *ctx, JSValueConst function, double limit_ms) {
  double outer = deadline;
  deadline = limit_ms > 0 ? clock_ms(CLOCK_MONOTONIC) + limit_ms : 0;
  JSValue errors = JS_UNDEFINED;
  JSValue result = JS_Call(ctx, function, JS_UNDEFINED, 0, NULL);
  if (JS_IsException(result)) add_error(ctx, &errors, take_exception(ctx));
  JS_FreeValue(ctx, result);
  JSRuntime *rt = JS_GetRuntime(ctx);
  JSContext *job_ctx;
  for (int done; (done = JS_ExecutePendingJob(rt, &job_ctx)) != 0;) {
    if (done > 0) continue;
    add_error(ctx, &errors, take_exception(job_ctx));
    // After a job that had to be stopped the rest gets its own time.
    if (deadline > 0) deadline = clock_ms(CLOCK_MONOTONIC) + limit_ms;
  }
  deadline = 0; // what follows must not be cut off
  while (rejection_count > 0) add_error(ctx, &errors, rejections[--rejection_count].reason);
  deadline = outer;
  return errors;
}

void guard_init(JSRuntime *rt) {
  JS_SetInterruptHandler(rt, on_interrupt, NULL);
  JS_SetHostPromiseRejectionTracker(rt, on_rejection, NULL);
}
