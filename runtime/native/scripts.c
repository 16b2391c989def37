// The bytecode in the binary: its scripts are found by name and read when they are imported.
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "native.h"

static JSValue read_script(JSContext *ctx, const char *name) {
  const struct script *script = scripts;
  while (script->name && strcmp(script->name, name)) script++;
  if (!script->name) return JS_ThrowReferenceError(ctx, "no script %s", name);
  return JS_ReadObject(ctx, script->code, script->size, JS_READ_OBJ_BYTECODE);
}

JSModuleDef *script_load(JSContext *ctx, const char *name, void *opaque) {
  (void)opaque;
  JSValue module = read_script(ctx, name);
  if (JS_IsException(module)) return NULL;
  JSModuleDef *loaded = JS_VALUE_GET_PTR(module);
  JS_FreeValue(ctx, module); // the context's list of modules keeps it
  return loaded;
}

// Takes `module`. Fails when its body threw; a body that waits has only begun.
static int evaluate(JSContext *ctx, JSValue module) {
  if (JS_ResolveModule(ctx, module) < 0) {
    JS_FreeValue(ctx, module);
    return -1;
  }
  JSValue done = JS_EvalFunction(ctx, module);
  if (JS_IsException(done)) return -1;
  int failed = JS_PromiseState(ctx, done) == JS_PROMISE_REJECTED;
  if (failed) JS_Throw(ctx, JS_PromiseResult(ctx, done));
  JS_FreeValue(ctx, done);
  return -failed;
}

JSValue script_main = JS_UNDEFINED;

int script_begin(JSContext *ctx) {
  JSValue module = read_script(ctx, scripts->name);
  return JS_IsException(module) ? -1 : evaluate(ctx, module);
}

static int run_jobs(JSContext *ctx) {
  JSContext *job;
  int done;
  while ((done = JS_ExecutePendingJob(JS_GetRuntime(ctx), &job)) > 0) continue;
  return done;
}

int script_preload(JSContext *ctx) {
  for (const struct script *script = scripts; script->name; script++) {
    if (!script->preloaded) continue;
    JSValue loaded = JS_LoadModule(ctx, "", script->name);
    if (JS_IsException(loaded) || run_jobs(ctx)) return -1;
    if (JS_PromiseState(ctx, loaded) != JS_PROMISE_FULFILLED) {
      JS_Throw(ctx, JS_PromiseResult(ctx, loaded));
      return -1;
    }
    JS_FreeValue(ctx, loaded);
  }
  return 0;
}

int script_run(JSContext *ctx) {
  if (JS_IsUndefined(script_main)) return 0;
  JSValue result = JS_Call(ctx, script_main, JS_UNDEFINED, 0, NULL);
  JS_FreeValue(ctx, result);
  return -JS_IsException(result);
}

JSValue script_part(JSContext *ctx, const char *name) {
  JSValue module = read_script(ctx, name);
  if (JS_IsException(module)) return module;
  JSModuleDef *part = JS_VALUE_GET_PTR(module);
  if (evaluate(ctx, module)) return JS_EXCEPTION;
  script_drop_pages();
  return JS_GetModuleNamespace(ctx, part);
}

void script_drop_pages(void) {
  extern const char __executable_start[];
  const uintptr_t from = (uintptr_t)__executable_start, page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t to = (uintptr_t)scripts & ~(page - 1); // what may be written lies behind it
  madvise((void *)from, to - from, MADV_DONTNEED);
}
