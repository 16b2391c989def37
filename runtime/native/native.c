// The module 'native' that TypeScript imports (src/native.d.ts describes it). System calls and loops over bytes, no decisions.
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "native.h"
#include "raw-call.h"

enum { STACK_DROPPED = 1 << 20 };
static char **arg_vector;
static char **environment;
extern const uint8_t line_map[], line_map_end[];

// Address of a Uint8Array's first byte; NULL (which the kernel refuses) when its buffer is gone.
static uint8_t *bytes_of(JSContext *ctx, JSValueConst value, size_t *size) {
  uint8_t *bytes = JS_GetUint8Array(ctx, size, value);
  if (!bytes) {
    JS_FreeValue(ctx, JS_GetException(ctx));
    *size = 0;
  }
  return bytes;
}

// `text` is what to free afterwards.
static int to_word(JSContext *ctx, JSValueConst value, long *word, uint8_t **text) {
  size_t size;
  if (JS_IsUndefined(value)) return 0;
  if (JS_IsString(value)) {
    if (!(*text = text_encode(ctx, value, &size, true))) return -1;
    *word = (long)*text;
    // A name that is cut at its NUL would be another name.
    return strlen((char *)*text) == size ? 0 : -EINVAL;
  }
  if (JS_GetTypedArrayType(value) == JS_TYPED_ARRAY_UINT8) {
    *word = (long)bytes_of(ctx, value, &size);
    return 0;
  }
  if (JS_IsObject(value)) {
    JS_ThrowTypeError(ctx, "a system call takes numbers, strings and Uint8Arrays");
    return -1;
  }
  int64_t number;
  if (JS_ToInt64Ext(ctx, &number, value)) return -1;
  *word = (long)number;
  return 0;
}

static JSValue too_early(JSContext *ctx) { return JS_ThrowTypeError(ctx, "a module asks for what only its process knows"); }

enum { ANY_CALL, WAITING_CALL };
static JSValue native_syscall(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int kind) {
  (void)this_value;
  if (preloading) return too_early(ctx);
  long words[7] = {0};
  uint8_t *texts[7] = {0};
  int bad = 0;
  for (int i = 0; i < argc && i < 7 && !bad; i++) bad = to_word(ctx, argv[i], &words[i], &texts[i]);
  long result = bad;
  if (!bad && kind == WAITING_CALL) result = crash_wait(words);
  else if (!bad)
    do result = raw_call(words[0], words + 1);
    while (result == -EINTR);
  for (int i = 0; i < 7; i++) js_free(ctx, texts[i]);
  return bad == -1 ? JS_EXCEPTION : JS_NewInt64(ctx, result);
}

// Again and again until the bytes are used up or the call gives nothing more: how many, or the first call's 0 or -errno.
static long transfer(long number, long fd, uint8_t *bytes, size_t size) {
  size_t done = 0;
  long result = 0;
  while (done < size) {
    const long words[6] = {fd, (long)(bytes + done), (long)(size - done)};
    result = raw_call(number, words);
    if (result == -EINTR) continue;
    if (result <= 0) break;
    done += (size_t)result;
  }
  return done > 0 ? (long)done : result;
}

// transfer(nr, fd, bytes)
static JSValue native_transfer(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  int64_t number, fd;
  size_t size;
  if (JS_ToInt64(ctx, &number, argv[0]) || JS_ToInt64(ctx, &fd, argv[1])) return JS_EXCEPTION;
  uint8_t *bytes = bytes_of(ctx, argv[2], &size);
  return JS_NewInt64(ctx, transfer((long)number, (long)fd, bytes, size));
}

static void write_all(long fd, const uint8_t *from, long size, long at) {
  for (long done = 0, written; done < size; done += written) {
    const long writing[6] = {fd, (long)(from + done), size - done, at + done};
    do written = raw_call(SYS_pwrite64, writing);
    while (written == -EINTR);
    if (written <= 0) return;
  }
}

// readKept(fd, bytes, copy, count, ring): one read; what came goes to `copy` as well before anybody hears of it, byte n at
// KEPT_HEADER + n modulo ring, and how many bytes came so far (`count` and these) to its beginning.
enum { KEPT_HEADER = 4096 };
static JSValue native_read_kept(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  int64_t fd, copy, count, ring;
  size_t size;
  uint8_t *bytes = bytes_of(ctx, argv[1], &size);
  if (JS_ToInt64(ctx, &fd, argv[0]) || JS_ToInt64(ctx, &copy, argv[2])) return JS_EXCEPTION;
  if (JS_ToInt64(ctx, &count, argv[3]) || JS_ToInt64(ctx, &ring, argv[4])) return JS_EXCEPTION;
  if (ring <= 0) return JS_ThrowRangeError(ctx, "readKept: no ring");
  const long reading[6] = {(long)fd, (long)bytes, (long)size};
  long result;
  do result = raw_call(SYS_read, reading);
  while (result == -EINTR);
  for (long done = 0, part; done < result; done += part, count += part) {
    const long place = (long)(count % ring);
    part = result - done < ring - place ? result - done : (long)ring - place;
    write_all((long)copy, bytes + done, part, KEPT_HEADER + place);
  }
  if (result > 0) write_all((long)copy, (const uint8_t *)&count, sizeof count, 0);
  return JS_NewInt64(ctx, result);
}

// writeKept(fd, bytes, copy, count): transfer(); how many bytes were written so far (`count` and these) goes to `copy`, behind
// the count of readKept().
static JSValue native_write_kept(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  int64_t fd, copy, count;
  size_t size;
  uint8_t *bytes = bytes_of(ctx, argv[1], &size);
  if (JS_ToInt64(ctx, &fd, argv[0]) || JS_ToInt64(ctx, &copy, argv[2]) || JS_ToInt64(ctx, &count, argv[3]))
    return JS_EXCEPTION;
  const long result = transfer(SYS_write, (long)fd, bytes, size);
  count += result > 0 ? result : 0;
  if (result > 0) write_all((long)copy, (const uint8_t *)&count, sizeof count, sizeof count);
  return JS_NewInt64(ctx, result);
}

static long probe(const uint8_t *bytes, size_t size, int byte, size_t from, size_t step) {
  for (size_t at = from; at < size; at += step)
    if (bytes[at] == byte) return (long)at;
  return -1;
}

// probe(bytes, byte, from, step)
static JSValue native_probe(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  size_t size;
  int64_t byte, from, step;
  const uint8_t *bytes = JS_GetUint8Array(ctx, &size, argv[0]);
  if (!bytes || JS_ToInt64(ctx, &byte, argv[1]) || JS_ToInt64(ctx, &from, argv[2]) || JS_ToInt64(ctx, &step, argv[3]))
    return JS_EXCEPTION;
  if (from < 0 || step <= 0) return JS_ThrowRangeError(ctx, "probe: no place to look");
  return JS_NewInt64(ctx, probe(bytes, size, (int)byte, (size_t)from, (size_t)step));
}

// True when `byte` stands there `length` times in a row: one of them is where probe() looks.
static bool holds_run(const uint8_t *bytes, size_t size, int byte, size_t length) {
  for (size_t next = length - 1; next < size;) {
    const long at = probe(bytes, size, byte, next, length);
    if (at < 0) return false;
    size_t from = (size_t)at, to = (size_t)at;
    while (from > 0 && bytes[from - 1] == byte) from--;
    while (to < size && bytes[to] == byte) to++;
    if (to - from >= length) return true;
    next = (size_t)at + length;
  }
  return false;
}

// writeFrames(to, bytes, count, stride, size, byte, run): `count` frames of `size` bytes that begin `stride` apart, until one holds
// `byte` `run` times in a row or less is taken. Bytes that were.
static JSValue native_write_frames(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  size_t length;
  uint8_t *bytes = bytes_of(ctx, argv[1], &length);
  int64_t to, count, stride, size, byte, run;
  if (JS_ToInt64(ctx, &to, argv[0]) || JS_ToInt64(ctx, &count, argv[2]) || JS_ToInt64(ctx, &stride, argv[3]) ||
      JS_ToInt64(ctx, &size, argv[4]) || JS_ToInt64(ctx, &byte, argv[5]) || JS_ToInt64(ctx, &run, argv[6]))
    return JS_EXCEPTION;
  const int64_t slots_max = (int64_t)length / (stride > 0 ? stride : 1) + 1;
  if (count < 0 || size <= 0 || run <= 0 || stride < size || count > slots_max ||
      (count > 0 && (count - 1) * stride + size > (int64_t)length))
    return JS_ThrowRangeError(ctx, "writeFrames: no such frames");
  long written = 0;
  for (int64_t n = 0; n < count; n++) {
    uint8_t *frame = bytes + n * stride;
    if (holds_run(frame, (size_t)size, (int)byte, (size_t)run)) break;
    const long taken = transfer(SYS_write, (long)to, frame, (size_t)size);
    if (taken > 0) written += taken;
    if (taken < size) break;
  }
  return JS_NewInt64(ctx, written);
}

static JSValue native_address(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  size_t size;
  uint8_t *bytes = JS_GetUint8Array(ctx, &size, argv[0]);
  return bytes ? JS_NewInt64(ctx, (int64_t)(intptr_t)bytes) : JS_EXCEPTION;
}

// spawn(steps, cgroup, outcome): steps are 64 bytes each, outcome takes two int32.
static JSValue native_spawn(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  size_t size, outcome_size;
  int32_t cgroup;
  uint8_t *steps = JS_GetUint8Array(ctx, &size, argv[0]);
  uint8_t *outcome = JS_GetUint8Array(ctx, &outcome_size, argv[2]);
  if (!steps || !outcome || JS_ToInt32(ctx, &cgroup, argv[1])) return JS_EXCEPTION;
  if (size % sizeof(struct step) || outcome_size < 8) return JS_ThrowRangeError(ctx, "spawn: wrong size");
  return JS_NewInt64(
      ctx, spawn_child((struct step *)steps, (long)(size / sizeof(struct step)), cgroup, (int32_t *)outcome));
}

static JSValue native_decode(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int lossless) {
  (void)this_value;
  (void)argc;
  size_t size;
  uint8_t *bytes = JS_GetUint8Array(ctx, &size, argv[0]);
  return bytes ? text_decode(ctx, bytes, size, lossless) : JS_EXCEPTION;
}

static void *resize_bytes(JSRuntime *rt, void *opaque, void *at, size_t size) {
  (void)opaque;
  return js_realloc_rt(rt, at, size);
}

static JSValue native_encode(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int lossless) {
  (void)this_value;
  (void)argc;
  size_t size;
  uint8_t *bytes = text_encode(ctx, argv[0], &size, lossless);
  if (!bytes) return JS_EXCEPTION;
  return JS_NewUint8Array(ctx, bytes, size, resize_bytes, NULL, false);
}

static JSValue native_guard(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  double limit_ms;
  if (JS_ToFloat64(ctx, &limit_ms, argv[1])) return JS_EXCEPTION;
  return guard_call(ctx, argv[0], limit_ms);
}

static JSValue native_clock(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int clock) {
  (void)this_value;
  (void)argc;
  (void)argv;
  if (preloading) return too_early(ctx);
  return JS_NewFloat64(ctx, clock_ms(clock));
}

// The processor's own counter: TSC, or the generic timer of arm64.
static JSValue native_cycles(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  (void)argv;
  uint64_t now;
#if defined(__x86_64__)
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  now = (uint64_t)high << 32 | low;
#else
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
#endif
  return JS_NewFloat64(ctx, (double)now);
}

static JSValue string_list(JSContext *ctx, char **strings) {
  JSValue list = JS_NewArray(ctx);
  for (int i = 0; strings[i] && !JS_IsException(list); i++) {
    JSValue text = text_decode(ctx, (uint8_t *)strings[i], strlen(strings[i]), true);
    if (JS_IsException(text) || JS_SetPropertyInt64(ctx, list, i, text) < 0) {
      JS_FreeValue(ctx, list);
      list = JS_EXCEPTION;
    }
  }
  return list;
}

static JSValue native_strings(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int which) {
  (void)this_value;
  (void)argc;
  (void)argv;
  if (preloading) return too_early(ctx);
  return string_list(ctx, which ? environment : arg_vector);
}

// whenStarted(main)
static JSValue native_when_started(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  JS_FreeValue(ctx, script_main);
  script_main = JS_DupValue(ctx, argv[0]);
  return JS_UNDEFINED;
}

static JSValue native_read_part(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  const char *name = JS_ToCString(ctx, argv[0]);
  if (!name) return JS_EXCEPTION;
  JSValue part = script_part(ctx, name);
  JS_FreeCString(ctx, name);
  return part;
}

static JSValue native_line_map(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  (void)argv;
  return JS_NewUint8ArrayCopy(ctx, line_map, (size_t)(line_map_end - line_map));
}

// surviveCrashes(argv, digits, fds): argv is an array of addresses; all three must live as long as the process.
static JSValue native_survive_crashes(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  (void)argc;
  size_t sizes[3];
  uint8_t *parts[3];
  for (int i = 0; i < 3; i++)
    if (!(parts[i] = JS_GetUint8Array(ctx, &sizes[i], argv[i]))) return JS_EXCEPTION;
  if (sizes[0] < sizeof(char *) || sizes[1] < 2 || sizes[2] < 4) return JS_ThrowRangeError(ctx, "surviveCrashes: wrong size");
  for (int i = 0; i < 3; i++) JS_DupValue(ctx, argv[i]);
  survive_crashes((char **)parts[0], environment, (char *)parts[1], (int32_t *)parts[2]);
  return JS_UNDEFINED;
}

static void on_out_of_memory(void) {
  static const char said[] = "out of memory\n";
  const long writing[6] = {2, (long)said, sizeof said - 1};
  raw_call(SYS_write, writing);
  crash_now();
}

// crashWhenOutOfMemory(): needs surviveCrashes().
static JSValue native_crash_when_out_of_memory(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)ctx;
  (void)this_value;
  (void)argc;
  (void)argv;
  slab_on_failure = on_out_of_memory;
  return JS_UNDEFINED;
}

// What the deepest calls so far have left below this frame, a page of the red zone apart.
static void drop_stack_pages(void) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t to = ((uintptr_t)__builtin_frame_address(0) & ~(page - 1)) - page;
  madvise((void *)(to - STACK_DROPPED), STACK_DROPPED, MADV_DONTNEED); // ENOMEM for what is not mapped: all else is done
}

enum { COLLECT, DROP_PROGRAM, HEAP_SIZE, SET_LIMIT, IS_BROKEN };
static JSValue native_memory(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int what) {
  (void)this_value;
  (void)argc;
  JSRuntime *rt = JS_GetRuntime(ctx);
  if (what == COLLECT) {
    JS_RunGC(rt);
    slab_trim();
    drop_stack_pages();
  }
  if (what == COLLECT || what == DROP_PROGRAM) script_drop_pages();
  if (what == SET_LIMIT) {
    int64_t limit;
    if (JS_ToInt64(ctx, &limit, argv[0])) return JS_EXCEPTION;
    slab_set_limit((size_t)limit);
  }
  if (what == IS_BROKEN) return JS_NewBool(ctx, slab_failed || guard_stopped);
  return what == HEAP_SIZE ? JS_NewInt64(ctx, (int64_t)slab_used()) : JS_UNDEFINED;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_MAGIC_DEF("syscall", 7, native_syscall, ANY_CALL),
    JS_CFUNC_MAGIC_DEF("waitingCall", 7, native_syscall, WAITING_CALL),
    JS_CFUNC_DEF("transfer", 3, native_transfer),
    JS_CFUNC_DEF("writeKept", 4, native_write_kept),
    JS_CFUNC_DEF("readKept", 5, native_read_kept),
    JS_CFUNC_DEF("probe", 4, native_probe),
    JS_CFUNC_DEF("writeFrames", 7, native_write_frames),
    JS_CFUNC_DEF("address", 1, native_address),
    JS_CFUNC_DEF("spawn", 3, native_spawn),
    JS_CFUNC_MAGIC_DEF("decode", 1, native_decode, false),
    JS_CFUNC_MAGIC_DEF("decodeLossless", 1, native_decode, true),
    JS_CFUNC_MAGIC_DEF("encode", 1, native_encode, false),
    JS_CFUNC_MAGIC_DEF("encodeLossless", 1, native_encode, true),
    JS_CFUNC_DEF("guard", 2, native_guard),
    JS_CFUNC_MAGIC_DEF("monotonicMs", 0, native_clock, CLOCK_MONOTONIC),
    JS_CFUNC_MAGIC_DEF("realtimeMs", 0, native_clock, CLOCK_REALTIME),
    JS_CFUNC_DEF("cycles", 0, native_cycles),
    JS_CFUNC_MAGIC_DEF("args", 0, native_strings, 0),
    JS_CFUNC_MAGIC_DEF("environment", 0, native_strings, 1),
    JS_CFUNC_DEF("whenStarted", 1, native_when_started),
    JS_CFUNC_DEF("readPart", 1, native_read_part),
    JS_CFUNC_DEF("lineMap", 0, native_line_map),
    JS_CFUNC_DEF("surviveCrashes", 3, native_survive_crashes),
    JS_CFUNC_DEF("crashWhenOutOfMemory", 0, native_crash_when_out_of_memory),
    JS_CFUNC_MAGIC_DEF("collectGarbage", 0, native_memory, COLLECT),
    JS_CFUNC_MAGIC_DEF("dropProgram", 0, native_memory, DROP_PROGRAM),
    JS_CFUNC_MAGIC_DEF("heapSize", 0, native_memory, HEAP_SIZE),
    JS_CFUNC_MAGIC_DEF("setHeapLimit", 1, native_memory, SET_LIMIT),
    JS_CFUNC_MAGIC_DEF("isBroken", 0, native_memory, IS_BROKEN),
};
enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

static int on_import(JSContext *ctx, JSModuleDef *module) {
  return JS_SetModuleExportList(ctx, module, functions, FUNCTION_COUNT);
}

void native_arguments(char **argv, char **envp) {
  arg_vector = argv;
  environment = envp;
}

int native_init(JSContext *ctx) {
  JSModuleDef *module = JS_NewCModule(ctx, "native", on_import);
  return module ? JS_AddModuleExportList(ctx, module, functions, FUNCTION_COUNT) : -1;
}
