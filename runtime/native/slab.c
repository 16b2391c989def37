// Small objects of the JavaScript heap: musl's malloc makes the engine up to two times slower.
//
// Chunks of 64 KiB, each of one size class (multiples of 16 bytes up to 512), are cut from one reserved range, so that an
// address alone tells whose it is. An empty chunk is given back to the kernel. Everything bigger goes to malloc.
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "native.h"

enum { CHUNK_SIZE = 65536, STEP = 16, CLASSES = 32, SMALL_MAX = STEP * CLASSES, CHUNKS = 16384, HEADER_SIZE = 64 };

struct item {
  struct item *next;
};
struct chunk {
  struct item *free;
  struct chunk *next, *previous; // among the chunks of the class that have room
  uint32_t used, untouched;      // objects given out; offset of memory that never was
  uint32_t item_size, listed;
};
_Static_assert(sizeof(struct chunk) <= HEADER_SIZE, "the header must fit");

static char *range;
static struct chunk *with_room[CLASSES];
static uint16_t empty[CHUNKS]; // indices of chunks that were given back
static uint32_t empty_count, fresh;

static bool is_small(const void *at) { return (const char *)at >= range && (const char *)at < range + (size_t)CHUNKS * CHUNK_SIZE; }

static struct chunk *chunk_of(const void *at) { return (struct chunk *)((uintptr_t)at & ~(uintptr_t)(CHUNK_SIZE - 1)); }

static void reserve(void) {
  size_t size = (size_t)(CHUNKS + 1) * CHUNK_SIZE;
  char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    fresh = CHUNKS; // malloc alone then
    range = (char *)-1;
    return;
  }
  // A huge page would make a chunk cost 2 MiB.
  madvise(at, size, MADV_NOHUGEPAGE);
  range = (char *)(((uintptr_t)at + CHUNK_SIZE - 1) & ~(uintptr_t)(CHUNK_SIZE - 1));
}

static void list(struct chunk *chunk) {
  struct chunk **head = &with_room[chunk->item_size / STEP - 1];
  chunk->previous = NULL;
  chunk->next = *head;
  if (*head) (*head)->previous = chunk;
  *head = chunk;
  chunk->listed = 1;
}

static void unlist(struct chunk *chunk) {
  if (chunk->previous) chunk->previous->next = chunk->next;
  else with_room[chunk->item_size / STEP - 1] = chunk->next;
  if (chunk->next) chunk->next->previous = chunk->previous;
  chunk->listed = 0;
}

static struct chunk *new_chunk(uint32_t item_size) {
  if (!range) reserve();
  if (!empty_count && fresh == CHUNKS) return NULL;
  uint32_t index = empty_count ? empty[--empty_count] : fresh++;
  struct chunk *chunk = (struct chunk *)(range + (size_t)index * CHUNK_SIZE);
  *chunk = (struct chunk){.untouched = HEADER_SIZE, .item_size = item_size};
  list(chunk);
  return chunk;
}

static void *slab_malloc(void *opaque, size_t size) {
  (void)opaque;
  if (size > SMALL_MAX) return malloc(size);
  uint32_t class = size ? (uint32_t)(size - 1) / STEP : 0;
  struct chunk *chunk = with_room[class];
  if (!chunk && !(chunk = new_chunk((class + 1) * STEP))) return malloc(size);
  struct item *item = chunk->free;
  if (item) {
    chunk->free = item->next;
  } else {
    item = (struct item *)((char *)chunk + chunk->untouched);
    chunk->untouched += chunk->item_size;
  }
  chunk->used++;
  if (!chunk->free && chunk->untouched + chunk->item_size > CHUNK_SIZE) unlist(chunk);
  return item;
}

static void slab_free(void *opaque, void *at) {
  (void)opaque;
  if (!at) return;
  if (!is_small(at)) {
    free(at);
    return;
  }
  struct chunk *chunk = chunk_of(at);
  struct item *item = at;
  item->next = chunk->free;
  chunk->free = item;
  if (!chunk->listed) list(chunk);
  // The last chunk of a class stays, else one object made and freed in a loop would be two system calls each time.
  if (--chunk->used == 0 && (chunk->next || chunk->previous)) {
    unlist(chunk);
    madvise(chunk, CHUNK_SIZE, MADV_DONTNEED);
    empty[empty_count++] = (uint16_t)(((char *)chunk - range) / CHUNK_SIZE);
  }
}

static void *slab_calloc(void *opaque, size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) return NULL;
  if (total > SMALL_MAX) return calloc(count, size);
  void *at = slab_malloc(opaque, total);
  if (at) memset(at, 0, total);
  return at;
}

static void *slab_realloc(void *opaque, void *at, size_t size) {
  if (!at) return slab_malloc(opaque, size);
  if (!is_small(at) && size > SMALL_MAX) return realloc(at, size);
  size_t before = is_small(at) ? chunk_of(at)->item_size : malloc_usable_size(at);
  if (is_small(at) && size <= before && size + STEP > before) return at;
  void *moved = slab_malloc(opaque, size);
  if (!moved) return NULL;
  memcpy(moved, at, before < size ? before : size);
  slab_free(opaque, at);
  return moved;
}

static size_t slab_usable_size(const void *at) {
  return is_small(at) ? chunk_of(at)->item_size : malloc_usable_size((void *)at);
}

const JSMallocFunctions slab_functions = {slab_calloc, slab_malloc, slab_free, slab_realloc, slab_usable_size};
