// The JavaScript heap. The engine has arenas of 4 KiB of its own for what is small; they and all else come from here,
// because musl's malloc maps and unmaps memory for what lives a moment (2.2 ms to start lohar, 1.9 with this file).
//
// Chunks, each of one size class, four classes to a power of two, are cut from one reserved range, so that an address
// alone tells whose it is. An empty chunk is given back to the kernel. What is bigger than the last class goes to malloc.
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "native.h"

enum {
  UNIT_SIZE = 65536,
  UNITS = 16384, // 1 GiB of addresses; only what is touched is memory
  HEADER_SIZE = 64,
  SMALLEST = 512,
  SLAB_MAX = 32768,
  CLASSES = SLAB_CLASSES,
  WHOLE = CLASSES,
  ONE_UNIT_MAX = 4096,
  UNITS_OF_LARGE = 4,
  RESERVE = 1 << 20, // what may be used beyond the limit to report that it was reached
};

struct item {
  struct item *next;
};
struct chunk {
  struct item *free;
  struct chunk *next, *previous; // among the chunks of the class that have room
  uint32_t used, untouched;      // objects given out; offset of memory that never was
  uint32_t item_size, end;
  uint16_t class, listed;
};
_Static_assert(sizeof(struct chunk) <= HEADER_SIZE, "the header must fit");
_Static_assert(SLAB_MAX == SMALLEST << (CLASSES - 1) / 4, "four classes to a power of two");

static char *range;
static bool holds_all; // what is bigger than the last class too
static uint16_t first_unit[UNITS]; // of the chunk that a unit belongs to
static struct chunk *with_room[CLASSES];
static struct {
  uint16_t units[UNITS];
  uint32_t count;
} empty[2]; // chunks that were given back: of one unit, of several
static uint32_t fresh;
static size_t used, limit = SIZE_MAX;
bool slab_failed;
void (*slab_on_failure)(void);

size_t slab_used(void) { return used; }

void slab_set_limit(size_t bytes) {
  limit = bytes;
  slab_failed = false;
}

static bool has_room(size_t size) {
  if (size <= limit && used <= limit - size) return true;
  if (slab_on_failure) slab_on_failure();
  if (!slab_failed && limit < SIZE_MAX - RESERVE) limit += RESERVE;
  slab_failed = true;
  return false;
}

static bool is_slab(const void *at) { return (uintptr_t)at - (uintptr_t)range < (size_t)UNITS * UNIT_SIZE; }

static struct chunk *chunk_of(const void *at) {
  size_t unit = (size_t)((const char *)at - range) / UNIT_SIZE;
  return (struct chunk *)(range + (size_t)first_unit[unit] * UNIT_SIZE);
}

static uint32_t class_of(size_t size) {
  if (size <= SMALLEST) return 0;
  uint32_t last = (uint32_t)size - 1, power = 31 - (uint32_t)__builtin_clz(last);
  return 1 + (power - 9) * 4 + (last >> (power - 2) & 3);
}

static uint32_t size_of_class(uint32_t class) {
  if (class == 0) return SMALLEST;
  uint32_t power = 9 + (class - 1) / 4, quarter = (class - 1) % 4;
  return (1u << power) + ((quarter + 1) << (power - 2));
}

// Only addresses; anywhere for NULL.
static char *reserve_at(char *wanted, size_t size) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (wanted ? MAP_FIXED_NOREPLACE : 0);
  char *at = mmap(wanted, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (at == MAP_FAILED || (wanted && at != wanted)) return NULL;
  // A huge page would make a chunk cost 2 MiB.
  madvise(at, size, MADV_NOHUGEPAGE);
  return at;
}

static void reserve(void) {
  size_t size = (size_t)UNITS * UNIT_SIZE;
  range = reserve_at(NULL, size);
  if (range) return;
  fresh = UNITS; // malloc alone then; no address lies in the last GiB
  range = (char *)-(uintptr_t)size;
}

bool slab_begin_at(char *at) {
  range = reserve_at(at, (size_t)UNITS * UNIT_SIZE);
  holds_all = true;
  return range;
}

size_t slab_save(struct slab_state *state) {
  if (fresh > PRELOADED_UNITS_MAX) return 0;
  memcpy(state->with_room, with_room, sizeof with_room);
  memcpy(state->first_unit, first_unit, fresh * sizeof first_unit[0]);
  state->used = used;
  state->fresh = fresh;
  return (size_t)fresh * UNIT_SIZE;
}

bool slab_restore(const struct slab_state *state, char *at) {
  const size_t size = (size_t)state->fresh * UNIT_SIZE;
  if (!reserve_at(at + size, (size_t)UNITS * UNIT_SIZE - size)) return false;
  range = at;
  memcpy(with_room, state->with_room, sizeof with_room);
  memcpy(first_unit, state->first_unit, state->fresh * sizeof first_unit[0]);
  used = state->used;
  fresh = state->fresh;
  return true;
}

static void list(struct chunk *chunk) {
  struct chunk **head = &with_room[chunk->class];
  chunk->previous = NULL;
  chunk->next = *head;
  if (*head) (*head)->previous = chunk;
  *head = chunk;
  chunk->listed = 1;
}

static void unlist(struct chunk *chunk) {
  if (chunk->previous) chunk->previous->next = chunk->next;
  else with_room[chunk->class] = chunk->next;
  if (chunk->next) chunk->next->previous = chunk->previous;
  chunk->listed = 0;
}

static struct chunk *new_chunk(uint32_t class) {
  if (!range) reserve();
  uint32_t item_size = size_of_class(class), large = item_size > ONE_UNIT_MAX, units = large ? UNITS_OF_LARGE : 1, unit;
  if (empty[large].count) {
    unit = empty[large].units[--empty[large].count];
  } else {
    if (fresh + units > UNITS) return NULL;
    unit = fresh;
    fresh += units;
    for (uint32_t i = 0; i < units; i++) first_unit[unit + i] = (uint16_t)unit;
  }
  struct chunk *chunk = (struct chunk *)(range + (size_t)unit * UNIT_SIZE);
  *chunk = (struct chunk){.untouched = HEADER_SIZE, .item_size = item_size, .end = units * UNIT_SIZE, .class = (uint16_t)class};
  list(chunk);
  return chunk;
}

// A chunk of its own, never used for anything else.
static void *new_whole(size_t size) {
  const uint32_t units = (uint32_t)((size + HEADER_SIZE + UNIT_SIZE - 1) / UNIT_SIZE);
  if (fresh + units > UNITS) return NULL;
  struct chunk *chunk = (struct chunk *)(range + (size_t)fresh * UNIT_SIZE);
  *chunk = (struct chunk){.item_size = units * UNIT_SIZE - HEADER_SIZE, .class = WHOLE};
  first_unit[fresh] = (uint16_t)fresh;
  fresh += units;
  used += chunk->item_size;
  return (char *)chunk + HEADER_SIZE;
}

static void give_back(struct chunk *chunk) {
  uint32_t size = chunk->end, large = size > UNIT_SIZE;
  unlist(chunk);
  empty[large].units[empty[large].count++] = (uint16_t)(((char *)chunk - range) / UNIT_SIZE);
  madvise(chunk, size, MADV_DONTNEED);
}

void slab_trim(void) {
  for (uint32_t class = 0; class < CLASSES; class++)
    for (struct chunk *chunk = with_room[class], *next; chunk; chunk = next) {
      next = chunk->next;
      if (chunk->used == 0) give_back(chunk);
    }
}

static void *counted(void *at) {
  if (at) used += malloc_usable_size(at);
  else {
    if (slab_on_failure) slab_on_failure();
    slab_failed = true;
  }
  return at;
}

static void *slab_malloc(void *opaque, size_t size) {
  (void)opaque;
  if (!has_room(size)) return NULL;
  if (size > SLAB_MAX) return holds_all ? new_whole(size) : counted(malloc(size));
  uint32_t class = class_of(size);
  struct chunk *chunk = with_room[class];
  if (!chunk && !(chunk = new_chunk(class))) return counted(malloc(size));
  struct item *item = chunk->free;
  if (item) {
    chunk->free = item->next;
  } else {
    item = (struct item *)((char *)chunk + chunk->untouched);
    chunk->untouched += chunk->item_size;
  }
  chunk->used++;
  used += chunk->item_size;
  if (!chunk->free && chunk->untouched + chunk->item_size > chunk->end) unlist(chunk);
  return item;
}

static void slab_free(void *opaque, void *at) {
  (void)opaque;
  if (!at) return;
  if (!is_slab(at)) {
    used -= malloc_usable_size(at);
    free(at);
    return;
  }
  struct chunk *chunk = chunk_of(at);
  used -= chunk->item_size;
  if (chunk->class == WHOLE) return;
  struct item *item = at;
  item->next = chunk->free;
  chunk->free = item;
  if (!chunk->listed) list(chunk);
  // The last chunk of a class stays, else one object made and freed in a loop would be two system calls each time.
  if (--chunk->used == 0 && (chunk->next || chunk->previous)) give_back(chunk);
}

static void *slab_calloc(void *opaque, size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) return NULL;
  if (total > SLAB_MAX && !holds_all) return has_room(total) ? counted(calloc(count, size)) : NULL;
  void *at = slab_malloc(opaque, total);
  if (at) memset(at, 0, total);
  return at;
}

static size_t slab_usable_size(const void *at) {
  return is_slab(at) ? chunk_of(at)->item_size : malloc_usable_size((void *)at);
}

static void *slab_realloc(void *opaque, void *at, size_t size) {
  if (!at) return slab_malloc(opaque, size);
  bool small = is_slab(at);
  if (!small && size > SLAB_MAX) {
    const size_t old = malloc_usable_size(at);
    if (size > old && !has_room(size - old)) return NULL;
    void *resized = realloc(at, size);
    if (resized) used -= old;
    return counted(resized);
  }
  if (small && size <= SLAB_MAX && chunk_of(at)->class == class_of(size)) return at;
  size_t before = slab_usable_size(at);
  void *moved = slab_malloc(opaque, size);
  if (!moved) return NULL;
  memcpy(moved, at, before < size ? before : size);
  slab_free(opaque, at);
  return moved;
}

const JSMallocFunctions slab_functions = {slab_calloc, slab_malloc, slab_free, slab_realloc, slab_usable_size};
