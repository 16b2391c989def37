// UTF-8 in both directions. A loop over bytes costs 140 times as much in JavaScript.
#include <string.h>
#include "native.h"

static bool is_continuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// Length of the well-formed sequence at `at` (Unicode table 3-7), 0 when there is none.
static int sequence_length(const uint8_t *at, size_t left) {
  uint8_t first = at[0];
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (left < 2 || !is_continuation(at[1])) return 0;
  if (first < 0xe0) return 2;
  if (first == 0xe0 && at[1] < 0xa0) return 0;
  if (first == 0xed && at[1] > 0x9f) return 0;
  if (first == 0xf0 && at[1] < 0x90) return 0;
  if (first == 0xf4 && at[1] > 0x8f) return 0;
  if (left < 3 || !is_continuation(at[2])) return 0;
  if (first < 0xf0) return 3;
  return left >= 4 && is_continuation(at[3]) ? 4 : 0;
}

// Bytes that one U+FFFD stands for: the longest start of a well-formed sequence, at least one (WHATWG Encoding).
static int bad_length(const uint8_t *at, size_t left) {
  uint8_t first = at[0];
  if (first < 0xc2 || first > 0xf4 || left < 2 || !is_continuation(at[1])) return 1;
  if ((first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f)) return 1;
  if ((first == 0xf0 && at[1] < 0x90) || (first == 0xf4 && at[1] > 0x8f)) return 1;
  return first >= 0xf0 && left >= 3 && is_continuation(at[2]) ? 3 : 2;
}

static size_t put_unit(uint16_t *to, const uint8_t *at, int length) {
  uint32_t code = length == 1   ? at[0]
                  : length == 2 ? (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu)
                  : length == 3 ? (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu)
                                : (at[0] & 0x07u) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3fu);
  if (code < 0x10000) {
    to[0] = (uint16_t)code;
    return 1;
  }
  code -= 0x10000;
  to[0] = (uint16_t)(0xd800 | code >> 10);
  to[1] = (uint16_t)(0xdc00 | (code & 0x3ff));
  return 2;
}

// Length of the well-formed start; eight bytes of ASCII at a time.
static size_t good_length(const uint8_t *bytes, size_t size) {
  size_t good = 0;
  for (;;) {
    for (uint64_t word; good + sizeof word <= size; good += sizeof word) {
      memcpy(&word, bytes + good, sizeof word);
      if (word & 0x8080808080808080) break;
    }
    int length = good < size ? sequence_length(bytes + good, size - good) : 0;
    if (length == 0) return good;
    good += (size_t)length;
  }
}

JSValue text_decode(JSContext *ctx, const uint8_t *bytes, size_t size, bool lossless) {
  if (good_length(bytes, size) == size) return JS_NewStringLen(ctx, (const char *)bytes, size);
  uint16_t *units = js_malloc(ctx, size * sizeof *units);
  if (!units) return JS_EXCEPTION;
  size_t used = 0;
  for (size_t i = 0; i < size;) {
    int length = sequence_length(bytes + i, size - i);
    if (length > 0) {
      used += put_unit(units + used, bytes + i, length);
      i += (size_t)length;
    } else if (lossless) {
      units[used++] = (uint16_t)(0xdc00 | bytes[i++]);
    } else {
      units[used++] = 0xfffd;
      i += (size_t)bad_length(bytes + i, size - i);
    }
  }
  JSValue string = JS_NewStringUTF16(ctx, units, used);
  js_free(ctx, units);
  return string;
}

// The engine writes a lone surrogate as three bytes, ED A0..BF xx; nothing else begins with those two.
static size_t replace_surrogates(uint8_t *bytes, size_t size, bool lossless) {
  size_t used = 0;
  for (size_t i = 0; i < size;) {
    if (bytes[i] != 0xed || i + 2 >= size || bytes[i + 1] < 0xa0) {
      bytes[used++] = bytes[i++];
      continue;
    }
    uint32_t code = 0xd000u | (bytes[i + 1] & 0x3fu) << 6 | (bytes[i + 2] & 0x3fu);
    i += 3;
    if (lossless && code >= 0xdc80 && code <= 0xdcff) {
      bytes[used++] = (uint8_t)code;
    } else {
      memcpy(bytes + used, "\xef\xbf\xbd", 3);
      used += 3;
    }
  }
  return used;
}

uint8_t *text_encode(JSContext *ctx, JSValueConst string, size_t *size, bool lossless) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, string);
  if (!text) return NULL;
  uint8_t *bytes = js_malloc(ctx, length + 1);
  if (bytes) {
    memcpy(bytes, text, length);
    if (memchr(bytes, 0xed, length)) length = replace_surrogates(bytes, length, lossless);
    bytes[length] = 0;
    *size = length;
  }
  JS_FreeCString(ctx, text);
  return bytes;
}
