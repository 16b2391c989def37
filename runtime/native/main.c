// One program: bytecode made from TypeScript, run by the engine. All that decides anything is in the bytecode.
#include <stdio.h>
#include <unistd.h>
#include "native.h"

// The main thread has 8 MiB unless a limit says otherwise.
enum { STACK_SIZE_MAX = 4 << 20, GC_AFTER = 1 << 20, EXIT_BROKEN = 70 };

static JSContext *new_context(JSRuntime *rt) {
  JSContext *ctx = JS_NewContextRaw(rt);
  // No JS_AddIntrinsicEval: the parser stays out of the binary, `eval` and `new Function` throw.
  if (!ctx || JS_AddIntrinsicBaseObjects(ctx) || JS_AddIntrinsicDate(ctx) || JS_AddIntrinsicRegExp(ctx) ||
      JS_AddIntrinsicJSON(ctx) || JS_AddIntrinsicProxy(ctx) || JS_AddIntrinsicMapSet(ctx) ||
      JS_AddIntrinsicTypedArrays(ctx) || JS_AddIntrinsicPromise(ctx) || JS_AddIntrinsicWeakRef(ctx))
    return NULL;
  return ctx;
}

// Only for what went wrong before or inside the program's own reporter.
static void print_raw(JSContext *ctx, JSValue error) {
  const char *text = JS_ToCString(ctx, error);
  fprintf(stderr, "%s\n", text ? text : "an error without a text");
  JS_FreeCString(ctx, text);
  JSValue stack = JS_IsObject(error) ? JS_GetPropertyStr(ctx, error, "stack") : JS_UNDEFINED;
  const char *frames = JS_IsString(stack) ? JS_ToCString(ctx, stack) : NULL;
  if (frames) fputs(frames, stderr);
  JS_FreeCString(ctx, frames);
  JS_FreeValue(ctx, stack);
  JS_FreeValue(ctx, error);
}

static JSContext *new_heap(void) {
  JSRuntime *rt = JS_NewRuntime2(&slab_functions, NULL);
  JSContext *ctx = rt ? new_context(rt) : NULL;
  if (!ctx) return NULL;
  JS_SetMaxStackSize(rt, STACK_SIZE_MAX);
  JS_SetGCThreshold(rt, GC_AFTER);
  JS_SetModuleLoaderFunc(rt, NULL, script_load, NULL);
  guard_init(rt);
  if (native_init(ctx) == 0 && script_begin(ctx) == 0) return ctx;
  print_raw(ctx, JS_GetException(ctx));
  return NULL;
}

static int preload(const char *path) {
  JSContext *ctx = new_heap();
  if (!ctx) return EXIT_BROKEN;
  if (script_preload(ctx)) {
    print_raw(ctx, JS_GetException(ctx));
    return EXIT_BROKEN;
  }
  JS_RunGC(JS_GetRuntime(ctx));
  return preload_write(ctx, path) ? EXIT_BROKEN : 0;
}

int main(int argc, char **argv, char **envp) {
  native_arguments(argv, envp);
  if (preload_begin(argc, argv)) return preload(argv[2]);
  JSContext *ctx = getpid() == 1 ? NULL : preload_take();
  if (ctx) JS_SetGCThreshold(JS_GetRuntime(ctx), slab_used() + GC_AFTER);
  else ctx = new_heap();
  int status = EXIT_BROKEN;
  if (ctx) {
    // The program's main function holds the event loop, so this returns when the program is done.
    if (script_run(ctx) == 0) status = 0;
    else print_raw(ctx, JS_GetException(ctx));
  }
  // The kernel panics when PID 1 ends: whatever happened, its other processes go on.
  while (getpid() == 1) pause();
  return status;
}
