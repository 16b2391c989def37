// One program: bytecode made from TypeScript, run by the engine. All that decides anything is in the bytecode.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "native.h"

// The main thread has 8 MiB unless a limit says otherwise.
enum { STACK_SIZE_MAX = 4 << 20, GC_AFTER = 1 << 20, EXIT_BROKEN = 70, PAGE_SIZE_MAX = 65536 };

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

static JSValue read_script(JSContext *ctx, const struct script *script) {
  JSValue module = JS_ReadObject(ctx, script->code, script->size, JS_READ_OBJ_BYTECODE);
  // The engine has copied what it needs: the file's pages need not stay resident (0.4 MB of PID 1).
  uintptr_t from = ((uintptr_t)script->code + PAGE_SIZE_MAX - 1) & ~(uintptr_t)(PAGE_SIZE_MAX - 1);
  uintptr_t to = ((uintptr_t)script->code + script->size) & ~(uintptr_t)(PAGE_SIZE_MAX - 1);
  if (to > from) madvise((void *)from, to - from, MADV_DONTNEED);
  return module;
}

// Called for an import of a script that is not loaded yet.
static JSModuleDef *load_script(JSContext *ctx, const char *name, void *opaque) {
  (void)opaque;
  const struct script *script = scripts;
  while (script->name && strcmp(script->name, name)) script++;
  if (!script->name) {
    JS_ThrowReferenceError(ctx, "no script %s", name);
    return NULL;
  }
  JSValue module = read_script(ctx, script);
  if (JS_IsException(module)) return NULL;
  JSModuleDef *loaded = JS_VALUE_GET_PTR(module);
  JS_FreeValue(ctx, module); // the context's list of modules keeps it
  return loaded;
}

static int run(JSContext *ctx) {
  JSValue module = read_script(ctx, scripts);
  if (JS_IsException(module) || JS_ResolveModule(ctx, module) < 0) return -1;
  // The module's body holds the event loop, so this returns when the program is done.
  JSValue done = JS_EvalFunction(ctx, module);
  if (JS_IsException(done)) return -1;
  if (JS_PromiseState(ctx, done) == JS_PROMISE_REJECTED) {
    JS_Throw(ctx, JS_PromiseResult(ctx, done));
    return -1;
  }
  return 0;
}

int main(int argc, char **argv, char **envp) {
  (void)argc;
  JSRuntime *rt = JS_NewRuntime2(&slab_functions, NULL);
  JSContext *ctx = rt ? new_context(rt) : NULL;
  int status = EXIT_BROKEN;
  if (ctx) {
    JS_SetMaxStackSize(rt, STACK_SIZE_MAX);
    JS_SetGCThreshold(rt, GC_AFTER);
    JS_SetModuleLoaderFunc(rt, NULL, load_script, NULL);
    guard_init(rt);
    if (native_init(ctx, argv, envp) == 0 && run(ctx) == 0) status = 0;
    else print_raw(ctx, JS_GetException(ctx));
  }
  // The kernel panics when PID 1 ends: whatever happened, its other processes go on.
  while (getpid() == 1) pause();
  return status;
}
